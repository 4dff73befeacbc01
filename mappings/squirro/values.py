"""Custom values of a user: Squirro keeps any value that is set, and returns it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mappings import Attribute

EXTERNAL_ID = "scim_external_id"
ACTIVE = "scim_active"
TAKEN = frozenset(
    {"email", "full_name", "role", "password", "id", "tenant", "role_permissions", "groups", "projects"}
    | {EXTERNAL_ID, ACTIVE}
)
"""What means something to Squirro or to the mapping, and so cannot be a custom value."""

_NAME = re.compile("[A-Za-z][A-Za-z0-9_-]*")


def problem(option: Mapping[str, Any]) -> str | None:
    """Say what is wrong with the names of custom values. SCIM compares attribute names without case."""
    names: Sequence[str] = option["custom_values"]
    folded = [name.casefold() for name in names]
    for name in names:
        if not _NAME.fullmatch(name):
            return f"custom_values: {name!r} is not a name of letters, digits, _ and - that begins with a letter"
        if name.casefold() in TAKEN:
            return f"custom_values: {name!r} has a meaning of its own"
        if folded.count(name.casefold()) > 1:
            return f"custom_values: {name!r} is there twice"
    return None


def attributes(names: Iterable[str]) -> tuple[Attribute, ...]:
    """Return the attributes by which the IdP sets custom values."""
    return tuple(Attribute(name, f"The user's custom value {name}") for name in names)
