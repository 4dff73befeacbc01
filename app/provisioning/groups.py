"""SCIM writes to Groups: create, update (PUT and PATCH alike), delete. Members are rows, never a loaded list."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_

from app.directory import links, members, resources
from app.directory.links import Link
from app.directory.resources import Resource
from app.directory.tables import link
from app.provisioning import journal, unanswered
from app.provisioning.adopting import fresh_state
from app.provisioning.journal import Request
from app.provisioning.membership import Difference, difference
from app.provisioning.pushing import Push, Pushing
from app.provisioning.revoking import revoking
from app.provisioning.state import State
from app.provisioning.summary import summary
from app.provisioning.taken import storing
from app.provisioning.writing import Busy
from app.scim import errors
from app.scim.members import MemberChange
from app.scim.meta import Preconditions
from app.scim.types import Document
from mappings import Group as VendorGroup
from mappings import VendorError

Edit = Callable[[Document], Document]


@dataclass(frozen=True, slots=True)
class Groups(Pushing):
    """Writes Groups of one target and makes the vendor's roles, and who holds them, follow."""

    def create(self, request: Request, document: Document, changes: Sequence[MemberChange], id_: str) -> Resource:
        """Create a group. Raises ``ScimError``: the name is taken, a member is unknown, the vendor would not."""
        now = time.time()
        new = Resource(id_, self.target.name, "Group", document, resources.new_version(), now, now)
        push = self.begin(request, lambda connection: self._begin_create(connection, request, new, changes))
        try:
            self.push(request, push)
        except errors.ScimError:
            self._take_back(request, id_)
            raise
        return new

    def _take_back(self, request: Request, id_: str) -> None:
        """End a group whose creation is answered with an error: the IdP has no id, and will create it again."""
        with suppress(errors.ScimError):  # what cannot be ended now is due, and the first error is the one to tell
            self.delete(replace(request, takes_back=True), id_, Preconditions())

    def update(
        self,
        request: Request,
        id_: str,
        edit: Edit,
        changes: Sequence[MemberChange],
        preconditions: Preconditions,
    ) -> Resource:
        """Change a group and its members. Raises ``ScimError`` that names the members who could not follow."""
        push = self.begin(
            request,
            lambda connection: self._begin_update(connection, request, id_, edit, changes, preconditions),
            lambda connection: self._keep_update(connection, id_, edit, changes, preconditions),
        )
        if push is not None:
            try:
                self.push(request, push)
            except errors.ScimError:
                if push.group is None or not push.group.restored:
                    raise
                return self.update(request, id_, edit, changes, Preconditions())  # another change was in the way
        with self.database.read() as connection:
            found = resources.get(connection, self.target.name, "Group", id_)
        if found is None:
            raise errors.NotFound(f"Group {id_} not found")
        return found

    def delete(self, request: Request, id_: str, preconditions: Preconditions) -> None:
        """Delete a group. It stays deleted whatever the vendor answers; the error is reported all the same."""
        push = self.begin(
            request,
            lambda connection: self._begin_delete(connection, request, id_, preconditions),
            lambda connection: self._keep_delete(connection, id_, preconditions),
        )
        self.push(request, push)

    # -- first transaction

    def _begin_create(
        self, connection: Connection, request: Request, new: Resource, changes: Sequence[MemberChange]
    ) -> Push:
        group = fresh_state(connection, new, new.name)
        self.refuse_protected(group)
        self.refuse_impossible(group, None)
        group.want()
        found = difference(connection, self.target, group.link_id, changes)
        push = self.lease_push(
            connection, request, group, group.link_id, found, carries=self._carries_members(group)
        )
        push.new = new
        return push

    def _begin_update(
        self,
        connection: Connection,
        request: Request,
        id_: str,
        edit: Edit,
        changes: Sequence[MemberChange],
        preconditions: Preconditions,
    ) -> Push | None:
        row, old = self._load(connection, id_, preconditions)
        document = edit(old.document)
        found = difference(connection, self.target, row.id, changes)
        group = self._own_state(row, old, document)
        self.refuse_protected(group or State.of(row, []))
        if group is not None and document != old.document and not found.removed:
            self.refuse_impossible(group, old)
        if document["displayName"] != old.document["displayName"]:
            found = self._with_everybody(connection, row, document, found)
        touched = ""
        if group is not None and group.resource is not None and group.resource is not old:
            with storing(group.resource):
                resources.update(connection, group.resource)
        elif found.added or found.removed:
            touched = resources.touch(connection, id_, time.time())
        if group is None and not found:
            journal.unchanged(connection, self.target, request, State.of(row, []))
            return None
        push = self.lease_push(connection, request, group, row.id, found, name=row.name, carries=False)
        push.old, push.new, push.touched = old, group.resource if group else old, touched
        return push

    def _begin_delete(
        self, connection: Connection, request: Request, id_: str, preconditions: Preconditions
    ) -> Push:
        row = self._link(connection, id_)
        if row.resource is not None:
            preconditions.check(row.resource.version)
        if row.leased:
            raise Busy
        group = State.of(row, [])
        if row.resource is not None:
            self.refuse_protected(group)
        if not request.takes_back:
            group.adopted = None  # whoever asks for its end means the role, whoever made it
        everybody = _forget(connection, row.id, id_)
        group.want()
        group.resource = None
        if group.vendor_id and not group.ends_with_members(self.target):
            group.holders = everybody  # also who may just be getting it
        by_table = everybody if self.target.table.stands_for(row.name) else set()
        journal.begin(connection, self.target, request, [(group, "deleted")])
        found = Difference(removed=sorted(group.holders | by_table))
        push = self.lease_push(
            connection, request, group, row.id, found, name=row.name, carries=False, audited=True
        )
        push.old = row.resource
        return push

    # -- in place of the first transaction, without the lease

    def _keep_update(
        self,
        connection: Connection,
        id_: str,
        edit: Edit,
        changes: Sequence[MemberChange],
        preconditions: Preconditions,
    ) -> tuple[State, str] | None:
        row, old = self._load(connection, id_, preconditions)
        group = State.of(row, [])
        self.refuse_protected(group)
        kept = revoking(self.target, old.document, edit(old.document), asked=True)
        found = difference(connection, self.target, row.id, changes)
        members.give_up(connection, row.id, found.added)
        if kept == old.document and not found.removed:
            return None
        resources.update(connection, resources.changed(old, kept, time.time()))
        links.demand(connection, [*[row.id] * (kept != old.document), *found.removed])
        return group, ", ".join(filter(None, (summary(old.document, kept), _leave(found.removed))))

    def _keep_delete(
        self, connection: Connection, id_: str, preconditions: Preconditions
    ) -> tuple[State, str] | None:
        row = self._link(connection, id_)
        if row.resource is None:
            return None
        preconditions.check(row.resource.version)
        group = State.of(row, [])
        self.refuse_protected(group)
        links.demand(connection, [row.id, *_forget(connection, row.id, id_)])
        return group, "deleted"

    def _carries_members(self, group: State) -> bool:
        try:
            wanted = group.desired(self.target)
        except VendorError:  # converging meets it too, and says so
            return False
        is_new = group.vendor_id is None
        return is_new and isinstance(wanted, VendorGroup) and self.target.mapping.carries_members(wanted)

    def _with_everybody(
        self, connection: Connection, row: Link, document: Document, found: Difference
    ) -> Difference:
        """A name that the role table knows comes or goes: all members are given something else."""
        names = (row.name, document["displayName"])
        if not any(self.target.table.stands_for(name) for name in names):
            return found
        named = {*found.added, *found.removed}
        everybody = members.flags(connection, row.id).keys() - named
        return replace(found, again=sorted(everybody))

    def _load(self, connection: Connection, id_: str, preconditions: Preconditions) -> tuple[Link, Resource]:
        row = self._link(connection, id_)
        if row.resource is None:
            raise errors.NotFound(f"Group {id_} not found")
        preconditions.check(row.resource.version)
        return row, row.resource

    def _link(self, connection: Connection, id_: str) -> Link:
        """Return the link of a group, or of one that is deleted here and not yet at the vendor."""
        where = and_(link.c.resource_id == id_, link.c.target == self.target.name, link.c.kind == "Group")
        rows = links.load(connection, where)
        if not rows:
            raise errors.NotFound(f"Group {id_} not found")
        return rows[0]

    def _own_state(self, row: Link, old: Resource, document: Document) -> State | None:
        """Return the group's state if the group itself has to be converged, beside its members."""
        if document == old.document and row.due_at is None:
            return None
        if row.leased:
            raise Busy
        group = State.of(row, [])
        unanswered.ask(group)
        if document != old.document:
            group.resource = resources.changed(old, document, time.time())
            group.name = group.resource.name
            group.want()
        return group


def _forget(connection: Connection, link_id: int, id_: str) -> set[int]:
    """Delete the resource, and want nobody in the group; return whoever is or may be in it at the vendor."""
    everybody = members.lock(connection, link_id)
    members.unwant_all(connection, link_id)
    resources.delete(connection, id_)
    return everybody


def _leave(removed: Sequence[int]) -> str:
    return f"{len(removed)} members leave" if removed else ""
