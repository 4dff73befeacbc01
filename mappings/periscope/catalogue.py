"""What the vendor offers: roles, which users are given, and dashboards, which only roles open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mappings import Entry, Flow, Group
from mappings.answers import identifier
from mappings.periscope.grants import dashboards as opened
from mappings.periscope.reading import DASHBOARDS, ROLES, listed, role, with_id


def roles(is_protected: Callable[[Group], bool]) -> Flow[Sequence[Entry]]:
    """List the roles that show an id, and the dashboards that their permissions name."""
    found = yield from listed(ROLES)
    return [
        Entry(identifier(each), each["name"], supported=not is_protected(role(each)), contains=opened(each))
        for each in with_id(found)
    ]


def dashboards() -> Flow[Sequence[Entry]]:
    """List the dashboards: not for users, but to look up what a role's permissions name."""
    found = yield from listed(DASHBOARDS)
    return [
        Entry(identifier(each), str(each.get("name") or each["id"]), "dashboard", supported=False) for each in found
    ]
