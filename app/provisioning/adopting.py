"""The state of a new resource: a new link, or one that has outlived its resource and is taken over."""

from __future__ import annotations

from sqlalchemy import Connection, and_, exists

from app.directory import events, links, resources
from app.directory.resources import Resource
from app.directory.tables import link, resource
from app.provisioning import ledger
from app.provisioning.state import State
from app.provisioning.taken import storing
from app.provisioning.writing import Busy


def fresh_state(connection: Connection, new: Resource, vendor_key: str) -> State:
    """Store a new resource and return its state, not yet leased.

    A pending delete or an unresolved create of the same account becomes the new resource's own: or a late
    delete would remove the account of somebody who has been hired again.
    """
    with storing(new):
        resources.insert(connection, new)
    state = _outlived(connection, new, vendor_key) or _unknown(connection, new, vendor_key)
    state.resource, state.resource_id, state.name = new, new.id, new.name
    return state


def _outlived(connection: Connection, new: Resource, vendor_key: str) -> State | None:
    where = and_(
        link.c.target == new.target,
        link.c.kind == new.kind,
        link.c.vendor_key == vendor_key.casefold(),
        ~exists().where(resource.c.id == link.c.resource_id),
    )
    states, busy = ledger.load(connection, where)
    if busy:
        raise Busy
    return states[0] if states else None


def _unknown(connection: Connection, new: Resource, vendor_key: str) -> State:
    key = vendor_key.casefold()
    return State(
        link_id=links.insert(connection, new.target, new.kind, new.id, new.name, key),
        kind=new.kind,
        resource=new,
        resource_id=new.id,
        name=new.name,
        vendor_key=key,
        vendor_id=None,
        fields={},
        roles=set(),
        doubtful=set(),
        late=set(),
        references={},
        accepted=frozenset(),
        unresolved=None,
        former=None,
        wanted_version=0,
        attempts=0,
        due=True,
        foreign=events.is_had(connection, new.target, new.kind, new.name),
    )
