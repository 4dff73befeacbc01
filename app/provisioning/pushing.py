"""A group write on its way to the vendor: the group itself, and every user whose membership it changes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection

from app.directory import links, members, resources
from app.directory.resources import Resource
from app.directory.tables import link
from app.provisioning import journal, ledger
from app.provisioning.journal import Request
from app.provisioning.ledger import Lease, Undo
from app.provisioning.membership import Difference
from app.provisioning.outcomes import combined, outage_met, scim_error
from app.provisioning.state import State
from app.provisioning.summary import summary
from app.provisioning.writing import CHUNK, REQUEST_SECONDS, Writing
from app.scim import errors
from mappings import Rejected


@dataclass(slots=True)
class Push:
    """One group write on its way: what is leased now, who is left for later, and how to take it back.

    ``touched`` is the version that the group has got because its members change.
    """

    group_link: int
    old: Resource | None
    new: Resource | None
    lease: Lease
    touched: str = ""
    difference: Difference = field(default_factory=Difference)
    later: list[int] = field(default_factory=list)
    undone: set[int] = field(default_factory=set)

    @property
    def came_to_nothing(self) -> bool:
        """Whether the vendor was asked for new members only, and every one of them has been put back."""
        added = self.difference.added_set
        nothing_else = not self.difference.removed and (self.group is None or self._group_cost_nothing)
        return nothing_else and bool(added) and self.undone == added

    @property
    def _group_cost_nothing(self) -> bool:
        """Whether the change of the group itself is under this lease still and took no call: it can be put back."""
        group = self.group
        return group is not None and not (self.later or group.calls or group.error)

    @property
    def group(self) -> State | None:
        """The group's own state, where it has to be converged too."""
        return next((state for state in self.lease.states if state.kind == "Group"), None)


@dataclass(frozen=True, slots=True)
class Pushing(Writing):
    """Leases, delivers and takes back what a group write changes."""

    def lease_push(
        self,
        connection: Connection,
        request: Request,
        group: State | None,
        group_link: int,
        found: Difference,
        *,
        name: str = "",
        carries: bool,
        audited: bool = False,
    ) -> Push:
        """Take the leases of the group and of the first of its changed members; the others become due."""
        name = group.name if group else name
        users: list[State] = []
        later: list[int] = []
        if carries and group is not None:
            group.carried = members.vendor_ids(connection, group_link)
            journal.carried(connection, self.target, request, group)
        elif found:
            users, busy = ledger.load(connection, link.c.id.in_(found.users[:CHUNK]))
            later = [*busy, *found.users[CHUNK:]]
        for user in users:
            user.want()
            membership = user.membership(group_link)
            if membership is not None:  # a new name may mean rows of the role table
                membership.group_name = name
        if later:
            links.demand(connection, later, REQUEST_SECONDS)
        if found.unknown:
            journal.skipped(connection, self.target, request, name, found.unknown)
        texts = [(user, f"{found.word(user.link_id)} {name}") for user in users]
        if group is not None and not audited:
            old = {} if group.wanted_version == 1 else {"displayName": ""}
            texts.insert(0, (group, summary(old, group.resource.document if group.resource else {})))
        journal.begin(connection, self.target, request, texts)
        states = [group, *users] if group is not None else users
        lease = ledger.lease(connection, self.target, states)
        return Push(group_link, None, None, lease, difference=found, later=later)

    def push(self, request: Request, push: Push) -> None:
        """Deliver what is leased, then what is left for later. Raises ``ScimError`` with who could not follow."""
        undo = self._undo(push)
        self.deliver(request, push.lease, undo)
        users = [state for state in push.lease.states if state.kind == "User" and not state.restored]
        again = [state.link_id for state in push.lease.states if state.kind == "User" and state.restored]
        push.later += [*again, *_not_carried(push.group)]
        users += self.pursue(request, push.later, undo, outage_met(push.lease.states))
        self._end_deleted(request, push, undo)
        self._give_up(push)
        self._raise(push, users)
        self._refuse_taken_back(push)

    def _end_deleted(self, request: Request, push: Push, undo: Undo) -> None:
        """Delete what could not be deleted yet because members still held it, now that they have been asked."""
        group = push.group
        if group is None or push.new is not None or not (group.waiting or isinstance(group.error, Rejected)):
            return
        holders = self.database.transact(partial(self._demand_end, group))
        if holders and group.error:
            self.pursue(request, holders, undo)
        for again in self.pursue(request, [push.group_link], undo):
            group.error = again.error

    def _demand_end(self, group: State, connection: Connection) -> list[int]:
        holders = sorted(members.holders(connection, group.link_id))
        first = holders if group.error else []  # refused because it is in use, perhaps: take it from them first
        if holders or group.waiting:
            links.demand(connection, [group.link_id, *first], REQUEST_SECONDS)
        return holders

    def _undo(self, push: Push) -> Undo:
        def undo(connection: Connection, state: State) -> None:
            if self.queues(state):
                return
            if state.kind == "Group" and push.new is not None:
                ledger.put_back(connection, self.target, state, push.old, time.time())
            membership = state.membership(push.group_link)
            added = state.link_id in push.difference.added_set
            if membership is not None and added:
                membership.desired = False
                state.undone.add(push.group_link)
                push.undone.add(state.link_id)
            if push.came_to_nothing and push.old is not None:
                self._put_group_back(connection, push, push.old)

        return undo

    def _refuse_taken_back(self, push: Push) -> None:
        """Raise ``Unavailable`` for members that another request had asked for too, and took back as it failed."""
        asked = {*push.difference.added, *push.difference.awaited} & set(push.later)
        if not asked or push.new is None:
            return
        with self.database.read() as connection:
            rows = members.flags(connection, push.group_link, sorted(asked))
            lost = links.names(connection, [user for user in asked if user not in rows or not rows[user].desired])
        if lost:
            names = ", ".join(sorted(name for _, name in lost.values())[:20])
            raise errors.Unavailable(f"members: another change has taken {names} back meanwhile", retry_after=1)

    def _give_up(self, push: Push) -> None:
        """Where the group could not follow, who is still to come into it does not come: the answer is an error."""
        if push.group is not None and push.difference.added and self._refuses(push.group):
            self.database.transact(partial(self._give_up_added, push))

    def _give_up_added(self, push: Push, connection: Connection) -> None:
        added = sorted(links.lock(connection, push.difference.added))
        rows = members.flags(connection, push.group_link, added)
        members.give_up(connection, push.group_link, [user for user, row in rows.items() if not row.applied])

    def _refuses(self, state: State) -> bool:
        """Whether a failure is answered with an error."""
        return state.error is not None and not self.queues(state)

    def _put_group_back(self, connection: Connection, push: Push, old: Resource) -> None:
        """Let the group read as before, with its version: others may have changed what is not under this lease."""
        if push.group is None:
            resources.untouch(connection, old, push.touched)
        else:
            ledger.put_back(connection, self.target, push.group, old, time.time())

    def _raise(self, push: Push, users: Sequence[State]) -> None:
        group = push.group
        if group is not None and group.error is not None and self._refuses(group):
            raise scim_error(group.error)
        failed = [user for user in users if self._refuses(user)]
        if failed:
            raise combined(failed, len(users))


def _not_carried(group: State | None) -> list[int]:
    """Return the members that were to come along with a new group, which turned out to be there already."""
    if group is None or not group.claimed or group.error is not None:
        return []
    return sorted(set(group.carried.values()) - group.touched)
