"""The audit: each SCIM write and each delivery as an event, each vendor call as a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    RowMapping,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    union,
)

from app.directory.tables import call, event, link, resource


def insert(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add events, one for each resource that a request touches."""
    connection.execute(event.insert(), list(rows))


_FINISH = (
    event.update()
    .where(event.c.request_id == bindparam("request"), event.c.link == bindparam("of_link"))
    .values({name: bindparam(f"new_{name}") for name in ("outcome", "status", "detail", "ms")})
)


def finish(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the outcome of events given by ``request`` and ``of_link``."""
    connection.execute(_FINISH, list(rows))


def insert_calls(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add vendor calls."""
    connection.execute(call.insert(), list(rows))


_newest_conflict = func.max(case((and_(event.c.outcome == "failed", event.c.status == 409), event.c.id), else_=0))
_newest_success = func.max(case((event.c.outcome == "delivered", event.c.id), else_=0))
_HAD = select(_newest_conflict, _newest_success).where(
    event.c.name == bindparam("name"),
    event.c.target == bindparam("target"),
    event.c.kind == bindparam("kind"),
    event.c.link.is_not(None),
)


def is_had(connection: Connection, target: str, kind: str, name: str) -> bool:
    """Whether the vendor has said that somebody else has the account of this name, and none was made since."""
    conflict, success = connection.execute(_HAD, {"target": target, "kind": kind, "name": name}).one()
    return (conflict or 0) > (success or 0)


RETRY = "retry"
"""The action of an event by which somebody asks for another try."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the audit: the newest event and the newest call at some moment."""

    event: int = 0
    call: int = 0


def mark(connection: Connection) -> Mark:
    """Return where the audit ends now."""
    newest = (func.coalesce(func.max(each.c.id), 0) for each in (event, call))
    return Mark(*(connection.execute(select(one)).scalar_one() for one in newest))


def news(connection: Connection, target: str, since: Mark, *, besides: str) -> tuple[Mark, bool]:
    """Say whether somebody ``besides`` that actor got through to a vendor since, or asks for another try.

    Returns the mark to go on from, too.
    """
    of_target = (event.c.target == target, event.c.actor != besides)
    asked = exists().where(event.c.id > since.event, event.c.action == RETRY, *of_target)
    answered = exists().where(
        call.c.id > since.call,
        call.c.status.between(200, 299),
        event.c.request_id == call.c.request_id,
        *of_target,
    )
    here = mark(connection)
    return here, bool(connection.execute(select(or_(asked, answered))).scalar_one())


def history(
    connection: Connection, *, target: str | None = None, user: str | None = None, limit: int = 100
) -> list[dict[str, Any]]:
    """Return the newest events, oldest first, each with its ``calls``; of one user (by userName or id), or all."""
    where: list[ColumnElement[bool]] = []
    if target:
        where.append(event.c.target == target)
    if user:
        where.append(_about(user))
    rows = connection.execute(select(event).where(*where).order_by(event.c.id.desc()).limit(limit)).mappings()
    events = [_plain(row) for row in reversed(rows.all())]
    requests = list({row["request_id"] for row in events})
    calls: dict[tuple[str, int], list[dict[str, Any]]] = {}
    found = connection.execute(select(call).where(call.c.request_id.in_(requests)).order_by(call.c.id))
    for row in found.mappings():
        calls.setdefault((row["request_id"], row["link"]), []).append(_plain(row))
    return [{**row, "calls": calls.get((row["request_id"], row["link"]), [])} for row in events]


def _plain(row: RowMapping) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _about(user: str) -> ColumnElement[bool]:
    """Whether an event is about somebody: touched the account, or was refused before it could."""
    links = _links_of(user).scalar_subquery()
    ids = select(link.c.resource_id).where(link.c.id.in_(links))
    return or_(event.c.link.in_(links), event.c.name == user, event.c.resource_id.in_(ids))


def _links_of(user: str) -> CompoundSelect[tuple[int | None]]:
    """Select the links that somebody has or had: by the name of now in any case, a former name, or an id."""
    of_now = select(link.c.id).join(resource, resource.c.id == link.c.resource_id)
    of_then = select(event.c.link).where(or_(event.c.name == user, event.c.resource_id == user))
    return union(of_now.where(resource.c.name_key == user.casefold()), of_then)
