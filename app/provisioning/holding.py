"""Everybody who has or is to have a role, held still while it is renamed: where users refer to roles by name."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from app.directory import links
from app.directory.database import Database
from app.provisioning import ledger, waiting
from app.provisioning.ledger import Lease
from app.provisioning.state import State
from app.provisioning.target import Target
from mappings import Unavailable, VendorError

PATIENCE = 5.0
"""How many seconds a rename waits for those who are just being changed."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Lets a role be renamed while nobody else writes who has it or gets it.

    ``users`` are under the group's own lease, and wait for it anyway.

    Until it has ended well it is on disk that nobody knows whether they still have the role: if the rename fails
    half-way, or this process dies, each of them is looked at again.
    """

    database: Database
    target: Target
    users: Sequence[State]

    def change(self, group: State, work: Callable[[State], None]) -> None:
        """Do the ``work``; what hinders it is in ``group.error``."""
        if not self._writes_users(group):
            work(group)
            return
        role = str(group.vendor_id)
        lease = self._wait_for(role, group)
        if lease is None:
            detail = f"{self.target.name}: somebody who has {group.name} is just being changed"
            group.error = Unavailable(detail, retry_after=1)
            return
        work(group)
        self._let_go(role, group, lease)

    def _writes_users(self, group: State) -> bool:
        if not self.target.mapping.rename_writes_users or group.vendor_id is None:
            return False
        try:
            desired = group.desired(self.target)
        except VendorError:  # converging meets it too, and says so
            return False
        return desired is not None and bool(group.change(desired))

    def _wait_for(self, role: str, group: State) -> Lease | None:
        begun = time.monotonic()
        while (lease := self.database.transact(partial(self._take, role, group))) is None:
            if time.monotonic() - begun > PATIENCE:
                return None
            waiting.pause()
        return lease

    def _take(self, role: str, group: State, connection: Connection) -> Lease | None:
        """Take the leases of all who may have or get the role, or of nobody; the doubt is for the disk only."""
        mine = [user.link_id for user in self.users]
        states, busy = ledger.load(connection, links.may_have(self.target.name, group.link_id, role, besides=mine))
        if busy:
            return None
        certain = [state for state in states if role in state.held - state.doubtful]
        for state in certain:
            state.doubtful.add(role)
        lease = ledger.lease(connection, self.target, states)
        for state in certain:
            state.doubtful.discard(role)
        return lease

    def _let_go(self, role: str, group: State, lease: Lease) -> None:
        """Write down who has the role, or that nobody knows; whoever had something to do still has it."""
        for state in lease.states:
            state.left = True
        if group.error is not None:
            for state in (*self.users, *lease.states):
                state.doubtful |= {role} & state.held
        self.database.transact(lambda connection: ledger.record(connection, self.target, lease, ledger.no_undo))
        waiting.over()
