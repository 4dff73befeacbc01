"""SCIM writes to Users: create, update (PUT and PATCH alike), delete."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, and_

from app.directory import links, members, resources
from app.directory.resources import Resource
from app.directory.tables import link
from app.provisioning import journal, ledger, no_users, unanswered
from app.provisioning.adopting import fresh_state
from app.provisioning.journal import Request
from app.provisioning.ledger import Lease
from app.provisioning.outcomes import scim_error
from app.provisioning.policy import account_key
from app.provisioning.revoking import revoking
from app.provisioning.state import State
from app.provisioning.summary import summary
from app.provisioning.taken import storing
from app.provisioning.writing import Busy, Writing
from app.scim import errors
from app.scim.meta import Preconditions
from app.scim.types import Document
from mappings import Rejected

Edit = Callable[[Document], Document]


@dataclass(frozen=True, slots=True)
class Users(Writing):
    """Writes Users of one target and makes the vendor's accounts follow."""

    def create(self, request: Request, document: Document, id_: str) -> Resource:
        """Create a user. Raises ``ScimError``: the name is taken here or there, or the vendor would not."""
        document = dict(document)
        password = document.pop("password", None)
        now = time.time()
        new = Resource(id_, self.target.name, "User", document, resources.new_version(), now, now)
        lease = self.begin(request, lambda connection: self._begin_create(connection, request, new, password))
        self._deliver(request, lease, None)
        return self._answer(lease.states[0])

    def update(self, request: Request, id_: str, edit: Edit, preconditions: Preconditions) -> Resource:
        """Change a user to what ``edit`` makes of the document. Raises ``ScimError`` if it cannot be so."""
        old, lease = self.begin(
            request,
            lambda connection: self._begin_update(connection, request, id_, edit, preconditions),
            lambda connection: self._keep_update(connection, id_, edit, preconditions),
        )
        if lease is None:
            return old
        self._deliver(request, lease, old)
        if lease.states[0].restored:  # what stood in the way was another change
            return self.update(request, id_, edit, Preconditions())
        return self._answer(lease.states[0])

    def delete(self, request: Request, id_: str, preconditions: Preconditions) -> None:
        """Delete a user. It stays deleted whatever the vendor answers; the error is reported all the same.

        Asked again while the vendor still has the account, the bridge tries again: 204 means that it is gone.
        """
        lease = self.begin(
            request,
            lambda connection: self._begin_delete(connection, request, id_, preconditions),
            lambda connection: self._keep_delete(connection, id_, preconditions),
        )
        self.deliver(request, lease, ledger.no_undo)
        self._raise(lease.states[0])

    # -- first transaction

    def _begin_create(self, connection: Connection, request: Request, new: Resource, password: str | None) -> Lease:
        self._refuse_where_there_are_none()
        try:
            key = account_key(self.target.mapping, new.document)
        except Rejected as refusal:
            raise scim_error(refusal) from refusal
        state = fresh_state(connection, new, key)
        self.refuse_protected(state)
        state.password = password
        self.refuse_impossible(state, None)
        return self._lease(connection, request, state, summary({}, new.document))

    def _begin_update(
        self, connection: Connection, request: Request, id_: str, edit: Edit, preconditions: Preconditions
    ) -> tuple[Resource, Lease | None]:
        state, old = self._load(connection, id_, preconditions)
        document = edit(old.document)
        state.password = document.pop("password", None)
        if document == old.document and state.password is None and not state.due:
            journal.unchanged(connection, self.target, request, state)
            return old, None
        unanswered.ask(state)
        if document != old.document:
            state.resource = resources.changed(old, document, time.time())
            state.forget_values()
            self.refuse_protected(state)
            self.refuse_impossible(state, old)
            with storing(state.resource):
                resources.update(connection, state.resource)
        state.name = state.resource.name if state.resource else state.name
        text = summary(old.document, document | ({"password": ""} if state.password is not None else {}))
        return old, self._lease(connection, request, state, text)

    def _begin_delete(
        self, connection: Connection, request: Request, id_: str, preconditions: Preconditions
    ) -> Lease:
        state = self._state(connection, id_)
        if state.resource is not None:
            preconditions.check(state.resource.version)
            self.refuse_protected(state)
        if not request.takes_back:
            state.adopted = None  # whoever asks for its end means the account, whoever made it
        _forget(connection, state.link_id, id_)
        for membership in state.memberships:
            membership.desired = False
            state.loaded[membership.group_link] = (False, membership.applied)
        journal.begin(connection, self.target, request, [(state, "deleted")])
        state.resource = None
        state.want()
        return ledger.lease(connection, self.target, [state])

    def _load(self, connection: Connection, id_: str, preconditions: Preconditions) -> tuple[State, Resource]:
        state = self._state(connection, id_)
        if state.resource is None:
            raise errors.NotFound(f"User {id_} not found")
        preconditions.check(state.resource.version)
        return state, state.resource

    def _state(self, connection: Connection, id_: str) -> State:
        """Return the state of a user, or of one that is deleted here and not yet at the vendor."""
        self._refuse_where_there_are_none()
        where = and_(link.c.resource_id == id_, link.c.target == self.target.name, link.c.kind == "User")
        states, busy = ledger.load(connection, where)
        if busy:
            raise Busy
        if not states:
            raise errors.NotFound(f"User {id_} not found")
        return states[0]

    # -- in place of the first transaction, without the lease

    def _keep_update(
        self, connection: Connection, id_: str, edit: Edit, preconditions: Preconditions
    ) -> tuple[State, str] | None:
        state = self._held_by_another(connection, id_, preconditions)
        if state is None or state.resource is None:
            return None
        old = state.resource
        kept = revoking(self.target, old.document, edit(old.document), asked=True)
        if kept == old.document:
            return None
        resources.update(connection, resources.changed(old, kept, time.time()))
        links.demand(connection, [state.link_id])
        return state, summary(old.document, kept)

    def _keep_delete(
        self, connection: Connection, id_: str, preconditions: Preconditions
    ) -> tuple[State, str] | None:
        state = self._held_by_another(connection, id_, preconditions)
        if state is None:
            return None
        _forget(connection, state.link_id, id_)
        links.demand(connection, [state.link_id])
        return state, "deleted"

    def _held_by_another(self, connection: Connection, id_: str, preconditions: Preconditions) -> State | None:
        """Return a user that is not deleted yet, to be read only."""
        where = and_(link.c.resource_id == id_, link.c.target == self.target.name, link.c.kind == "User")
        for row in links.load(connection, where):
            if row.resource is not None:
                preconditions.check(row.resource.version)
                state = State.of(row, [])
                self.refuse_protected(state)
                return state
        return None

    def _refuse_where_there_are_none(self) -> None:
        if self.target.mapping.users == "reject":
            raise errors.MutabilityError(no_users.refusal(self.target.mapping))

    def _lease(self, connection: Connection, request: Request, state: State, text: str) -> Lease:
        state.want()
        journal.begin(connection, self.target, request, [(state, text)])
        return ledger.lease(connection, self.target, [state])

    # -- second transaction

    def _deliver(self, request: Request, lease: Lease, old: Resource | None) -> None:
        def undo(connection: Connection, state: State) -> None:
            if not self.queues(state) and state.former is None:  # the new account is there: the old one has to end
                ledger.put_back(connection, self.target, state, old, time.time())

        self.deliver(request, lease, undo)

    def _answer(self, state: State) -> Resource:
        self._raise(state)
        if state.resource is None:
            raise AssertionError("a delivered user has a resource")
        return state.resource

    def _raise(self, state: State) -> None:
        if state.error is not None and not self.queues(state):
            raise scim_error(state.error)


def _forget(connection: Connection, link_id: int, id_: str) -> None:
    """Delete the resource, and want the user in no group; the link stays until the account has ended."""
    members.unwant_all(connection, link_id)
    resources.touch_groups_of(connection, link_id, time.time())
    resources.delete(connection, id_)
