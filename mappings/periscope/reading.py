"""What the vendor's answers hold. Their shapes are not documented: an object or a list, bare or under its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mappings import Call, Flow, Group, NotFound, User
from mappings.answers import identifier
from mappings.periscope import grants

USERS = ("api", "v2", "users")
ROLES = ("api", "v1", "roles")
ROLE = ("api", "v1", "role")
"""Of one role, to read it: in the singular, as documented."""
DASHBOARDS = ("api", "v1", "dashboards")

USER_FIELDS = ("email", "first_name", "last_name")


def listed(path: tuple[str, ...]) -> Flow[list[dict[str, Any]]]:
    """Read a whole list; that users and roles are paged as dashboards are is not documented."""
    name = path[-1]
    found: list[dict[str, Any]] = []
    query: dict[str, str] = {}
    while True:
        answer = yield Call("GET", path, f"list {name}", query=query, planned={name: []})
        found += answer[name] if isinstance(answer, dict) else list(answer)
        start = answer.get("next_page_start") if isinstance(answer, dict) else None
        if start is None:
            return found
        query = {"next_page_start": str(start)}


def one(answer: Any, name: str) -> dict[str, Any]:
    """Return the object that an answer holds."""
    inner = answer.get(name, answer) if isinstance(answer, dict) else {}
    return inner if isinstance(inner, dict) else {}


def roles_of(user: dict[str, Any]) -> frozenset[str]:
    """Return the ids of a user's roles; none are shown, perhaps, where there are none. Raises ``TypeError``."""
    if user.keys().isdisjoint(("id", "email", "roles")):
        raise TypeError("this is no user")
    return frozenset(str(role) for role in user.get("roles", ()))


def account(user: dict[str, Any]) -> User:
    """Return a listed user."""
    fields = {name: user.get(name, "") for name in USER_FIELDS}
    return User(str(user.get("email", "")), fields, roles_of(user), vendor_id=identifier(user))


def role(listed_role: dict[str, Any]) -> Group:
    """Return a listed role."""
    texts = {name: listed_role.get(name) or "" for name in ("name", "description")}
    granted = {name: grants.found(listed_role, name) for name in grants.SHAPES}
    return Group(listed_role["name"], {**texts, **granted}, vendor_id=identifier(listed_role))


def with_id(roles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the roles that show no id, as some do until a dashboard was once added to them."""
    return [each for each in roles if "id" in each]


def living(ids: Sequence[str]) -> Flow[list[str]]:
    """Return those of some roles' ids that exist: the list may leave one out until a dashboard was added to it."""
    known = {identifier(each) for each in with_id((yield from listed(ROLES)))}
    gone = set()
    for each in sorted(set(ids) - known):
        if not (yield from _exists(each)):
            gone.add(each)
    return [each for each in ids if each not in gone]


def _exists(role_id: str) -> Flow[bool]:
    try:
        yield Call("GET", (*ROLE, role_id), "read role", planned={})
    except NotFound:
        return False
    return True
