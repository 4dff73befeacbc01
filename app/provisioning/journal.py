"""The audit of a request or a delivery: an event for each resource it touches, a row for each vendor call."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app.directory import events, links
from app.provisioning.outcomes import scim_error
from app.provisioning.state import CallRecord, State
from app.provisioning.target import Target
from app.scim.errors import ScimError

ID_LENGTH = 36
"""Characters of a resource's id, a UUID: a request on a resource is about its id, a new one about a name."""
NAME_LENGTH = 256
"""Characters of a name in the audit: an address may say any id, and no index takes them all."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for what: ``actor`` is a token's name or ``worker``, ``action`` the method and the route.

    ``about`` is the name of what it is about as the request gives it, for the audit of a refusal. One that
    ``takes_back`` ends what the bridge itself has just created for somebody who is answered an error.
    """

    actor: str
    action: str
    about: str = ""
    takes_back: bool = False
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: float = field(default_factory=time.monotonic)

    def elapsed(self) -> int:
        """Return the milliseconds since it came in."""
        return round((time.monotonic() - self.started) * 1000)


def begin(connection: Connection, target: Target, request: Request, summaries: Sequence[tuple[State, str]]) -> None:
    """Write down what is about to be delivered, before it is."""
    rows = [_event(target, request, state, summary) for state, summary in summaries]
    if rows:
        events.insert(connection, rows)


def carried(connection: Connection, target: Target, request: Request, group: State) -> None:
    """Write down the members that a new group is created with."""
    found = links.names(connection, list(group.carried.values()))
    common = _event(target, request, group, f"added to {group.name}") | {"kind": "User"}
    rows = [common | {"link": link, "resource_id": id_, "name": name} for link, (id_, name) in found.items()]
    if rows:
        events.insert(connection, rows)


def refused(connection: Connection, target: Target, request: Request, name: str, error: ScimError) -> None:
    """Write down a request that changed nothing."""
    row = _event(target, request, None, "") | {
        "name": name[:NAME_LENGTH],
        "resource_id": name if len(name) == ID_LENGTH else None,
        "outcome": "refused",
        "status": error.status,
        "detail": error.detail,
        "ms": request.elapsed(),
    }
    events.insert(connection, [row])


def kept(
    connection: Connection, target: Target, request: Request, state: State, summary: str, error: ScimError
) -> None:
    """Write down what a request takes away that was answered with an error before it could be delivered."""
    row = _event(target, request, state, summary) | {
        "outcome": "failed",
        "status": error.status,
        "detail": error.detail,
        "ms": request.elapsed(),
    }
    events.insert(connection, [row])


def skipped(connection: Connection, target: Target, request: Request, name: str, ids: Sequence[str]) -> None:
    """Write down the members that a push names and nobody knows."""
    detail = f"no User with the id {', '.join(ids[:20])}{' …' if len(ids) > 20 else ''}"
    row = _event(target, request, None, f"{len(ids)} unknown members") | {
        "kind": "Group",
        "name": name,
        "outcome": "skipped",
        "detail": detail,
    }
    events.insert(connection, [row])


def unchanged(connection: Connection, target: Target, request: Request, state: State) -> None:
    """Write down a request that asked for what is there already."""
    row = _event(target, request, state, "") | {"outcome": "unchanged", "ms": request.elapsed()}
    events.insert(connection, [row])


def finish(
    connection: Connection, request: Request, states: Iterable[State], queues: Callable[[State], bool]
) -> None:
    """Write the outcome of each resource, and the vendor calls it took."""
    states = list(states)
    outcomes = [_outcome(request, state, link, queued=queues(state)) for state in states for link in _links(state)]
    if outcomes:
        events.finish(connection, outcomes)
    calls = [_call(request, state, record) for state in states for record in state.calls]
    if calls:
        events.insert_calls(connection, calls)


def _event(target: Target, request: Request, state: State | None, summary: str) -> dict[str, Any]:
    return {
        "request_id": request.id,
        "at": time.time(),
        "target": target.name,
        "kind": state.kind if state else "",
        "link": state.link_id if state else None,
        "resource_id": state.resource_id if state else None,
        "name": state.name if state else "",
        "actor": request.actor,
        "action": request.action,
        "summary": summary,
        "outcome": "pending",
        "status": None,
        "detail": None,
        "ms": None,
    }


def _links(state: State) -> list[int]:
    """Return the links whose events end with this state: its own, and the members that came along with a group.

    Those who were to come along and did not, since the group was there already, follow by themselves.
    """
    carried = state.carried.values()
    return [state.link_id, *(user for user in carried if state.adopted is None or user in state.touched)]


def _outcome(request: Request, state: State, link: int, *, queued: bool) -> dict[str, Any]:
    failed = "queued" if queued or state.left else "failed"
    return {
        "request": request.id,
        "of_link": link,
        "new_outcome": "delivered" if state.error is None and not state.left else failed,
        "new_status": scim_error(state.error).status if state.error and not queued else None,
        "new_detail": "; ".join(filter(None, [state.error.detail if state.error else "", *state.notes])) or None,
        "new_ms": request.elapsed(),
    }


def _call(request: Request, state: State, record: CallRecord) -> dict[str, Any]:
    return {
        "request_id": request.id,
        "link": state.link_id,
        "resource_id": state.resource_id,
        "at": record.at,
        "method": record.method,
        "path": record.path,
        "meaning": record.meaning,
        "status": record.status,
        "ms": record.ms,
        "error": record.error,
    }
