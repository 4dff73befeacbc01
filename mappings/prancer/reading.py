"""What the mapping takes from Prancer's lists of roles and users: these names, and nothing else.

A listed user may carry the hash of a password. It is never read, so it can reach no field, log, trace or error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mappings.answers import identifier, text

ENVELOPE = frozenset({"data", "error", "error_list", "message", "metadata", "status"})
"""The keys of an answer; the documents show all of them. Without a single one it is something else."""


@dataclass(frozen=True, slots=True)
class Role:
    """One role. A permission is known by its codename: the list shows no other id of it."""

    id: str
    name: str
    permissions: tuple[str, ...]

    @classmethod
    def of(cls, found: Any) -> Role:
        """Read one entry. Raises ``LookupError`` or ``TypeError``: a list left out would be lost on an update."""
        codenames = {text(permission, "codename") for permission in found["permissions"]}
        return cls(identifier(found), text(found, "role_name"), tuple(sorted(codenames)))

    def is_named(self, name: str) -> bool:
        """Whether the vendor may take ``name`` for this role's; it documents nothing about upper and lower case."""
        return self.name.strip().casefold() == name.strip().casefold()


@dataclass(frozen=True, slots=True)
class Account:
    """One user. ``groups`` are names of roles; ``is_pending`` until the invitation is accepted."""

    id: str
    email: str
    groups: frozenset[str]
    is_pending: bool

    @classmethod
    def of(cls, found: Any) -> Account:
        """Read one entry. Raises ``LookupError`` or ``TypeError``."""
        groups = frozenset(map(str, found["user_groups"]))
        known = found.get("status") == "Registered" or found.get("is_superuser")
        return cls(identifier(found), text(found, "email"), groups, not known)

    @property
    def is_new(self) -> bool:
        """Whether it has been invited, and no more."""
        return self.is_pending and not self.groups


def data(answer: Any) -> dict[str, Any]:
    """Return the data of an envelope; empty where there is none to be read."""
    found = answer.get("data") if isinstance(answer, dict) else None
    return found if isinstance(found, dict) else {}


def hidden_status(answer: Any) -> int | None:
    """Return the status of an envelope that says an error, whatever the HTTP status was; ``None``: it says none.

    Raises ``TypeError`` for what is no envelope, or one whose status is neither a success nor an error.
    """
    if not isinstance(answer, dict) or ENVELOPE.isdisjoint(answer):
        raise TypeError("this is no envelope")
    status = _status(answer["status"]) if "status" in answer else 200
    if 400 <= status < 600:
        return status
    if answer.get("error") or answer.get("error_list"):
        return 400
    if not 200 <= status < 300:
        raise TypeError("the envelope's status says neither success nor error")
    return None


def _status(said: Any) -> int:
    """Return a status as a number, whether it is written as one or as a text; 0 for anything else."""
    digits = str(said)
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) == 3 else 0


def number(vendor_id: str) -> int | str:
    """Return an id as the API writes it: a number."""
    return int(vendor_id) if vendor_id.isdecimal() else vendor_id
