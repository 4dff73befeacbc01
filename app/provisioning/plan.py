"""A plan: what converging would send now. Reads are made, writes are only written down."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from app.directory.database import Database
from app.directory.tables import link, resource
from app.provisioning import ledger
from app.provisioning.driver import run
from app.provisioning.flows import converge
from app.provisioning.role_table import Row
from app.provisioning.state import State
from app.provisioning.target import Target
from mappings import Call, Variable, VendorError

CHUNK = 100
CALL_SECONDS = 25.0


@dataclass(frozen=True, slots=True)
class Step:
    """One call that would be sent: what it means, its method and its path."""

    meaning: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would become of one account or role; ``rows`` are those of the role table that are true of the user."""

    kind: str
    name: str
    rows: Sequence[Row]
    steps: Sequence[Step]
    error: str | None
    notes: Sequence[str]


def plans(database: Database, target: Target, name: str | None = None) -> Iterator[Plan]:
    """Plan every account and role of a target, groups first; or those of one name or id."""
    for ids in _chunks(database, _where(target, name)):
        with database.read() as connection:
            states, _busy = ledger.load(connection, link.c.id.in_(ids))
        yield from (_plan(target, state) for state in states)


def count(database: Database, target: Target, name: str | None = None) -> int:
    """Return how many accounts and roles a plan looks at."""
    with database.read() as connection:
        return len(connection.execute(select(link.c.id).where(_where(target, name))).all())


def _where(target: Target, name: str | None) -> ColumnElement[bool]:
    mine = link.c.target == target.name
    if name is None:
        return mine
    named = select(resource.c.id).where(resource.c.target == target.name, resource.c.name_key == name.casefold())
    return and_(mine, or_(link.c.resource_id == name, link.c.resource_id.in_(named)))


def _chunks(database: Database, where: ColumnElement[bool]) -> Iterator[list[int]]:
    with database.read() as connection:
        ids = list(connection.execute(select(link.c.id).where(where).order_by(link.c.kind, link.c.id)).scalars())
    yield from (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _plan(target: Target, state: State) -> Plan:
    steps: list[Step] = []

    def send(call: Call) -> object:
        if call.method == "GET":
            return target.sender.send(call, lambda _: None, time.monotonic() + CALL_SECONDS)
        steps.append(Step(call.meaning, call.method, "/".join(("", *map(_segment, call.path)))))
        return call.planned

    error = None
    try:
        state.learn(target)
        run(converge(target, state), send, state.record)
    except VendorError as refusal:
        error = refusal.detail
    return Plan(state.kind, state.name, _rows(target, state), steps, error, state.notes)


def _segment(part: str | Variable) -> str:
    return part if isinstance(part, str) else f"{{{part.name}}}" if part.name else ""


def _rows(target: Target, state: State) -> Sequence[Row]:
    if state.kind != "User" or state.resource is None:
        return ()
    groups = [membership.group_name for membership in state.wanted_groups]
    return target.table.matching(state.resource.document, groups)
