"""The SCIM operations that a mapping declares its documented calls for: the rows of the published matrix."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OPERATIONS = (
    "create user",
    "change name",
    "change e-mail",
    "set password",
    "deactivate",
    "reactivate",
    "delete user",
    "create group",
    "create group with a member",
    "rename group",
    "add member",
    "remove member",
    "delete group",
    "delete group with a member",
)

Calls = Mapping[str, tuple[str, ...] | str]
"""Operation to the meanings of the calls it costs, in their order; or, as a text, why it is not offered."""

NO_CALLS: Calls = MappingProxyType({})
