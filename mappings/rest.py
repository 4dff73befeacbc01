"""The flows of a vendor whose API is plain REST, so that its mapping is a few tables.

::

    POST   {users}                      create           PATCH (or PUT)  {users}/{id}    change
    GET    {users}                      list             DELETE          {users}/{id}    delete
    POST   {groups}/{id}/members/{id}   add a member     DELETE  the same                remove a member

and the like for groups. The tables, :mod:`mappings.rest_tables`, have words for the usual dialects; a vendor that
differs in something else overrides one method.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from mappings.accounts import Change, Group, User, find
from mappings.answers import identifier
from mappings.calls import Applied, Call, Flow, Intent, Login, at_once
from mappings.catalogue import Entry
from mappings.errors import Conflict, NotFound
from mappings.mapping import Document, Mapping
from mappings.passwords import random_password
from mappings.rest_tables import Collection, Membership, Switch, usual_calls

__all__ = ["Collection", "Membership", "RestMapping", "Switch", "usual_calls"]

A = TypeVar("A", User, Group)

BEFORE = "there before"
"""What an intent notes beside the fields, where only a look tells whose one is: the ids of all there were."""


class RestMapping(Mapping):
    """A mapping whose Users and Groups are two collections, joined by members below each group."""

    accounts: ClassVar[Collection]
    """Where the users are."""
    teams: ClassVar[Collection]
    """Where what a SCIM Group stands for is."""
    membership: ClassVar[Membership] = Membership()
    """How users get into groups."""
    switch: ClassVar[Switch | None] = None
    """How a leaver is locked out, where the vendor has calls for that; without them, accounts are deleted."""
    catalogues = frozenset({"Roles"})
    role_values = True

    @abstractmethod
    def login(self) -> Flow[Login]:
        """Authenticate."""

    def check(self) -> Flow[str]:
        """List the users."""
        found = yield from self.accounts.list()
        return f"{len(found)} {self.accounts.nouns}"

    # -- what the IdP wants

    def user(self, document: Document, roles: frozenset[str], password: str | None = None) -> User:
        """Read the fields; one of which the IdP says nothing is as the option of its name says, if there is one."""
        user = super().user(document, roles, password)
        said = {name: self.option.get(name) if value is None else value for name, value in user.fields.items()}
        return replace(user, fields={**said, **self._unlocked()})

    def inactive(self, user: User) -> User | None:
        """Lock the account out, where there is a switch and the option ``deactivation`` does not say ``delete``."""
        if self.switch is None or self.option.get("deactivation") == "delete":
            return None
        return replace(
            user, roles=frozenset(), fields={**user.fields, **self.switch.least, self.switch.shown: True}
        )

    # -- users

    def create_user(self, user: User) -> Flow[None]:
        """Create the account, then join its groups, one call each."""
        yield from self._noted(self.accounts, user)
        body = self._written(user.fields)
        if self.passwords != "none":
            body["password"] = user.password or random_password()
        vendor_id = identifier((yield self.accounts.create(body)), self.accounts.id)
        yield Applied(vendor_id, user.fields)
        for group in sorted(user.roles):
            yield from self.joined(group, vendor_id)

    def update_user(self, user: User, change: Change) -> Flow[None]:
        """Lock out, leave groups, write what changed, join groups, let in."""
        vendor_id = str(user.vendor_id)
        yield from self._switched(vendor_id, change.fields, to=True)
        for group in sorted(change.roles_removed):
            yield from self.left(group, vendor_id)
        changed = self._written(change.fields)
        fields = dict(changed)
        if change.password is not None and self.passwords == "settable":
            changed["password"] = change.password
        if changed:
            yield self.accounts.change(vendor_id, self._written(user.fields), changed)
            yield Applied(fields=fields)
        for group in sorted(change.roles_added):
            yield from self.joined(group, vendor_id)
        yield from self._switched(vendor_id, change.fields, to=False)

    def delete_user(self, vendor_id: str) -> Flow[None]:
        """Delete the account."""
        yield self.accounts.delete(vendor_id)

    def find_user(self, user: User) -> Flow[User | None]:
        """Look through the list."""
        found = yield from self.accounts.list()
        return find(_new(map(self.read_user, found), user), user)

    def read_user(self, record: dict[str, Any]) -> User:
        """Return an account as the vendor's list shows it; what it shows of groups is left aside."""
        fields = {name: record.get(name) for name in (*self.user_fields, *self._unlocked())}
        return User(str(record[self.accounts.key]), fields, vendor_id=identifier(record, self.accounts.id))

    def created_user(self, sent: User, found: User) -> bool:
        """Compare what the create itself sends: groups are joined afterwards."""
        return _is_made(self.accounts, sent, found) and not found.roles

    def _written(self, fields: Document) -> dict[str, Any]:
        """Return the fields that a body holds."""
        return {name: value for name, value in fields.items() if name not in self._unlocked()}

    def _unlocked(self) -> dict[str, Any]:
        return {} if self.switch is None else {self.switch.shown: False}

    def _switched(self, vendor_id: str, fields: Document, *, to: bool) -> Flow[None]:
        if self.switch is not None and fields.get(self.switch.shown) is to:
            yield self.switch.turn(self.accounts, vendor_id, locked=to)
            yield Applied(fields={self.switch.shown: to})

    # -- groups

    def create_group(self, group: Group) -> Flow[None]:
        """Create the group; its members follow, one call each."""
        yield from self._noted(self.teams, group)
        answer = yield self.teams.create(dict(group.fields))
        yield Applied(identifier(answer, self.teams.id), group.fields)

    def update_group(self, group: Group, change: Change) -> Flow[None]:
        """Write what changed."""
        yield self.teams.change(str(group.vendor_id), dict(group.fields), dict(change.fields))
        yield Applied(fields=change.fields)

    def delete_group(self, vendor_id: str) -> Flow[None]:
        """Delete the group."""
        yield self.teams.delete(vendor_id)

    def find_group(self, group: Group) -> Flow[Group | None]:
        """Look through the list."""
        found = yield from self.teams.list()
        return find(_new(map(self.read_group, found), group), group)

    def read_group(self, record: dict[str, Any]) -> Group:
        """Return a group as the vendor's list shows it, with its members if they are shown there."""
        fields = {name: record.get(name) for name in self.group_fields}
        members = self.membership.members(record) or frozenset()
        return Group(str(record[self.teams.key]), fields, members, identifier(record, self.teams.id))

    def created_group(self, sent: Group, found: Group) -> bool:
        """Compare what the create sends; some of its members may have been joined afterwards."""
        return _is_made(self.teams, sent, found) and found.members <= sent.members

    def _noted(self, where: Collection, account: User | Group) -> Flow[None]:
        """Where only a look before tells whose one is, note all there are; a name that is taken is a conflict."""
        if not where.look_first:
            return
        there = yield from where.list()
        if any(str(record[where.key]).casefold() == account.key.casefold() for record in there):
            raise Conflict(f"{self.title} already has a {where.noun} {account.key}")
        ids = sorted(identifier(record, where.id) for record in there)
        yield Intent(replace(account, fields={**account.fields, BEFORE: ids}))

    # -- members

    def join(self, group: str, user: str) -> Call:
        """Return the call that puts a user into a group; sent twice, it does no more than once."""
        return self.membership.add((*self.teams.path, group), user)

    def leave(self, group: str, user: str) -> Call:
        """Return the call that takes a user out of a group."""
        return self.membership.remove((*self.teams.path, group), user)

    def joined(self, group: str, user: str) -> Flow[None]:
        """Join; a 409 means "is in it already" only if that can be seen to be so."""
        try:
            yield self.join(group, user)
        except Conflict:
            if (yield from self.is_member(group, user)) is not True:
                raise
        yield Applied(roles_added=frozenset({group}))

    def left(self, group: str, user: str) -> Flow[None]:
        """Leave; a 404 means "is not in it" only if that can be seen to be so."""
        try:
            yield self.leave(group, user)
        except NotFound:
            if (yield from self.is_member(group, user)) is not False:
                raise
        yield Applied(roles_removed=frozenset({group}))

    def is_member(self, group: str, user: str) -> Flow[bool | None]:
        """Look whether a user is in a group; ``None``: the list of groups does not show it."""
        for record in (yield from self.teams.list()):
            if identifier(record, self.teams.id) == group:
                members = self.membership.members(record)
                return None if members is None else user in members
        return False

    # -- the catalogue

    def roles(self) -> Flow[Sequence[Entry]]:
        """Offer the groups: what a value of a user's ``roles`` may be."""
        groups = [self.read_group(record) for record in (yield from self.teams.list())]
        return [
            Entry(str(one.vendor_id), one.key, self.group_word, supported=self.protection(one) is None)
            for one in groups
        ]

    def entitlements(self) -> Flow[Sequence[Entry]]:
        """Show the choices of the vendor's own attributes, which only the attributes themselves give."""
        attributes = [each for each in self.user_attributes if each.choices]
        return at_once(
            [Entry(text, text, each.name, supported=False) for each in attributes for text in each.choices]
        )


def _new(found: Any, wanted: A) -> list[A]:
    """Leave out what was there before the create that ``wanted`` stands for."""
    return [one for one in found if one.vendor_id not in wanted.fields.get(BEFORE, ())]


def _is_made(where: Collection, sent: User | Group, found: User | Group) -> bool:
    """Whether ``found`` is what a create leaves behind; one that needs a look and noted none was never sent."""
    fields = dict(sent.fields)
    before = fields.pop(BEFORE, None)
    if where.look_first and (before is None or found.vendor_id in before):
        return False
    return dict(found.fields) == fields
