"""The write path: desired and lease in one transaction, the flows, what became true in a second one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.directory import links
from app.directory.database import Database, is_clash
from app.directory.resources import Resource
from app.directory.tables import link
from app.provisioning import journal, ledger, waiting
from app.provisioning.delivery import LAST_SECONDS, Delivery
from app.provisioning.flows import refuse_protected
from app.provisioning.foreseeing import refusal
from app.provisioning.journal import Request
from app.provisioning.ledger import Lease, Undo
from app.provisioning.outcomes import is_outage, naming, outage_met, scim_error
from app.provisioning.revoking import revoking
from app.provisioning.state import State
from app.provisioning.taken import Taken, may_be_freed
from app.provisioning.target import Target
from app.scim import errors
from mappings import Protected, Unavailable, VendorError

T = TypeVar("T")

REQUEST_SECONDS = 25.0
"""How long one SCIM request may take; less than a lease lives, and than IdPs wait."""
CHUNK = 100
"""How many users one lease covers."""

BUSY = "another change of the same resource is still being delivered"
KEPT = "what this one takes away is kept and will be delivered"


Keep = Callable[[Connection], tuple[State, str] | None]
"""Writes down what a request takes away, without the lease: whose it is, and what; ``None`` if it takes nothing."""


def keep_nothing(_connection: Connection) -> None:
    """Keep nothing of a request that has waited in vain."""


class Busy(Exception):
    """Another request or delivery holds the lease: try again in a moment."""


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes to one target."""

    database: Database
    target: Target

    def begin(self, request: Request, work: Callable[[Connection], T], keep: Keep = keep_nothing) -> T:
        """Run the first transaction, again while somebody else holds what it needs.

        A refusal (a :class:`ScimError`) is written to the audit, and nothing else is; except that a request which
        has waited in vain may ``keep`` what it takes away. Whoever holds the lease puts none of it back.
        """
        try:
            with suppress(Busy):
                return self._unless_busy(request, work)
            in_vain = self._keep(request, keep)
        except errors.ScimError as error:
            with self.database.write() as connection:
                journal.refused(connection, self.target, request, request.about, error)
            raise
        raise in_vain

    def _keep(self, request: Request, keep: Keep) -> errors.ScimError:
        """Return what to answer once something is kept. Raises ``ScimError`` if the request takes nothing away."""
        error = errors.Unavailable(f"{BUSY}; {KEPT}", retry_after=2)

        def work(connection: Connection) -> None:
            kept = keep(connection)
            if kept is None:
                raise errors.Unavailable(BUSY, retry_after=2)
            journal.kept(connection, self.target, request, *kept, error)

        self.database.transact(work)
        return error

    def refuse_protected(self, state: State) -> None:
        """Raise ``Forbidden`` if the account or role, as it is or as it is wanted, must not be touched."""
        try:
            desired = state.desired(self.target)
        except VendorError:  # converging meets it too, and says so
            desired = None
        try:
            refuse_protected(self.target.mapping, state, desired)
        except Protected as protected:
            raise scim_error(protected) from protected

    def refuse_impossible(self, state: State, old: Resource | None) -> None:
        """Raise ``ScimError`` for a change that the mapping refuses by itself: it is never written down.

        A change that takes something away is written down all the same, for that much of it is kept.
        """
        if old is None or state.resource is None or not self._takes(old, state.resource):
            refused = refusal(self.target, state, old)
            if refused is not None:
                raise scim_error(naming(self.target.name, refused))

    def _takes(self, old: Resource, new: Resource) -> bool:
        return revoking(self.target, old.document, new.document, asked=True) != old.document

    def deliver(self, request: Request, lease: Lease, undo: Undo, met: VendorError | None = None) -> None:
        """Make the vendor follow, then run the second transaction; in an outage already ``met``, ask nobody."""
        if not lease.states:
            return
        if met is None:
            Delivery(self.database, self.target, lease, self.deadline(request)).run()
        _share_outage(lease.states, met or outage_met(lease.states))
        lost_states = self.database.transact(lambda connection: self._record(connection, request, lease, undo))
        waiting.over()
        if lost_states:
            names = ", ".join(state.name for state in lost_states)
            raise errors.Unavailable(f"{names}: another process is delivering it", retry_after=1)

    def _record(self, connection: Connection, request: Request, lease: Lease, undo: Undo) -> list[State]:
        lost_states = ledger.record(connection, self.target, lease, undo)
        for state in lost_states:
            state.error = Unavailable(f"{self.target.name}: another process is delivering {state.name}")
        journal.finish(connection, request, lease.states, queues=self.queues)
        return lost_states

    def pursue(
        self, request: Request, user_links: Sequence[int], undo: Undo, met: VendorError | None = None
    ) -> list[State]:
        """Deliver what one lease could not cover, each once, while the request lasts; the worker does the rest.

        When nobody of a lease gets through, or of the one before that ``met`` the outage, the others are not
        tried: the vendor is down.
        """
        done: list[State] = []
        pending = set(user_links)
        while pending and time.monotonic() < self.deadline(request) - LAST_SECONDS:
            lease = self.database.transact(partial(self._lease_next, request, sorted(pending)))
            if lease is None:
                break
            if not lease.states:
                waiting.pause()
                continue
            self.deliver(request, lease, undo, met)
            met = met or outage_met(lease.states)
            delivered = [state for state in lease.states if not state.restored]
            done += delivered
            pending -= {state.link_id for state in delivered}
        return done

    def _lease_next(self, request: Request, pending: Sequence[int], connection: Connection) -> Lease | None:
        """Lease what is free of the next; ``None`` if nothing is left to deliver."""
        ids = links.unfinished(connection, pending, CHUNK)
        if not ids:
            return None
        states, _busy = ledger.load(connection, link.c.id.in_(ids))
        journal.begin(connection, self.target, request, [(state, "") for state in states])
        return ledger.lease(connection, self.target, states)

    def queues(self, state: State) -> bool:
        """Whether a failure only delays what the IdP wants, because the target is configured so."""
        return self.target.on_outage == "queue" and is_outage(state.error) and not _changes_password(state)

    def deadline(self, request: Request) -> float:
        """Return when the request must be answered, on the monotonic clock."""
        return request.started + REQUEST_SECONDS

    def _unless_busy(self, request: Request, work: Callable[[Connection], T]) -> T:
        while True:
            try:
                with self.database.write() as connection:
                    return work(connection)
            except (Busy, OperationalError, Taken) as hindrance:
                if not self._passes(hindrance):
                    raise
                if time.monotonic() > self.deadline(request):
                    raise Busy from hindrance
            waiting.pause()

    def _passes(self, hindrance: Exception) -> bool:
        """Whether what is in the way may be gone in a moment."""
        if isinstance(hindrance, OperationalError):
            return is_clash(hindrance)
        if isinstance(hindrance, Taken):
            with self.database.read() as connection:
                return may_be_freed(connection, hindrance)
        return True


def _share_outage(states: Sequence[State], met: VendorError | None) -> None:
    """Let those whose turn did not come have the outage that everybody else met: theirs is no other fate."""
    for state in states if met is not None else ():
        if not state.calls and state.error is None:
            state.error, state.left = met, False


def _changes_password(state: State) -> bool:
    """Whether an existing account gets a new password: one that waits would have to be kept."""
    return state.password is not None and state.vendor_id is not None
