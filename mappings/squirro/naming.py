"""Rules by which the name of a SCIM Group makes it a role in a project, in a workspace or on the server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mappings import Setting
from mappings.squirro.roles import Role

NEEDED = {"project": ("project", "role"), "workspace": ("workspace", "role"), "server": ("role",)}
"""The kinds of rules in the order in which they are tried, with the named groups of each."""


def read(name: str, option: Mapping[str, Any]) -> Role | None:
    """Return the role that a group of this name is; ``None`` for a plain group. Its name may not be documented."""
    for kind in NEEDED:
        pattern = option[f"{kind}_pattern"]
        if pattern and (found := re.fullmatch(pattern, name)):
            parts = found.groupdict(default="")
            return Role(kind, parts.get(kind, ""), parts["role"])
    return None


def problem(option: Mapping[str, Any]) -> str | None:
    """Say which rule cannot be used, and why."""
    for kind, needed in NEEDED.items():
        name = f"{kind}_pattern"
        try:
            groups = re.compile(option[name]).groupindex
        except re.error as wrong:
            return f"{name}: is not a regular expression: {wrong}"
        missing = [group for group in needed if group not in groups]
        if option[name] and missing:
            return f"{name}: must have the named group (?P<{missing[0]}>…), or be empty"
    return None


def _rule(kind: str, default: str) -> Setting:
    about = f"which group names mean a {kind} role: a regular expression for the whole name, or empty for none"
    return Setting(f"{kind}_pattern", about, default=default)


PATTERNS = (
    _rule("project", "squirro:project:(?P<project>[^:]+):(?P<role>[^:]+)"),
    _rule("workspace", "squirro:workspace:(?P<workspace>[^:]+):(?P<role>[^:]+)"),
    _rule("server", "squirro:server:(?P<role>[^:]+)"),
)
"""The options that hold the rules."""
