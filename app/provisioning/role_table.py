"""The role table: which groups, and which users by a filter, are given which roles and entitlements.

A row adds values to a user's ``roles`` and ``entitlements`` as if the identity provider had sent them, before the
mapping sees the user; the stored document stays as it was written. What the identity provider sent itself comes
first, then rows by precedence: where only one value can count (a privilege, a server role), the first one does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.scim.filter import Filter, matches
from app.scim.resource_type import ResourceType
from app.scim.types import Document


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: a group's name, or a filter on the user, and what it gives. A lower precedence comes first."""

    precedence: int
    roles: tuple[str, ...]
    entitlements: tuple[str, ...]
    group: str | None = None
    filter: Filter | None = None
    text: str = ""

    @property
    def gives(self) -> tuple[str, ...]:
        """Everything that the row gives."""
        return (*self.roles, *self.entitlements)


@dataclass(frozen=True, slots=True)
class RoleTable:
    """All rows of a target, in the order in which they count; ``type`` is what filters are read with."""

    rows: tuple[Row, ...]
    type: ResourceType

    @property
    def values(self) -> list[str]:
        """Everything that any row gives, each once."""
        return list(dict.fromkeys(value for row in self.rows for value in row.gives))

    @property
    def roles(self) -> list[str]:
        """The roles that any row gives."""
        return [role for row in self.rows for role in row.roles]

    def stands_for(self, group: str) -> bool:
        """Whether a group of this name means rows of the table, and so nothing of its own at the vendor."""
        return any(row.group is not None and row.group.casefold() == group.casefold() for row in self.rows)

    def matching(self, user: Document, groups: Collection[str]) -> list[Row]:
        """Return the rows that are true of a user in these groups (display names)."""
        names = {name.casefold() for name in groups}
        return [row for row in self.rows if self._is_true(row, user, names)]

    def extend(self, user: Document, groups: Collection[str]) -> Document:
        """Return the user with what the table gives."""
        rows = self.matching(user, groups)
        return {
            **user,
            **_with(user, "roles", (value for row in rows for value in row.roles)),
            **_with(user, "entitlements", (value for row in rows for value in row.entitlements)),
        }

    def _is_true(self, row: Row, user: Document, groups: Collection[str]) -> bool:
        if row.group is not None:
            return row.group.casefold() in groups
        return row.filter is not None and matches(row.filter, user, self.type)


def _with(user: Document, attribute: str, values: Iterable[str]) -> Document:
    given = [{"value": value} for value in values]
    return {attribute: [*user.get(attribute, ()), *given]} if given else {}
