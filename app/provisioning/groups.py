"""SCIM writes to Groups: create, update (PUT and PATCH alike), delete. Members are rows, never a loaded list."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_
from sqlalchemy.exc import IntegrityError

from app.directory import links, members, resources
from app.directory.links import Link
from app.directory.resources import Resource
from app.directory.tables import link
from app.provisioning import journal, ledger
from app.provisioning.adopting import fresh_state
from app.provisioning.journal import Request
from app.provisioning.ledger import Lease
from app.provisioning.membership import Difference, difference
from app.provisioning.outcomes import combined, scim_error
from app.provisioning.state import State
from app.provisioning.summary import member_summary, summary
from app.provisioning.writing import CHUNK, REQUEST_SECONDS, Busy, Writing
from app.scim import errors
from app.scim.members import MemberChange
from app.scim.meta import check_if_match
from app.scim.types import Document
from mappings import Rejected

Edit = Callable[[Document], Document]


@dataclass(slots=True)
class Push:
    """One group write on its way: what is leased now, who is left for later, and how to take it back."""

    group_link: int
    old: Resource | None
    new: Resource | None
    lease: Lease
    difference: Difference = field(default_factory=Difference)
    later: list[int] = field(default_factory=list)
    undone: set[int] = field(default_factory=set)

    @property
    def came_to_nothing(self) -> bool:
        """Whether all that was asked for were new members, and every one of them has been put back."""
        added = self.difference.added_set
        return self.group is None and bool(added) and not self.difference.removed and self.undone == added

    @property
    def group(self) -> State | None:
        """The group's own state, where it has to be converged too."""
        return next((state for state in self.lease.states if state.kind == "Group"), None)


@dataclass(frozen=True, slots=True)
class Groups(Writing):
    """Writes Groups of one target and makes the vendor's roles, and who holds them, follow."""

    def create(self, request: Request, document: Document, changes: Sequence[MemberChange]) -> Resource:
        """Create a group. Raises ``ScimError``: the name is taken, a member is unknown, the vendor would not."""
        now = time.time()
        id_ = str(uuid.uuid4())
        new = Resource(id_, self.target.name, "Group", document, resources.new_version(), now, now)
        push = self.begin(request, lambda connection: self._begin_create(connection, request, new, changes))
        self._push(request, push)
        return new

    def update(
        self, request: Request, id_: str, edit: Edit, changes: Sequence[MemberChange], if_match: str | None
    ) -> None:
        """Change a group and its members. Raises ``ScimError`` that names the members who could not follow."""
        push = self.begin(
            request, lambda connection: self._begin_update(connection, request, id_, edit, changes, if_match)
        )
        if push is not None:
            self._push(request, push)

    def delete(self, request: Request, id_: str, if_match: str | None) -> None:
        """Delete a group. It stays deleted whatever the vendor answers; the error is reported all the same."""
        push = self.begin(request, lambda connection: self._begin_delete(connection, request, id_, if_match))
        self._push(request, push)

    # -- first transaction

    def _begin_create(
        self, connection: Connection, request: Request, new: Resource, changes: Sequence[MemberChange]
    ) -> Push:
        group = fresh_state(connection, new, new.name)
        group.wanted_version += 1
        found = difference(connection, self.target, group.link_id, changes)
        carries = self.target.mapping.creates_group_with_members and group.vendor_id is None
        push = self._lease(connection, request, group, group.link_id, found, carries=carries)
        push.new = new
        return push

    def _begin_update(
        self,
        connection: Connection,
        request: Request,
        id_: str,
        edit: Edit,
        changes: Sequence[MemberChange],
        if_match: str | None,
    ) -> Push | None:
        row, old = self._load(connection, id_, if_match)
        document = edit(old.document)
        found = difference(connection, self.target, row.id, changes)
        group = self._own_state(row, old, document)
        if group is not None and group.resource is not old:
            _store(connection, group.resource)
        elif found:
            resources.touch(connection, id_, time.time())
        if group is None and not found:
            journal.unchanged(connection, self.target, request, State.of(row, []))
            return None
        push = self._lease(connection, request, group, row.id, found, name=row.name, carries=False)
        push.old, push.new = old, group.resource if group else old
        return push

    def _begin_delete(self, connection: Connection, request: Request, id_: str, if_match: str | None) -> Push:
        row, old = self._load(connection, id_, if_match)
        if row.leased:
            raise Busy
        members.unwant_all(connection, row.id)
        resources.delete(connection, id_)
        group = State.of(row, [])
        group.wanted_version += 1
        if not self.target.mapping.deleting_group_removes_members:
            group.holders = members.holders(connection, row.id)
        holders = sorted(group.holders)
        journal.begin(connection, self.target, request, [(group, "deleted")])
        group.resource = group.resource_id = None
        found = Difference(removed=holders)
        push = self._lease(connection, request, group, row.id, found, name=row.name, carries=False, audited=True)
        push.old = old
        return push

    def _load(self, connection: Connection, id_: str, if_match: str | None) -> tuple[Link, Resource]:
        where = and_(link.c.resource_id == id_, link.c.target == self.target.name, link.c.kind == "Group")
        rows = links.load(connection, where)
        if not rows or rows[0].resource is None:
            raise errors.NotFound(f"Group {id_} not found")
        check_if_match(if_match, rows[0].resource.version)
        return rows[0], rows[0].resource

    def _own_state(self, row: Link, old: Resource, document: Document) -> State | None:
        """Return the group's state if the group itself has to be converged, beside its members."""
        if document == old.document and row.due_at is None:
            return None
        if row.leased:
            raise Busy
        group = State.of(row, [])
        if document != old.document:
            group.resource = resources.changed(old, document, time.time())
            group.name = group.resource.name
            group.wanted_version += 1
        return group

    def _lease(
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
        elif found:
            users, busy = ledger.load(connection, link.c.id.in_(found.users[:CHUNK]))
            later = [*busy, *found.users[CHUNK:]]
        for user in users:
            user.wanted_version += 1
        if later:
            links.demand(connection, link.c.id.in_(later), REQUEST_SECONDS)
        if found.unknown:
            journal.skipped(connection, self.target, request, name, found.unknown)
        texts = [(user, member_summary(name, added=user.link_id in found.added_set)) for user in users]
        if group is not None and not audited:
            old = {} if group.wanted_version == 1 else {"displayName": ""}
            texts.insert(0, (group, summary(old, group.resource.document if group.resource else {})))
        journal.begin(connection, self.target, request, texts)
        states = [group, *users] if group is not None else users
        return Push(group_link, None, None, ledger.lease(connection, self.target, states), found, later)

    # -- second transaction, and what follows

    def _push(self, request: Request, push: Push) -> None:
        undo = self._undo(push)
        self.deliver(request, push.lease, undo)
        users = [state for state in push.lease.states if state.kind == "User"]
        users += self.pursue(request, push.later, undo)
        self._end_deleted(request, push, undo)
        self._raise(push, users)

    def _end_deleted(self, request: Request, push: Push, undo: Callable[[Connection, State], None]) -> None:
        """Delete what could not be deleted yet because members still held it, now that they have been asked."""
        group = push.group
        if group is None or push.new is not None or not (group.waiting or isinstance(group.error, Rejected)):
            return
        with self.database.write() as connection:
            holders = sorted(members.holders(connection, push.group_link))
            if holders and group.error:  # refused because it is in use, perhaps: take it from them first
                links.demand(connection, link.c.id.in_(holders), REQUEST_SECONDS)
            if holders or group.waiting:
                links.demand(connection, link.c.id == push.group_link, REQUEST_SECONDS)
        if holders and group.error:
            self.pursue(request, holders, undo)
        for again in self.pursue(request, [push.group_link], undo):
            group.error = again.error

    def _undo(self, push: Push) -> Callable[[Connection, State], None]:
        def undo(connection: Connection, state: State) -> None:
            if self.queues(state):
                return
            if state.kind == "Group" and push.new is not None:
                ledger.put_back(connection, state, push.old, time.time())
            membership = state.membership(push.group_link)
            if membership is not None and state.link_id in push.difference.added_set:
                membership.desired = False
                push.undone.add(state.link_id)
            if push.came_to_nothing and push.old is not None:
                resources.update(connection, push.old)

        return undo

    def _raise(self, push: Push, users: Sequence[State]) -> None:
        group = push.group
        if group is not None and group.error is not None and not self.queues(group):
            raise scim_error(group.error)
        failed = [user for user in users if user.error is not None and not self.queues(user)]
        if failed:
            raise combined(failed)


def _store(connection: Connection, changed: Resource | None) -> None:
    if changed is None:
        return
    try:
        resources.update(connection, changed)
    except IntegrityError as taken:
        raise errors.Uniqueness(f"displayName {changed.name} is taken") from taken
