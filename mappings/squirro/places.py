"""Calls that give and take a role at one place: in a group, a project or a workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mappings import Call, Conflict, Flow, NotFound, Rejected, User, Variable
from mappings.squirro.roles import Move

V0 = ("api", "user", "v0", Variable("tenant"))
WORKSPACES = ("api", "user", "v2", "workspaces")
JSON = {"Accept": "application/json"}


# -- groups


def join_group(user: User, move: Move) -> Flow[None]:
    """Make a user a member of a group."""
    form = {"user_id": str(user.vendor_id)}
    try:
        yield Call("POST", (*V0, "groups", move.place), "add group member", form=form)
    except Conflict as refusal:  # a member already, it should mean; not documented: look
        if not (yield from _is_in_group(move.place, user)):
            raise Rejected(refusal.detail, status=refusal.status) from refusal


def leave_group(user: User, move: Move) -> Flow[None]:
    """Take a user out of a group."""
    path = (*V0, "groups", move.place, "members", str(user.vendor_id))
    try:
        yield Call("DELETE", path, "remove group member", answer="nothing")
    except NotFound as refusal:  # no member, it should mean; not documented: look
        if (yield from _is_in_group(move.place, user)):
            raise Rejected(refusal.detail, status=refusal.status) from refusal


def _is_in_group(group: str, user: User) -> Flow[bool]:
    try:
        found = yield from read_group(group)
    except NotFound:
        yield list_groups()  # or a wrong tenant, which is a 404 everywhere, would prove it
        return False
    return any(str(member["id"]) == user.vendor_id for member in found["members"])


def list_groups() -> Call:
    """Return the call that lists all groups with their members."""
    return Call("GET", (*V0, "groups"), "list groups", planned=[])


def read_group(group: str) -> Flow[dict[str, Any]]:
    """Return a group with its members."""
    planned = {"name": "", "members": []}
    found: dict[str, Any] = yield Call("GET", (*V0, "groups", group), "read group", planned=planned)
    return found


# -- projects


def join_project(user: User, move: Move) -> Flow[None]:
    """Give a user a role in a project, or another one than before."""
    member = {"user_id": str(user.vendor_id)}
    yield from put_in_project(move.place, member, str(move.after), is_member=move.before is not None)


def leave_project(user: User, move: Move) -> Flow[None]:
    """Take a user out of a project."""
    yield from take_from_project(move.place, str(user.vendor_id))


def put_in_project(project: str, member: Mapping[str, str], role: str, *, is_member: bool) -> Flow[None]:
    """Give a role to ``member``, which is ``{"user_id": …}`` or ``{"group_id": …}``.

    What is known of a membership may have been changed by hand: then it is the other call.
    """
    add = Call("POST", (*V0, "projects", project, "members"), "add project member", form={**member, "role": role})
    (member_id,) = member.values()
    path = (*V0, "projects", project, "members", member_id)
    modify = Call("PUT", path, "change project role", form={"role": role})
    first, second, surprise = (modify, add, NotFound) if is_member else (add, modify, Conflict)
    try:
        yield first
    except surprise:
        yield second


def take_from_project(project: str, member_id: str) -> Flow[None]:
    """End the membership of a user or a group."""
    path = (*V0, "projects", project, "members", member_id)
    try:
        yield Call("DELETE", path, "remove project member", answer="nothing")
    except NotFound as refusal:  # no member, it should mean; not documented: look
        if (yield from _is_in_project(project, member_id)):
            raise Rejected(refusal.detail, status=refusal.status) from refusal


def _is_in_project(project: str, member_id: str) -> Flow[bool]:
    path = (*V0, "projects", project, "members")
    try:
        found = yield Call("GET", path, "list project members", planned={"members": []})
    except NotFound:
        yield list_groups()  # or a wrong tenant, which is a 404 everywhere, would prove it
        return False
    return any(str(member["member_id"]) == member_id for member in found["members"])


# -- workspaces


def set_in_workspace(user: User, move: Move) -> Flow[None]:
    """Give a user a role in a workspace, or another one than before: the document has one call for both."""
    body = {"user_id": str(user.vendor_id), "role": move.after}
    yield Call("POST", (*WORKSPACES, move.place, "users"), "set workspace role", json=body)


def leave_workspace(user: User, move: Move) -> Flow[None]:
    """Take a user out of a workspace and, as the vendor's client does, first out of the groups there.

    A workspace's domain stands for a tenant. Groups that the IdP wants the user in are left alone.
    """
    tenant, id_ = ("api", "user", "v0", move.place), str(user.vendor_id)
    try:
        found = yield Call("GET", (*tenant, "users", id_), "read workspace user", planned={})
    except NotFound:
        found = {}
    for group in sorted(str(group["id"]) for group in found.get("groups") or ()):
        if group not in user.roles:
            membership = (*tenant, "groups", group, "members", id_)
            yield from _unless_gone(Call("DELETE", membership, "remove workspace group member", answer="nothing"))
    path = (*WORKSPACES, move.place, "users", id_)
    try:
        yield Call("DELETE", path, "remove workspace user", answer="nothing")
    except NotFound as refusal:  # not in it, it should mean; not documented: look
        if (yield from _is_in_workspace(move.place, id_)):
            raise Rejected(refusal.detail, status=refusal.status) from refusal


def _is_in_workspace(domain: str, user_id: str) -> Flow[bool]:
    try:
        found = yield Call("GET", (*WORKSPACES, domain, "users"), "list workspace users", planned=[])
    except NotFound:
        yield list_groups()  # or a wrong tenant, which is a 404 everywhere, would prove it
        return False
    return any(str(user["id"]) == user_id for user in found)


# -- grants


def end_grants(user_id: str) -> Flow[None]:
    """Delete every grant of a user, so that no token works any more."""
    path = (*V0, "users", user_id)
    answer = yield Call("GET", (*path, "grants"), "list grants", planned={"grants": []})
    for grant in answer["grants"]:
        ended = Call("DELETE", (*path, "sessions", str(grant["id"])), "delete grant", answer="nothing")
        yield from _unless_gone(ended)


def _unless_gone(call: Call) -> Flow[None]:
    try:
        yield call
    except NotFound:
        return


def _by_update(_user: User, _move: Move) -> Flow[None]:
    """Do nothing: the server role is a field of the user, and went with its update."""
    yield from ()


Step = Callable[[User, Move], Flow[None]]
STEPS: Mapping[str, tuple[Step, Step]] = {
    "group": (join_group, leave_group),
    "project": (join_project, leave_project),
    "workspace": (set_in_workspace, leave_workspace),
    "server": (_by_update, _by_update),
}
"""How a role is given or changed, and how it is taken, at each kind of place."""


def carry_out(user: User, move: Move) -> Flow[None]:
    """Make one move true; no call where the highest role stays what it was."""
    give, take = STEPS[move.kind]
    if move.before != move.after:
        yield from (take if move.after is None else give)(user, move)
