"""Rules by which the name of a SCIM Group makes it a role in a project, in a workspace or on the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mappings import Setting
from mappings.squirro.roles import Role

KINDS = ("project", "workspace", "server")


def read(name: str, option: Mapping[str, Any]) -> Role | None:
    """Return the role that a group of this name is; ``None`` for a plain group. Its name may not be documented."""
    for kind in KINDS:
        pattern = option[f"{kind}_pattern"]
        if pattern and (found := re.fullmatch(pattern, name)):
            parts = found.groupdict(default="")
            return Role(kind, parts.get(kind, ""), parts["role"])
    return None


def _checked(*groups: str) -> Callable[[str], str | None]:
    """Return the check of a pattern that must have these named groups."""

    def problem(pattern: str) -> str | None:
        try:
            names = re.compile(pattern).groupindex
        except re.error as wrong:
            return f"is not a regular expression: {wrong}"
        missing = [f"(?P<{group}>…)" for group in groups if group not in names]
        return f"must have the named group {missing[0]}, or be empty" if pattern and missing else None

    return problem


def _rule(kind: str, default: str, *groups: str) -> Setting:
    about = f"which group names mean a {kind} role: a regular expression for the whole name, or empty for none"
    return Setting(f"{kind}_pattern", about, default=default, check=_checked(*groups))


PATTERNS = (
    _rule("project", "squirro:project:(?P<project>[^:]+):(?P<role>[^:]+)", "project", "role"),
    _rule("workspace", "squirro:workspace:(?P<workspace>[^:]+):(?P<role>[^:]+)", "workspace", "role"),
    _rule("server", "squirro:server:(?P<role>[^:]+)", "role"),
)
"""The options that hold the rules."""
