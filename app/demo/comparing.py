"""What was asked for against what a vendor holds: the one judgement of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.demo import casting
from app.demo.outcome import Filling, Row
from app.demo.story import Chapter, Content, Person
from mappings import Mapping
from mappings.readers import display_name, family_name, full_name, given_name
from mappings.sandbox import Sandbox

NAME_READERS = ((given_name, family_name), (full_name,), (display_name,))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares one sandbox with the story; ``accounts`` and ``groups`` are what it held before the story began.

    Where a vendor wants a role to be held whenever no other is (its option ``fallback_role``), that one is
    expected of somebody without groups; who leads has what the role table gives beside the groups.
    """

    sandbox: Sandbox
    mapping: Mapping
    name_fields: tuple[str, ...]
    accounts: dict[str, dict[str, Any]]
    groups: frozenset[str]
    fallback: tuple[str, ...]
    leads: tuple[str, ...]

    @classmethod
    def of(cls, sandbox: Sandbox, mapping: Mapping) -> Comparison:
        """Remember what a sandbox holds now; the mapping says in which fields it keeps a person's name."""
        fallback = sandbox.options.get("fallback_role")
        offer = casting.for_leads(mapping, sandbox)
        return cls(
            sandbox,
            mapping,
            _name_fields(mapping),
            {account["key"]: account for account in sandbox.users()},
            frozenset(group["name"] for group in sandbox.groups()),
            (fallback,) if fallback else (),
            (offer.name,) if offer else (),
        )

    @property
    def has_people(self) -> bool:
        """Whether the vendor's accounts follow, or only what it has of groups."""
        return self.mapping.users == "managed"

    @property
    def compared(self) -> tuple[str, ...]:
        """What is compared, in words."""
        if not self.has_people:
            return (f"{self.mapping.group_word}s", "what is in them")
        return ("accounts", *(("names",) if self.name_fields else ()), "roles")

    def rows(self, chapter: Chapter) -> tuple[Row, ...]:
        """Put each person of the chapter beside the vendor's account."""
        if not self.has_people:
            return ()
        held = {account["key"].casefold(): account for account in self.sandbox.users()}
        return tuple(self._row(person, held.get(person.email)) for person in chapter.people)

    def fillings(self, chapter: Chapter) -> tuple[Filling, ...]:
        """Put what should be in each group of the chapter beside what is."""
        if self.has_people:
            return ()
        held = {group["name"]: tuple(group.get("grants", ())) for group in self.sandbox.groups()}
        return tuple(
            _filling(name, chapter.contents.get(name, Content()), held.get(name)) for name in chapter.groups
        )

    def differences(self, chapter: Chapter) -> tuple[str, ...]:
        """Say in sentences what the vendor has otherwise than asked for."""
        people = [sentence for row in self.rows(chapter) if not row.agrees for sentence in _about(row)]
        contents = [_about_content(filling) for filling in self.fillings(chapter) if not filling.agrees]
        return (*people, *contents, *self._about_others(chapter), *self._about_groups(chapter))

    def _row(self, person: Person, account: dict[str, Any] | None) -> Row:
        wanted = person.name if person.employed else None
        roles = self._roles(person) if person.employed else ()
        name = None if account is None else self._name(account)
        held = () if account is None else tuple(sorted((*account["roles"], *account.get("grants", ()))))
        same_name = wanted == name or not self.name_fields
        agrees = person.employed == (account is not None) and same_name and roles == held
        return Row(person.email, wanted, roles, account is not None, name, held, agrees)

    def _roles(self, person: Person) -> tuple[str, ...]:
        given = (*person.groups, *(self.leads if person.leads else ()))
        return tuple(sorted(given or self.fallback))

    def _name(self, account: dict[str, Any]) -> str | None:
        if not self.name_fields:
            return None
        return " ".join(str(account["fields"].get(field) or "") for field in self.name_fields).strip()

    def _about_others(self, chapter: Chapter) -> Iterator[str]:
        now = {account["key"]: account for account in self.sandbox.users()}
        for key, account in self.accounts.items():
            if now.get(key) != account:
                became = "changed" if key in now else "is gone"
                yield f"{key}: was there before and should be as it was, but it {became}"
        asked = {person.email for person in chapter.people} if self.has_people else set()
        for key in now.keys() - self.accounts.keys():
            if key.casefold() not in asked:
                yield f"{key}: has an account that nobody asked for"

    def _about_groups(self, chapter: Chapter) -> Iterator[str]:
        now = {group["name"] for group in self.sandbox.groups()}
        for name in sorted(self.groups.union(chapter.groups) - now):
            yield f"{name}: there is no such role or group"
        for name in sorted(now - self.groups.union(chapter.groups)):
            yield f"{name}: is a role or group that nobody asked for"


def words(roles: tuple[str, ...]) -> str:
    """Name some roles in a sentence."""
    return ", ".join(roles) or "no role"


def _filling(group: str, content: Content, held: tuple[str, ...] | None) -> Filling:
    agrees = held is not None and sorted(held) == sorted((*content.asked, *content.brings))
    return Filling(group, content.asked, content.brings, held, agrees)


def _about_content(filling: Filling) -> str:
    wanted, held = ", ".join((*filling.asked, *filling.brought)), ", ".join(filling.held or ())
    return f"{filling.group}: should contain {wanted or 'nothing'}, but contains {held or 'nothing'}"


def _about(row: Row) -> Iterator[str]:
    if not row.has_account:
        yield f"{row.email}: should have an account ({words(row.asked_roles)}), but has none"
    elif row.asked_name is None:
        yield f"{row.email}: should have no account, but has one ({words(row.held_roles)})"
    else:
        if row.held_name is not None and row.asked_name != row.held_name:
            yield f"{row.email}: should be called {row.asked_name}, but is called {row.held_name or 'nothing'}"
        if row.asked_roles != row.held_roles:
            yield f"{row.email}: should hold {words(row.asked_roles)}, but holds {words(row.held_roles)}"


def _name_fields(mapping: Mapping) -> tuple[str, ...]:
    """Return the vendor's fields that together are a person's name, as the mapping's own table has them."""
    field_of = {reader: field for field, reader in mapping.user_fields.items()}
    for readers in NAME_READERS:
        if all(reader in field_of for reader in readers):
            return tuple(field_of[reader] for reader in readers)
    return ()
