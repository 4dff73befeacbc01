"""The states that the bridge compares: an account or a role as it is wanted, was made, or was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class User:
    """One account in the vendor's own terms.

    ``key`` is what the vendor finds the account by (an e-mail address); ``fields`` holds exactly what the
    vendor stores of it; ``roles`` are the vendor ids of the roles or groups it holds. ``password`` is the one
    the IdP has just sent, if any: it is never stored. ``vendor_id`` is known once the account exists.
    ``names`` are display names of the roles it has and of those it is to lose, by vendor id, as far as they are
    known: for vendors that want names.
    """

    key: str
    fields: Mapping[str, Any]
    roles: frozenset[str] = frozenset()
    password: str | None = field(default=None, repr=False)
    vendor_id: str | None = None
    names: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """One role or group in the vendor's own terms.

    ``members`` are the vendor ids of its users. The bridge fills it only for a create that may carry them.
    """

    key: str
    fields: Mapping[str, Any]
    members: frozenset[str] = frozenset()
    vendor_id: str | None = None


A = TypeVar("A", User, Group)


def find(found: Iterable[A], wanted: A) -> A | None:
    """Return the one with the wanted vendor id; else the one under the wanted key, or under it in another case."""
    everyone = list(found)
    by_id = (one for one in everyone if wanted.vendor_id is not None and one.vendor_id == wanted.vendor_id)
    by_key = (one for one in everyone if one.key == wanted.key)
    by_folded_key = (one for one in everyone if one.key.casefold() == wanted.key.casefold())
    return next(chain(by_id, by_key, by_folded_key), None)


@dataclass(frozen=True, slots=True)
class Change:
    """Desired minus applied: the fields to write, the roles to give and to take, and a new password.

    ``before`` is what was true of these fields; it lacks those of which nobody knows.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    roles_added: frozenset[str] = frozenset()
    roles_removed: frozenset[str] = frozenset()
    password: str | None = field(default=None, repr=False)
    before: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.fields or self.roles_added or self.roles_removed or self.password is not None)


def difference(
    fields: Mapping[str, Any], roles: frozenset[str], desired: User | Group, doubtful: frozenset[str] = frozenset()
) -> Change:
    """What has to change so that an account with ``fields`` and ``roles`` becomes ``desired``.

    Nobody knows whether a ``doubtful`` role is held: it is given again if it is desired, and taken if it is not.
    """
    missing = object()
    changed = {name: value for name, value in desired.fields.items() if fields.get(name, missing) != value}
    before = {name: fields[name] for name in changed if name in fields}
    if isinstance(desired, Group):
        return Change(fields=changed, before=before)
    given = desired.roles - (roles - doubtful)
    taken = (roles | doubtful) - desired.roles
    return Change(changed, given, taken, desired.password, before)
