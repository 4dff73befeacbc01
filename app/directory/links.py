"""Links: the id-mapping table, what was made true at the vendor, and the queue of what is due.

A link is written only by the holder of its lease, except that anybody may ask for more (``demand``). Each lease
has a holder of its own, never used again: it is the fence. Whoever finds another there must not write.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, case, exists, func, not_, or_, select

from app.directory import resources
from app.directory.database import chunks, now
from app.directory.resources import Resource
from app.directory.tables import link, member, resource
from app.scim.types import Document

LEASE_SECONDS = 30.0
DUE_IN = case((link.c.due_set > now(), 0.0), else_=link.c.due_at - now())
"""Seconds until a link is due. What was set later than now is due: the clock has been set back since."""
ORDER = (link.c.kind, link.c.id)
"""The order in which everybody locks links, groups before users: or two requests wait for each other."""


@dataclass(frozen=True, slots=True)
class Link:
    """One row, with the resource it belongs to (``None``: the link has outlived it)."""

    id: int
    target: str
    kind: str
    resource: Resource | None
    resource_id: str | None
    name: str
    vendor_key: str
    vendor_id: str | None
    snapshot: dict[str, Any]
    intent: dict[str, Any] | None
    before: dict[str, Any] | None
    wanted_version: int
    due_at: float | None
    attempts: int
    refused: bool
    last_error: str | None
    leased: bool

    @property
    def unanswered(self) -> Document | None:
        """What the resource read before a change that nobody was answered for; ``None``: there is none.

        Another version of the resource was written by whoever knew nothing of this: it is out of date.
        """
        if self.before is None or self.resource is None or self.before["version"] != self.resource.version:
            return None
        document: Document = self.before["document"]
        return document


_INSERT = link.insert().returning(link.c.id)


def insert(connection: Connection, target: str, kind: str, resource_id: str, name: str, vendor_key: str) -> int:
    """Add the link of a new resource and return its id."""
    values = {
        "target": target,
        "kind": kind,
        "resource_id": resource_id,
        "name": name,
        "vendor_key": vendor_key,
        "snapshot": "{}",
        "wanted_version": 0,
        "attempts": 0,
        "refused": False,
        "revokes": False,
        "lease_until": 0.0,
    }
    return int(connection.execute(_INSERT, values).scalar_one())


def is_leased() -> ColumnElement[bool]:
    """Whether somebody holds a link. A lease that would last for longer than any does was given by a clock that
    has been set back since: it has run out. Twice as long is believed, so that a small step ends no living one.
    """
    return and_(link.c.lease_until > now(), link.c.lease_until < now() + 2 * LEASE_SECONDS)


_LOCKED = select(link).order_by(*ORDER).with_for_update(key_share=True)


def load(connection: Connection, where: ColumnElement[bool]) -> list[Link]:
    """Read links and lock their rows until the end of the transaction, in an order that cannot deadlock.

    Their resources are read by a second statement: one that had to wait for a lock would show the link as it is
    now beside the resource as it was. FOR NO KEY UPDATE lets others insert memberships that refer to the links.
    """
    statement = _LOCKED.add_columns(is_leased().label("leased")).where(where)
    rows = connection.execute(statement).mappings().all()
    found = resources.by_ids(connection, [row["resource_id"] for row in rows]) if rows else {}
    return [_of_row(row, found.get(row["resource_id"])) for row in rows]


def may_have(target: str, group_link: int, role: str, *, besides: Sequence[int]) -> ColumnElement[bool]:
    """Return which users may have a role: by a membership, or by what was made true of them."""
    members = select(member.c.user_link).where(member.c.group_link == group_link)
    has = or_(link.c.id.in_(members), link.c.snapshot.contains(f'"{role}"', autoescape=True))
    return and_(link.c.target == target, link.c.kind == "User", has, link.c.id.not_in(besides))


def due(connection: Connection, target: str, limit: int, *, least_tried: bool = False) -> list[int]:
    """Return the ids of a target's links that are due and free, locked; another worker's are skipped.

    What takes access away comes first. With ``least_tried`` only after what was tried less often: one link that
    fails for a reason of its own must not be the only one that is ever tried.
    """
    tried = [link.c.attempts] if least_tried else []
    statement = select(link.c.id).where(*_due(target)).order_by(*tried, link.c.revokes.desc(), link.c.due_at)
    locked = statement.limit(limit).with_for_update(skip_locked=True, key_share=True)
    return list(connection.execute(locked).scalars())


def pull_forward(connection: Connection, target: str, within: float) -> int:
    """Make due now what failed and was put off by up to ``within`` seconds, refusals aside; return how many.

    What somebody holds at this moment is left alone: its holder says when it is due.
    """
    waiting = (link.c.target == target, DUE_IN > 0, within >= DUE_IN)
    failed = (link.c.attempts > 0, not_(link.c.refused), not_(is_leased()))
    statement = select(link.c.id).where(*waiting, *failed).order_by(*ORDER)
    ids = list(connection.execute(statement.with_for_update(skip_locked=True, key_share=True)).scalars())
    for some in chunks(ids):
        connection.execute(link.update().where(link.c.id.in_(some)).values(due_after(0.0)))
    return len(ids)


def is_due(connection: Connection, target: str) -> bool:
    """Whether a target has links that are due and free."""
    return connection.execute(select(link.c.id).where(*_due(target)).limit(1)).first() is not None


def _due(target: str) -> tuple[ColumnElement[bool], ...]:
    return (link.c.target == target, link.c.due_at.is_not(None), DUE_IN <= 0, not_(is_leased()))


def lease(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> str:
    """Take leases. Each row: ``link_id``, ``intent``, ``before``, and ``new_``: resource_id, name, vendor_key,
    wanted_version, snapshot, revokes.

    The links become due with it, so that a crash of the holder leaves them to be delivered.
    """
    holder = str(uuid.uuid4())
    mine = {"holder": holder, "seconds": LEASE_SECONDS}
    connection.execute(_LEASE, [{**row, **mine} for row in rows])
    return holder


def due_after(delay: float | ColumnElement[float | None]) -> dict[str, ColumnElement[Any]]:
    """Return what makes a link due in ``delay`` seconds (``NULL``: nothing is), and when that was said."""
    return {"due_at": now() + delay, "due_set": now()}


_LEASE = (
    link.update()
    .where(link.c.id == bindparam("link_id"))
    .values(
        lease=bindparam("holder"),
        lease_until=now() + bindparam("seconds", type_=link.c.lease_until.type),
        **due_after(0.0),
        pending_since=func.coalesce(link.c.pending_since, now()),
        intent=bindparam("intent"),
        before=bindparam("before"),
        resource_id=bindparam("new_resource_id"),
        name=bindparam("new_name"),
        vendor_key=bindparam("new_vendor_key"),
        wanted_version=bindparam("new_wanted_version"),
        snapshot=bindparam("new_snapshot"),
        revokes=bindparam("new_revokes"),
    )
)


def asked_for(delay: float = 0.0) -> dict[str, Any]:
    """Return what asks for a link to be converged once more, in ``delay`` seconds, as if it had never failed."""
    since = func.coalesce(link.c.pending_since, now())
    return {"wanted_version": link.c.wanted_version + 1, **due_after(delay), "pending_since": since, "attempts": 0}


def renew(connection: Connection, holder: str, link_id: int) -> bool:
    """Prolong one lease; false if it is no longer the holder's."""
    statement = link.update().where(link.c.id == link_id, link.c.lease == holder)
    return connection.execute(statement.values(lease_until=now() + LEASE_SECONDS)).rowcount == 1


def is_held(connection: Connection, holder: str, link_id: int) -> bool:
    """Whether a lease is still the holder's, whatever the clock says."""
    return (
        connection.execute(select(link.c.id).where(link.c.id == link_id, link.c.lease == holder)).first()
        is not None
    )


def owners(connection: Connection, target: str, kind: str, vendor_ids: Sequence[str]) -> dict[str, int]:
    """Return which links have these vendor ids."""
    scope = (link.c.target == target, link.c.kind == kind, link.c.vendor_id.in_(vendor_ids))
    return {row.vendor_id: row.id for row in connection.execute(select(link.c.vendor_id, link.c.id).where(*scope))}


def resolve(connection: Connection, target: str, resource_ids: Sequence[str]) -> dict[str, int]:
    """Return the links of those resource ids that are users of a target; other ids are left out."""
    found: dict[str, int] = {}
    for some in chunks(resource_ids):
        scope = (link.c.target == target, link.c.kind == "User", link.c.resource_id.in_(some))
        exists = resource.c.id == link.c.resource_id
        rows = connection.execute(select(link.c.resource_id, link.c.id).join(resource, exists).where(*scope))
        found.update({row.resource_id: row.id for row in rows})
    return found


def lock(connection: Connection, ids: Sequence[int]) -> dict[int, bool]:
    """Lock links until the end of the transaction; return whether each that is still there is leased."""
    found: dict[int, bool] = {}
    for some in chunks(sorted(ids)):
        statement = select(link.c.id, is_leased().label("leased")).where(link.c.id.in_(some)).order_by(*ORDER)
        rows = connection.execute(statement.with_for_update(key_share=True))
        found.update({row.id: bool(row.leased) for row in rows})
    return found


def names(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return the resource id and the name of links."""
    found: dict[int, tuple[str, str]] = {}
    for some in chunks(ids):
        statement = select(link.c.id, link.c.resource_id, link.c.name).where(link.c.id.in_(some))
        found.update({row.id: (row.resource_id, row.name) for row in connection.execute(statement)})
    return found


def intend(connection: Connection, holder: str, link_id: int, intent: str) -> bool:
    """Write down that a create is about to be sent; false if the lease is no longer the holder's."""
    statement = link.update().where(link.c.id == link_id, link.c.lease == holder)
    return connection.execute(statement.values(intent=intent)).rowcount == 1


def adopt(connection: Connection, holder: str, link_id: int, vendor_id: str, snapshot: str) -> bool:
    """Write down which account is the link's; false if the lease is no longer the holder's."""
    statement = link.update().where(link.c.id == link_id, link.c.lease == holder)
    values = {"vendor_id": vendor_id, "snapshot": snapshot, "intent": None}
    return connection.execute(statement.values(values)).rowcount == 1


def doubt(connection: Connection, holder: str, link_id: int, snapshot: str) -> bool:
    """Write down what is no longer certain; false if the lease is no longer the holder's."""
    statement = link.update().where(link.c.id == link_id, link.c.lease == holder)
    return connection.execute(statement.values(snapshot=snapshot)).rowcount == 1


_HELD = (
    select(link.c.id, link.c.wanted_version)
    .where(link.c.id.in_(bindparam("ids", expanding=True)), link.c.lease == bindparam("holder"))
    .order_by(*ORDER)
    .with_for_update(key_share=True)
)


def held(connection: Connection, holder: str, ids: Sequence[int]) -> dict[int, int]:
    """Return the links that ``holder`` still has, locked: id to the version wanted by now."""
    rows = connection.execute(_HELD, {"ids": ids, "holder": holder})
    return {row.id: row.wanted_version for row in rows}


_flag = link.c.revokes.type
_still_revokes = and_(link.c.revokes, bindparam("asked_again", type_=_flag))
_RECORD = (
    link.update()
    .where(link.c.id == bindparam("link_id"))
    .values(
        resource_id=bindparam("new_resource_id"),
        name=bindparam("new_name"),
        vendor_key=bindparam("new_vendor_key"),
        vendor_id=bindparam("vendor_id"),
        snapshot=bindparam("snapshot"),
        intent=bindparam("intent"),
        before=bindparam("before"),
        **due_after(bindparam("delay", type_=link.c.due_at.type)),
        pending_since=case((bindparam("settled", type_=_flag), None), else_=link.c.pending_since),
        attempts=bindparam("attempts"),
        refused=bindparam("refused"),
        revokes=or_(bindparam("revokes", type_=_flag), _still_revokes),
        last_error=bindparam("last_error"),
        lease=None,
        lease_until=0.0,
    )
)


def record(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what is true now, and release the leases. ``delay`` is seconds until due, ``None`` if nothing is.

    ``settled`` says the latter too: a database does not know the type of a ``None``. What was ``asked_again``
    meanwhile is no less urgent than it was.
    """
    connection.execute(_RECORD, list(rows))


def delete(connection: Connection, ids: Sequence[int]) -> None:
    """Remove links with nothing at the vendor, and their memberships."""
    connection.execute(member.delete().where(or_(member.c.user_link.in_(ids), member.c.group_link.in_(ids))))
    connection.execute(link.delete().where(link.c.id.in_(ids)))


def demand(connection: Connection, ids: Sequence[int], delay: float = 0.0) -> None:
    """Ask for links to be converged again: they are due in ``delay`` seconds, whoever holds them now."""
    revokes = or_(link.c.revokes, _resource_gone, _loses_a_group)
    values = {**asked_for(delay), "revokes": revokes}
    for some in chunks(sorted(lock(connection, ids))):
        connection.execute(link.update().where(link.c.id.in_(some)).values(values))


_resource_gone = not_(exists().where(resource.c.id == link.c.resource_id))
_loses_a_group = exists().where(member.c.user_link == link.c.id, member.c.applied, not_(member.c.desired))


def ending(connection: Connection, target: str, kind: str) -> dict[str, int]:
    """Return the accounts that have to end and are not known to have ended, by vendor id: whose link sees to it."""
    scope = (link.c.target == target, link.c.kind == kind, link.c.due_at.is_not(None))
    deleted = select(link.c.vendor_id, link.c.id).where(*scope, _resource_gone, link.c.vendor_id.is_not(None))
    replaced = select(link.c.snapshot, link.c.id).where(*scope, link.c.snapshot.contains('"former"'))
    found = {row.vendor_id: row.id for row in connection.execute(deleted)}
    formers = {orjson.loads(row.snapshot)["former"]: row.id for row in connection.execute(replaced)}
    return {**found, **formers}


def names_with_resource(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Return the names of those links whose resource has not been deleted."""
    found: dict[int, str] = {}
    for some in chunks(ids):
        statement = select(link.c.id, link.c.name).where(link.c.id.in_(some), not_(_resource_gone))
        found.update({row.id: row.name for row in connection.execute(statement)})
    return found


def unfinished(connection: Connection, ids: Sequence[int], most: int) -> list[int]:
    """Return the first ``most`` of those links that are still to be delivered and have not failed, in order."""
    found: list[int] = []
    for some in chunks(ids):
        where = (link.c.id.in_(some), link.c.due_at.is_not(None), link.c.attempts == 0)
        statement = select(link.c.id).where(*where).order_by(link.c.id).limit(most - len(found))
        found += connection.execute(statement).scalars()
        if len(found) == most:
            break
    return found


def _of_row(row: RowMapping, found: Resource | None) -> Link:
    return Link(
        id=row["id"],
        target=row["target"],
        kind=row["kind"],
        resource=found,
        resource_id=row["resource_id"],
        name=row["name"],
        vendor_key=row["vendor_key"],
        vendor_id=row["vendor_id"],
        snapshot=orjson.loads(row["snapshot"]),
        intent=None if row["intent"] is None else orjson.loads(row["intent"]),
        before=None if row["before"] is None else orjson.loads(row["before"]),
        wanted_version=row["wanted_version"],
        due_at=row["due_at"],
        attempts=row["attempts"],
        refused=row["refused"],
        last_error=row["last_error"],
        leased=bool(row["leased"]),
    )
