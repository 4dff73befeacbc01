"""Another try by hand: make due now what is not yet true, and write down that somebody asked for it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from app.directory import events
from app.directory.database import chunks, now
from app.directory.links import ORDER
from app.directory.tables import link

ACTOR = "command line"


@dataclass(frozen=True, slots=True)
class Retried:
    """A link that is due now; one that is ``under_way`` was left alone, since somebody is delivering it."""

    target: str
    kind: str
    name: str
    resource_id: str | None
    refused: bool
    last_error: str | None
    under_way: bool


def retry(
    connection: Connection,
    targets: Sequence[str],
    *,
    kind: str | None = None,
    named: str | None = None,
    refused: bool = False,
) -> list[Retried]:
    """Let what is not yet true be tried again now, as if it had never failed; of one name or id, or all of it."""
    columns = (link.c.id, link.c.target, link.c.kind, link.c.name, link.c.resource_id, link.c.refused)
    under_way = (link.c.lease_until > now()).label("under_way")
    statement = select(*columns, link.c.last_error, under_way).where(
        link.c.target.in_(targets), link.c.due_at.is_not(None)
    )
    if kind is not None:
        statement = statement.where(link.c.kind == kind)
    if refused:
        statement = statement.where(link.c.refused)
    rows = connection.execute(statement.order_by(*ORDER).with_for_update(key_share=True)).mappings()
    found = {row["id"]: _of_row(row) for row in rows if _is_named(row, named)}
    free = [id_ for id_, each in found.items() if not each.under_way]
    for some in chunks(free):
        connection.execute(link.update().where(link.c.id.in_(some)).values(due_at=now(), attempts=0))
    if free:
        events.insert(connection, _events({id_: found[id_] for id_ in free}))
    return list(found.values())


def _is_named(row: RowMapping, named: str | None) -> bool:
    return named is None or row["resource_id"] == named or row["name"].casefold() == named.casefold()


def _of_row(row: RowMapping) -> Retried:
    known = ("target", "kind", "name", "resource_id", "refused", "last_error")
    return Retried(**{name: row[name] for name in known}, under_way=bool(row["under_way"]))


def _events(found: Mapping[int, Retried]) -> list[dict[str, Any]]:
    request = {"request_id": str(uuid.uuid4()), "at": time.time(), "actor": ACTOR, "action": events.RETRY}
    outcome = {"outcome": "queued", "summary": "due now", "status": None, "detail": None, "ms": None}
    return [
        request
        | outcome
        | {
            "target": each.target,
            "kind": each.kind,
            "link": id_,
            "resource_id": each.resource_id,
            "name": each.name,
        }
        for id_, each in found.items()
    ]
