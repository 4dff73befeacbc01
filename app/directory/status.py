"""What is not yet true: counts for every target, and the links behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, func, select

from app.directory.database import now
from app.directory.tables import link, resource


@dataclass(frozen=True, slots=True)
class Count:
    """How many resources of a kind a target has, and how many of their links wait or are refused.

    ``oldest`` is for how many seconds the one has been waiting that waits longest, 0 if none does.
    """

    target: str
    kind: str
    resources: int
    pending: int
    refused: int
    oldest: float


def counts(connection: Connection, targets: Sequence[str]) -> list[Count]:
    """Count for each target and kind."""
    held = select(resource.c.target, resource.c.kind, func.count()).group_by(resource.c.target, resource.c.kind)
    resources = {(row[0], row[1]): row[2] for row in connection.execute(held)}
    is_waiting = link.c.due_at.is_not(None) & ~link.c.refused
    waiting = func.sum(case((is_waiting, 1), else_=0))
    refused = func.sum(case((link.c.refused, 1), else_=0))
    oldest = func.coalesce(now() - func.min(case((is_waiting, link.c.pending_since))), 0.0)
    grouped = select(link.c.target, link.c.kind, waiting, refused, oldest).group_by(link.c.target, link.c.kind)
    links = {(row[0], row[1]): (int(row[2]), int(row[3]), max(0.0, row[4])) for row in connection.execute(grouped)}
    keys = [(target, kind) for target in targets for kind in ("User", "Group")]
    return [Count(*key, resources.get(key, 0), *links.get(key, (0, 0, 0.0))) for key in keys]


def unsettled(connection: Connection, target: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """Return the links that are not yet what is wanted, those that are due first.

    ``due_in`` and ``pending_for`` are in seconds.
    """
    columns = ("target", "kind", "name", "resource_id", "vendor_id", "attempts", "refused", "last_error")
    due_in, deleted = (link.c.due_at - now()).label("due_in"), resource.c.id.is_(None).label("deleted")
    pending_for = (now() - link.c.pending_since).label("pending_for")
    statement = (
        select(*(link.c[name] for name in columns), due_in, pending_for, deleted)
        .outerjoin(resource, resource.c.id == link.c.resource_id)
        .where(link.c.due_at.is_not(None))
        .order_by(link.c.due_at)
        .limit(limit)
    )
    if target is not None:
        statement = statement.where(link.c.target == target)
    return [{str(name): value for name, value in row.items()} for row in connection.execute(statement).mappings()]
