"""What was asked for against what a vendor holds: the one judgement of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.demo.outcome import Row
from app.demo.story import Chapter, Person
from mappings import Mapping
from mappings.readers import display_name, family_name, full_name, given_name
from mappings.sandbox import Sandbox

NAME_READERS = ((given_name, family_name), (full_name,), (display_name,))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares one sandbox with the story; ``accounts`` and ``groups`` are what it held before the story began.

    Where a vendor wants a role to be held whenever no other is (its option ``fallback_role``), that one is
    expected of somebody without groups.
    """

    sandbox: Sandbox
    name_fields: tuple[str, ...]
    accounts: dict[str, dict[str, Any]]
    groups: frozenset[str]
    fallback: tuple[str, ...]

    @classmethod
    def of(cls, sandbox: Sandbox, mapping: type[Mapping]) -> Comparison:
        """Remember what a sandbox holds now; the mapping says in which fields it keeps a person's name."""
        fallback = sandbox.options.get("fallback_role")
        return cls(
            sandbox,
            _name_fields(mapping),
            {account["key"]: account for account in sandbox.users()},
            frozenset(group["name"] for group in sandbox.groups()),
            (fallback,) if fallback else (),
        )

    def rows(self, chapter: Chapter) -> tuple[Row, ...]:
        """Put each person of the chapter beside the vendor's account."""
        held = {account["key"].casefold(): account for account in self.sandbox.users()}
        return tuple(self._row(person, held.get(person.email)) for person in chapter.people)

    def differences(self, chapter: Chapter) -> tuple[str, ...]:
        """Say in sentences what the vendor has otherwise than asked for."""
        people = [sentence for row in self.rows(chapter) if not row.agrees for sentence in _about(row)]
        return (*people, *self._about_others(chapter), *self._about_groups(chapter))

    def _row(self, person: Person, account: dict[str, Any] | None) -> Row:
        wanted = person.name if person.employed else None
        roles = tuple(sorted(person.groups or self.fallback)) if person.employed else ()
        name = None if account is None else self._name(account)
        held = () if account is None else tuple(sorted(account["roles"]))
        same_name = wanted == name or (wanted is not None and account is not None and not self.name_fields)
        return Row(person.email, wanted, roles, name, held, same_name and roles == held)

    def _name(self, account: dict[str, Any]) -> str:
        if not self.name_fields:
            return str(account["key"])
        return " ".join(str(account["fields"].get(field) or "") for field in self.name_fields).strip()

    def _about_others(self, chapter: Chapter) -> Iterator[str]:
        now = {account["key"]: account for account in self.sandbox.users()}
        for key, account in self.accounts.items():
            if now.get(key) != account:
                became = "changed" if key in now else "is gone"
                yield f"{key}: was there before and should be as it was, but it {became}"
        asked = {person.email for person in chapter.people}
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


def _about(row: Row) -> Iterator[str]:
    if row.held_name is None:
        yield f"{row.email}: should have an account ({words(row.asked_roles)}), but has none"
    elif row.asked_name is None:
        yield f"{row.email}: should have no account, but has one ({words(row.held_roles)})"
    else:
        if row.asked_name != row.held_name:
            yield f"{row.email}: should be called {row.asked_name}, but is called {row.held_name or 'nothing'}"
        if row.asked_roles != row.held_roles:
            yield f"{row.email}: should hold {words(row.asked_roles)}, but holds {words(row.held_roles)}"


def _name_fields(mapping: type[Mapping]) -> tuple[str, ...]:
    """Return the vendor's fields that together are a person's name, as the mapping's own table has them."""
    field_of = {reader: field for field, reader in mapping.user_fields.items()}
    for readers in NAME_READERS:
        if all(reader in field_of for reader in readers):
            return tuple(field_of[reader] for reader in readers)
    return ()
