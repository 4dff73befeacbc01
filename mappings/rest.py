"""The flows of a vendor whose API is plain REST, so that its mapping is a table.

::

    POST   {users}                      create           PATCH (or PUT)  {users}/{id}    change
    GET    {users}                      list             DELETE          {users}/{id}    delete
    POST   {groups}/{id}/members/{id}   add a member     DELETE  the same                remove a member

and the like for groups. A vendor that differs in one of them overrides one method.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from mappings.accounts import Change, Group, User, find
from mappings.answers import identifier
from mappings.calls import Applied, Call, Flow, Login
from mappings.mapping import Mapping
from mappings.passwords import random_password


@dataclass(frozen=True, slots=True)
class Collection:
    """Where a kind of resource is: ``path``, in segments below ``base_url``, holds all of them.

    ``noun`` is the vendor's word for one (the meanings of the calls are made of it), ``key`` the field that it is
    found by, ``listed`` the member of the list's answer that holds the list (``""``: the answer is the list),
    ``update`` the method of a change: ``PATCH`` takes what changed, ``PUT`` takes everything.
    """

    path: tuple[str, ...]
    noun: str
    key: str = "name"
    listed: str = ""
    update: Literal["PATCH", "PUT"] = "PATCH"

    def create(self, body: dict[str, Any]) -> Call:
        """Return the call that makes one; it may not be sent twice."""
        planned = {"id": "(new)"}
        return Call("POST", self.path, f"create {self.noun}", json=body, repeatable=False, planned=planned)

    def change(self, vendor_id: str | None, wanted: dict[str, Any], changed: dict[str, Any]) -> Call:
        """Return the call that changes one: to ``wanted``, of which only ``changed`` differs."""
        body = changed if self.update == "PATCH" else {**wanted, **changed}
        return Call(self.update, (*self.path, str(vendor_id)), f"update {self.noun}", json=body)

    def delete(self, vendor_id: str) -> Call:
        """Return the call that removes one."""
        return Call("DELETE", (*self.path, vendor_id), f"delete {self.noun}", answer="nothing")

    def list(self) -> Flow[list[dict[str, Any]]]:
        """Read all of them, in one call."""
        planned: Any = {self.listed: []} if self.listed else []
        answer = yield Call("GET", self.path, f"list {self.noun}s", planned=planned)
        found: list[dict[str, Any]] = answer[self.listed] if self.listed else answer
        return found


class RestMapping(Mapping):
    """A mapping whose Users and Groups are two collections, joined by members below each group."""

    accounts: ClassVar[Collection]
    """Where the users are."""
    teams: ClassVar[Collection]
    """Where what a SCIM Group stands for is."""

    @abstractmethod
    def login(self) -> Flow[Login]:
        """Authenticate."""

    def check(self) -> Flow[str]:
        """List the users."""
        found = yield from self.accounts.list()
        return f"{len(found)} {self.accounts.noun}s"

    # -- users

    def create_user(self, user: User) -> Flow[None]:
        """Create the account, then join its groups, one call each."""
        body = dict(user.fields)
        if self.passwords != "none":
            body["password"] = user.password or random_password()
        vendor_id = identifier((yield self.accounts.create(body)))
        yield Applied(vendor_id, user.fields)
        for group in sorted(user.roles):
            yield from self._joined(group, vendor_id)

    def update_user(self, user: User, change: Change) -> Flow[None]:
        """Leave groups, write what changed, join groups."""
        vendor_id = str(user.vendor_id)
        for group in sorted(change.roles_removed):
            yield self.leave(group, vendor_id)
            yield Applied(roles_removed=frozenset({group}))
        changed = dict(change.fields)
        if change.password is not None and self.passwords == "settable":
            changed["password"] = change.password
        if changed:
            yield self.accounts.change(vendor_id, dict(user.fields), changed)
            yield Applied(fields=change.fields)
        for group in sorted(change.roles_added):
            yield from self._joined(group, vendor_id)

    def delete_user(self, vendor_id: str) -> Flow[None]:
        """Delete the account."""
        yield self.accounts.delete(vendor_id)

    def find_user(self, user: User) -> Flow[User | None]:
        """Look through the list."""
        found = yield from self.accounts.list()
        return find((self.read_user(record) for record in found), user)

    def read_user(self, record: dict[str, Any]) -> User:
        """Return an account as the vendor's list shows it; what it shows of groups is left aside."""
        fields = {name: record.get(name) for name in self.user_fields}
        return User(str(record[self.accounts.key]), fields, vendor_id=identifier(record))

    def created_user(self, sent: User, found: User) -> bool:
        """Compare what the create itself sends: groups are joined afterwards."""
        return found.fields == sent.fields and not found.roles

    # -- groups

    def create_group(self, group: Group) -> Flow[None]:
        """Create the group; its members follow, one call each."""
        answer = yield self.teams.create(dict(group.fields))
        yield Applied(identifier(answer), group.fields)

    def update_group(self, group: Group, change: Change) -> Flow[None]:
        """Write what changed."""
        yield self.teams.change(group.vendor_id, dict(group.fields), dict(change.fields))
        yield Applied(fields=change.fields)

    def delete_group(self, vendor_id: str) -> Flow[None]:
        """Delete the group."""
        yield self.teams.delete(vendor_id)

    def find_group(self, group: Group) -> Flow[Group | None]:
        """Look through the list."""
        found = yield from self.teams.list()
        return find((self.read_group(record) for record in found), group)

    def read_group(self, record: dict[str, Any]) -> Group:
        """Return a group as the vendor's list shows it; who is in it is left aside."""
        fields = {name: record.get(name) for name in self.group_fields}
        return Group(str(record[self.teams.key]), fields, vendor_id=identifier(record))

    # -- members

    def join(self, group: str, user: str) -> Call:
        """Return the call that puts a user into a group; sent twice, it does no more than once."""
        return Call("POST", (*self.teams.path, group, "members", user), "add member", answer="nothing")

    def leave(self, group: str, user: str) -> Call:
        """Return the call that takes a user out of a group."""
        return Call("DELETE", (*self.teams.path, group, "members", user), "remove member", answer="nothing")

    def _joined(self, group: str, user: str) -> Flow[None]:
        yield self.join(group, user)
        yield Applied(roles_added=frozenset({group}))
