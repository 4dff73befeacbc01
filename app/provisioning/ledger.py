"""Between memory and the tables: load states, take their leases, and record what has become true."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection
from sqlalchemy.exc import IntegrityError

from app.directory import links, members, resources
from app.directory.members import Membership
from app.provisioning import unanswered
from app.provisioning.backoff import backoff
from app.provisioning.revoking import revoking
from app.provisioning.state import State, write_intent
from app.provisioning.target import Target
from mappings import Conflict, Group, Rejected, VendorError

FIRST_DELAY = 2.0
LATE_SECONDS = 45.0
"""How long after it was taken a role is taken again whose grant was never answered: it may have been slow."""
LONGEST_DELAY = 300.0
LONGEST_REFUSED_DELAY = 3600.0


Undo = Callable[[Connection, State], None]


def no_undo(_connection: Connection, _state: State) -> None:
    """Leave what is wanted as it is."""


class LeaseLost(Exception):
    """Another holder has the link now: what this one knows is out of date and must not be written."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write some links until it runs out."""

    holder: str
    states: tuple[State, ...]


def load(connection: Connection, where: ColumnElement[bool]) -> tuple[list[State], list[int]]:
    """Read links with all they need: the free ones as states, and the ids of those that somebody holds."""
    rows = links.load(connection, where)
    free = [row for row in rows if not row.leased]
    users = [row.id for row in free if row.kind == "User"]
    memberships = members.of_users(connection, users) if users else {}
    states = [State.of(row, memberships.get(row.id, [])) for row in free]
    for state in states:
        if state.kind == "Group" and state.resource is None:
            state.holders = members.holders(connection, state.link_id)
    return states, [row.id for row in rows if row.leased]


def lease(connection: Connection, target: Target, states: Sequence[State]) -> Lease:
    """Take the leases of free links and make what is wanted of them durable, intents of creates included."""
    if not states:
        return Lease("", ())
    for state in states:
        if isinstance(state.unresolved, Group):  # whoever made it may have put its members into it
            may_be_in_it = state.unresolved.members | members.accounts(connection, state.link_id)
            state.unresolved = replace(state.unresolved, members=may_be_in_it)
        intend(target, state)
    rows = [
        {
            "link_id": state.link_id,
            "intent": _text(state.durable),
            "before": _text(unanswered.note(state)),
            "new_resource_id": state.resource_id,
            "new_name": state.name,
            "new_vendor_key": state.vendor_key,
            "new_wanted_version": state.wanted_version,
            "new_snapshot": orjson.dumps(doubted(target, state)).decode(),
            "new_revokes": state.takes_away(target),
        }
        for state in states
    ]
    return Lease(links.lease(connection, rows), tuple(states))


def intend(target: Target, state: State) -> None:
    """Note the create that converging this state will send, unless one is unresolved already."""
    state.learn(target)
    try:
        desired = state.desired(target)
    except VendorError:  # converging will meet it again, and report it
        return
    if desired is not None:
        state.vendor_key = desired.key.casefold()
        if state.vendor_id is None and state.unresolved is None:
            state.durable = write_intent(desired)


def doubted(target: Target, state: State) -> dict[str, Any]:
    """Return the snapshot that is true if this process dies while it delivers: of what it sends nobody knows."""
    try:
        desired = state.desired(target)
    except VendorError:
        return state.snapshot()
    return state.doubted(None if desired is None else state.change(desired)).snapshot()


def refound(target: Target, state: State) -> dict[str, Any]:
    """Return the snapshot of a found account that is true if this process dies before it has recorded more.

    Memberships are recorded in the end only: until then a role that stands for one may be held or not.
    """
    by_membership = {m.group_vendor_id for m in state.memberships if m.applied and m.group_vendor_id}
    snapshot = doubted(target, state)
    return {**snapshot, "doubtful": sorted({*snapshot["doubtful"], *by_membership})}


def record(connection: Connection, target: Target, lease_: Lease, undo: Undo) -> list[State]:
    """Write what is true now and release the leases; return the states whose lease had been lost.

    ``undo`` is asked for each state that failed: it may put back what the IdP wanted before. All of it may be done
    twice, if the transaction has met another one.
    """
    _lock_waiting(connection, lease_)
    held = links.held(connection, lease_.holder, [state.link_id for state in lease_.states])
    mine = [state for state in lease_.states if state.link_id in held]
    _refuse_shared_ids(connection, target, mine)
    for state in mine:
        if unanswered.is_refused(state) and state.base is None:
            put_back(connection, target, state, state.resource, time.time())
        elif state.error is not None:
            undo(connection, state)
    _record_memberships(connection, mine)
    ended = [state.link_id for state in mine if _is_over(state)]
    rows = [_row(target, state, held[state.link_id]) for state in mine if not _is_over(state)]
    if rows:
        links.record(connection, rows)
    for state in mine:
        if state.kind == "Group":
            _record_group(connection, state)
    if ended:
        links.delete(connection, ended)
    return [state for state in lease_.states if state.link_id not in held]


def _lock_waiting(connection: Connection, lease_: Lease) -> None:
    """Lock the users that wait for a new group together with what is held, so that the order of locks is kept."""
    new = [state for state in lease_.states if _is_new_group(state)]
    waiting = {user for state in new for user in members.unsettled(connection, state.link_id)}
    if waiting:
        links.lock(connection, [*waiting, *(state.link_id for state in lease_.states)])


def _is_new_group(state: State) -> bool:
    return state.kind == "Group" and state.vendor_id is not None and state.durable is not None


def _is_over(state: State) -> bool:
    """Whether nothing is left of a link: no resource, no account, and no doubt about one."""
    known = state.vendor_id or state.unresolved or state.intent or state.former
    return state.resource is None and not known


def _refuse_shared_ids(connection: Connection, target: Target, states: Iterable[State]) -> None:
    """A vendor that answers a create with an account that is linked already has not created one."""
    for kind in ("User", "Group"):
        fresh = {s.vendor_id: s for s in states if s.kind == kind and s.vendor_id and s.durable is not None}
        if not fresh:
            continue
        for vendor_id, owner in links.owners(connection, target.name, kind, list(fresh)).items():
            state = fresh[vendor_id]
            if owner != state.link_id:
                state.error = Conflict(f"{target.name}: {state.name} has the account of another resource")
                state.vendor_id = state.intent = state.unresolved = None
                state.fields.clear()


def _record_memberships(connection: Connection, states: Iterable[State]) -> None:
    changed = [
        (state, membership)
        for state in states
        for membership in state.memberships
        if state.loaded.get(membership.group_link) != (membership.desired, membership.applied)
        or not (membership.desired or membership.applied)
    ]
    if not changed:
        return
    there = members.existing(connection, [state.link_id for state, _ in changed])
    rows = [{"group": m.group_link, "user": state.link_id, "has": m.applied} for state, m in changed]
    members.record(connection, rows)
    undone = [row for row, (state, m) in zip(rows, changed, strict=True) if m.group_link in state.undone]
    if undone:
        members.take_back(connection, undone)
    finished = [row for row, (_, m) in zip(rows, changed, strict=True) if not (m.desired and m.applied)]
    if finished:
        members.forget(connection, finished)
    for state, membership in changed:
        if (membership.group_link, state.link_id) not in there:
            _keep_without_row(state, membership)


def _keep_without_row(state: State, membership: Membership) -> None:
    """The group has ended meanwhile, and the row with it: what was given all the same is a role to take back."""
    state.memberships.remove(membership)
    if membership.applied and membership.group_vendor_id is not None:
        state.roles.add(membership.group_vendor_id)


def _record_group(connection: Connection, state: State) -> None:
    if state.touched:
        members.applied_to(connection, state.link_id, sorted(state.touched))
    if state.gone:
        members.drop_group(connection, state.link_id)
    if state.waiting and (idle := members.idle_holders(connection, state.link_id)):
        links.demand(connection, idle)
    if _is_new_group(state):  # whoever was waiting for it is due
        links.demand(connection, members.unsettled(connection, state.link_id))


def _row(target: Target, state: State, wanted_version: int) -> dict[str, object]:
    settled = _settled(target, state)
    asked_again = wanted_version != state.wanted_version or state.restored
    refused = isinstance(state.error, Rejected | Conflict) and not settled
    failed = state.error is not None and not settled
    attempts = state.attempts + 1 if not settled and _counts(state) else 0
    pending = write_intent(state.intent or state.unresolved)
    delay = 0.0 if asked_again else _delay(state, attempts, settled=settled, refused=refused)
    return {
        "link_id": state.link_id,
        "new_resource_id": state.resource_id,
        "new_name": state.name,
        "new_vendor_key": _vendor_key(target, state),
        "vendor_id": state.vendor_id,
        "snapshot": orjson.dumps(state.snapshot()).decode(),
        "intent": _text(pending),
        "before": _text(unanswered.left(state)),
        "delay": delay,
        "settled": delay is None,
        "attempts": 0 if asked_again else attempts,
        "refused": refused,
        "revokes": not settled and state.takes_away(target),
        "asked_again": asked_again,
        "last_error": state.error.detail if failed and state.error else None,
    }


def _counts(state: State) -> bool:
    """Whether a delivery after which something is still to do was a try; one without an error may be, too."""
    return state.error is not None or not (state.left or state.late or state.waiting)


def _vendor_key(target: Target, state: State) -> str:
    """Return what the vendor finds the account by: as is wanted now, or as it last was."""
    try:
        desired = state.desired(target)
    except VendorError:
        desired = None
    return state.vendor_key if desired is None else desired.key.casefold()


def _settled(target: Target, state: State) -> bool:
    try:
        return state.settled(target)
    except VendorError:
        return False


def _delay(state: State, attempts: int, *, settled: bool, refused: bool) -> float | None:
    """Return the seconds until the next try: exponential with jitter, slow for a refusal, as asked for a limit."""
    if settled:
        return None
    if attempts == 0:
        return LATE_SECONDS if state.late else FIRST_DELAY if state.waiting else 0.0
    longest = LONGEST_REFUSED_DELAY if refused else LONGEST_DELAY
    asked = state.error.retry_after if state.error else None
    return max(backoff(attempts, FIRST_DELAY, longest), float(asked or 0))


def put_back(
    connection: Connection, target: Target, state: State, old: resources.Resource | None, now: float
) -> None:
    """The vendor would not have it: restore the resource as it read before, except for what revokes access.

    What others have taken away meanwhile, without the lease, stays so too.
    """
    if old is not None and state.unanswered is not None:
        old = resources.changed(old, state.unanswered, now)
        state.restored = unanswered.is_refused(state)
    new, state.resource = state.resource, old
    if old is None:
        if state.adopted is not None and not state.given:  # it was there before, and nothing of it is ours
            state.release()
        members.unwant_all(connection, state.link_id)
        resources.delete(connection, str(state.resource_id))
        return
    state.name = old.name
    is_now = resources.by_ids(connection, [old.id]).get(old.id)
    kept = old.document if new is None else revoking(target, old.document, new.document, asked=_asked(state))
    if is_now is not None and (new is None or is_now.document != new.document):
        kept = revoking(target, kept, is_now.document, asked=True)
    if kept != old.document:
        state.resource = resources.changed(old, kept, now)
    if is_now is None:
        state.resource = None
    elif not _store(connection, state.resource or old, is_now):
        state.resource, state.name, state.restored = is_now, is_now.name, False


def _store(connection: Connection, kept: resources.Resource, is_now: resources.Resource) -> bool:
    """Write a resource; false if the name that it had before has been given to another one since."""
    if kept.name.casefold() == is_now.name.casefold():
        resources.update(connection, kept)
        return True
    try:
        with connection.begin_nested():
            resources.update(connection, kept)
    except IntegrityError:
        return False
    return True


def _text(value: dict[str, Any] | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _asked(state: State) -> bool:
    """Whether the vendor was asked at all; what a mapping refuses by itself is wrong, and no revocation."""
    return not isinstance(state.error, Rejected) or state.error.status is not None
