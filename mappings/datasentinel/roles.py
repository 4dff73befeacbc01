"""The roles of one Datasentinel user. What the document leaves open is looked at: a role twice, or one not held."""

from __future__ import annotations

from mappings import Applied, Call, Change, Conflict, Flow, NotFound, Rejected

Path = tuple[str, ...]
USERS = ("ds-api", "users")


def swap(path: Path, change: Change) -> Flow[None]:
    """Give, then take: without a role a user sees everything."""
    for role in sorted(change.roles_added):
        yield from _assign(path, role)
    for role in sorted(change.roles_removed):
        yield from _remove(path, role)


def _assign(path: Path, role: str) -> Flow[None]:
    try:
        yield Call("POST", (*path, "role", role), "assign role")
    except Conflict as refusal:  # assigned already, it should mean; not documented: look
        if role not in (yield from _held(path)):
            raise Rejected(refusal.detail, status=refusal.status) from refusal
    yield Applied(roles_added=frozenset({role}))


def _remove(path: Path, role: str) -> Flow[None]:
    try:
        yield Call("DELETE", (*path, "role", role), "remove role")
    except (NotFound, Conflict) as refusal:  # not assigned, it should mean; not documented: look
        if role in (yield from _held(path)):
            raise Rejected(refusal.detail, status=refusal.status) from refusal
    yield Applied(roles_removed=frozenset({role}))


def _held(path: Path) -> Flow[list[str]]:
    try:
        found = yield Call("GET", path, "read user", planned={"roles": []})
    except NotFound as missing:
        yield from prove_gone(path[-1], missing)
        return []
    roles: list[str] = found["roles"]
    return roles


def prove_gone(email: str, missing: NotFound) -> Flow[None]:
    """Look whether a 404 means the user, not the address: then the list is there, and does not hold the user."""
    users = yield Call("GET", USERS, "list users", planned=[])
    if any(str(user["email"]).casefold() == email.casefold() for user in users):
        raise missing
