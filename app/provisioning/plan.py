"""A plan: what converging would send now. Reads are made, writes are only written down."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from app.directory.database import Database
from app.directory.tables import link, resource
from app.provisioning import ledger
from app.provisioning.driver import run
from app.provisioning.flows import converge
from app.provisioning.looking import look
from app.provisioning.role_table import Row
from app.provisioning.state import State
from app.provisioning.target import Target
from mappings import Call, VendorError

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
    """What would become of one account or role; ``rows`` are those of the role table that are true of the user.

    ``gains`` and ``loses`` are roles by name, where one is known, ``fields`` the vendor's names of what changes.
    """

    kind: str
    name: str
    rows: Sequence[Row]
    gains: Sequence[str]
    loses: Sequence[str]
    fields: Sequence[str]
    steps: Sequence[Step]
    error: str | None
    notes: Sequence[str]


def plans(database: Database, target: Target, name: str | None = None) -> Iterator[Plan]:
    """Plan every account and role of a target, groups first; or those of one name or id."""
    if target.table.rows:  # for the names of the roles that it gives
        with suppress(VendorError):
            look(target, target.catalogue.roles(), CALL_SECONDS)
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
    by_group = {each.group_vendor_id: each.group_name for each in state.memberships if each.group_vendor_id}
    roles, fields = state.held, dict(state.fields)
    steps, error = _dry_run(target, state)

    def shown(ids: Collection[str]) -> list[str]:
        names = {**target.catalogue.names(ids), **by_group}
        return sorted(names.get(role, role) for role in ids)

    return Plan(
        kind=state.kind,
        name=state.name,
        rows=_rows(target, state),
        gains=shown(state.held - roles),
        loses=shown(roles - state.held),
        fields=sorted(name for name, value in state.fields.items() if fields.get(name) != value),
        steps=steps,
        error=error,
        notes=state.notes,
    )


def _dry_run(target: Target, state: State) -> tuple[list[Step], str | None]:
    """Converge with a sender that writes nothing; return what it was given to write, and what went wrong."""
    steps: list[Step] = []

    def send(call: Call) -> object:
        if call.method == "GET":
            return target.sender.send(call, lambda _: None, time.monotonic() + CALL_SECONDS)
        steps.append(Step(call.meaning, call.method, call.shown_path))
        return call.planned

    try:
        state.learn(target)
        run(converge(target, state), send, state.record)
    except VendorError as refusal:
        return steps, refusal.detail
    return steps, None


def _rows(target: Target, state: State) -> Sequence[Row]:
    if state.kind != "User" or state.resource is None:
        return ()
    groups = [membership.group_name for membership in state.wanted_groups]
    return target.table.matching(state.resource.document, groups)
