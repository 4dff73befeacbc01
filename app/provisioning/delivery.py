"""Converge states under their leases, side by side: groups first, then users, then groups that end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
import structlog
from sqlalchemy.exc import IntegrityError

from app.directory import links
from app.directory.database import Database
from app.provisioning import ledger
from app.provisioning.driver import Fact, run
from app.provisioning.explaining import Explaining
from app.provisioning.flows import converge
from app.provisioning.holding import Holding
from app.provisioning.ledger import Lease, LeaseLost
from app.provisioning.state import Claimed, Learned, State, write_intent
from app.provisioning.target import Target
from mappings import Call, Conflict, Intent, Unavailable, Unknown, VendorError

RENEW_AFTER = links.LEASE_SECONDS / 3
CHECK_AFTER = 1.0
"""Seconds of one flow after which a lease is looked at again before each call."""
LAST_SECONDS = 5.0
"""How long before the deadline one of many is not begun any more: a call that is cut off leaves doubt behind."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Delivery:
    """Delivers what one lease covers. ``deadline`` is on the monotonic clock: no call starts after it."""

    database: Database
    target: Target
    lease: Lease
    deadline: float

    def run(self) -> None:
        """Converge every state of the lease; what went wrong is in ``state.error``."""
        groups = [state for state in self.lease.states if state.kind == "Group"]
        users = [state for state in self.lease.states if state.kind == "User"]
        wanted = [group for group in groups if group.resource is not None]
        holding = Holding(self.database, self.target, users)
        self._side_by_side(wanted, partial(holding.change, work=self._converge))
        for group in wanted:
            _tell_members(group, users)
            _hold_back(group, users)
        self._side_by_side([user for user in users if user.error is None], self._converge)
        self._side_by_side([group for group in groups if group.resource is None], partial(self._end, users=users))

    def _side_by_side(self, states: Sequence[State], work: Callable[[State], None]) -> None:
        """Do the work of several states at one time; whose turn comes too late is left for the worker."""
        width = min(self.target.budget.limits.most, len(states))
        if width <= 1:
            for state in states:
                work(state)
            return
        with ThreadPoolExecutor(width) as pool:
            list(pool.map(partial(self._in_time, work), states))

    def _in_time(self, work: Callable[[State], None], state: State) -> None:
        state.left = time.monotonic() > self.deadline - LAST_SECONDS
        if not state.left:
            work(state)

    def _end(self, group: State, *, users: Sequence[State]) -> None:
        """Delete a group, once nobody holds it where the vendor would leave it with them."""
        group.holders -= {user.link_id for user in users if not _holds(user, group)}
        removes = group.vendor_id is None or group.ends_with_members(self.target)
        group.waiting = bool(group.holders) and not removes
        if group.waiting:
            group.error = next((user.error for user in users if user.error), None)
        else:
            self._converge(group)

    def _converge(self, state: State) -> None:
        keeper = _Keeper(self.database, self.lease.holder, state, time.monotonic())
        send = partial(self._send, keeper)
        try:
            keeper.urgent = state.takes_away(self.target)
            try:
                run(converge(self.target, state), send, partial(self._record, state))
            except VendorError as error:
                state.error = Explaining(self.database, self.target, state, send).explained(error)
        except LeaseLost:
            state.error = Unavailable(f"{self.target.name}: another process is delivering {state.name}")
        except Exception:  # a defect of ours must not take the others' facts with it
            log.exception("a delivery failed", name=state.name, target=self.target.name)
            state.error = Unknown(f"{self.target.name}: an unexpected error of the bridge; its log says more")

    def _send(self, keeper: _Keeper, call: Call) -> Any:
        keeper.keep()
        try:
            return self.target.sender.send(call, keeper.state.calls.append, self.deadline, keeper.urgent)
        except VendorError as failure:
            keeper.state.repeated |= failure.repeated
            raise

    def _record(self, state: State, fact: Fact) -> None:
        if isinstance(fact, Claimed):
            self._claim(state, fact)
            return
        was_unresolved = state.unresolved is not None
        state.record(fact)
        if was_unresolved and state.unresolved is None and state.vendor_id is not None:
            self._make_adoption_durable(state)
        elif isinstance(fact, Intent):
            self._make_durable(state, write_intent(fact.account))
        elif isinstance(fact, Learned):
            self._make_doubt_durable(state)

    def _make_durable(self, state: State, intent: dict[str, Any] | None) -> None:
        """Put an intent on disk, unless taking the lease has done so already."""
        if intent != state.durable or state.refound:
            with self.database.write() as connection:
                text = orjson.dumps(intent).decode()
                if not links.intend(connection, self.lease.holder, state.link_id, text):
                    raise LeaseLost(state.name)
            state.durable, state.refound = intent, False

    def _make_adoption_durable(self, state: State) -> None:
        """Put on disk that a found account is ours before it is changed: afterwards it would not look so."""
        kind, vendor_id = state.kind, str(state.vendor_id)
        with self.database.write() as connection:
            owners = links.owners(connection, self.target.name, kind, [vendor_id])
            if owners.get(vendor_id, state.link_id) != state.link_id:  # the end of the delivery refuses it
                return
            text = orjson.dumps(ledger.refound(self.target, state)).decode()
            if not links.adopt(connection, self.lease.holder, state.link_id, vendor_id, text):
                raise LeaseLost(state.name)
        state.refound = True

    def _claim(self, state: State, fact: Claimed) -> None:
        """Put on disk that an account from before is the resource's, before anything of it is changed.

        Raises ``Conflict`` if another resource has it.
        """
        vendor_id = str(fact.account.vendor_id)
        taken = Conflict(f"{self.target.name}: {fact.account.key} is the account of another resource")
        try:
            with self.database.write() as connection:
                if links.owners(connection, self.target.name, state.kind, [vendor_id]):
                    raise taken
                state.record(fact)
                text = orjson.dumps(ledger.doubted(self.target, state)).decode()
                if not links.adopt(connection, self.lease.holder, state.link_id, vendor_id, text):
                    raise LeaseLost(state.name)
        except IntegrityError as both:
            state.release()
            raise taken from both

    def _make_doubt_durable(self, state: State) -> None:
        """Put what is about to be sent on disk as doubtful: it is more than was known when the lease was taken."""
        with self.database.write() as connection:
            text = orjson.dumps(ledger.doubted(self.target, state)).decode()
            if not links.doubt(connection, self.lease.holder, state.link_id, text):
                raise LeaseLost(state.name)


@dataclass(slots=True)
class _Keeper:
    """Keeps one lease alive between the calls of one flow."""

    database: Database
    holder: str
    state: State
    since: float
    urgent: bool = False
    clock: Callable[[], float] = time.monotonic

    def keep(self) -> None:
        """Renew the lease when it is getting old. Raises :class:`LeaseLost` if somebody else has it."""
        age = self.clock() - self.since
        if age >= CHECK_AFTER and not (self._renew() if age >= RENEW_AFTER else self._is_held()):
            raise LeaseLost(self.state.name)

    def _renew(self) -> bool:
        self.since = self.clock()
        with self.database.write() as connection:
            return links.renew(connection, self.holder, self.state.link_id)

    def _is_held(self) -> bool:
        """A clock that steps ends leases before their time: look, as soon as a call was slow."""
        with self.database.read() as connection:
            return links.is_held(connection, self.holder, self.state.link_id)


def _tell_members(group: State, users: Sequence[State]) -> None:
    """Let the users of this batch know a group that has just got its vendor id."""
    for user in users:
        membership = user.membership(group.link_id)
        if membership is not None:
            membership.group_vendor_id = group.vendor_id


def _hold_back(group: State, users: Sequence[State]) -> None:
    """Give nobody a group whose own change has failed; who leaves it leaves it all the same."""
    if group.error is None:
        return
    for user in users:
        membership = user.membership(group.link_id)
        if membership is not None and membership.desired and not membership.applied:
            user.error = group.error


def _holds(user: State, group: State) -> bool:
    membership = user.membership(group.link_id)
    return membership is not None and membership.applied
