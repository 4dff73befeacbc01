"""Periscope Data (Sisense for Cloud Data Teams): the User & Role Management API for sites with RBAC.

A SCIM User is a user, a SCIM Group is a role. A user's roles can only be written as a whole list.
https://community.sisense.com/t5/knowledge/user-role-management-api-call-examples-in-python-rbac/ta-p/9016
"""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import mappings
from mappings import (
    Applied,
    Call,
    Change,
    Conflict,
    Definite,
    Document,
    Entry,
    Flow,
    Group,
    Login,
    Readers,
    Rejected,
    Unknown,
    Unsupported,
    User,
    VendorError,
    at_once,
)
from mappings.accounts import find
from mappings.answers import identifier
from mappings.operations import Calls
from mappings.periscope import catalogue, grants, options
from mappings.periscope.reading import ROLES, USERS, account, listed, living, one, role, roles_of, with_id
from mappings.readers import display_name, family_name, given_name, primary_email

ACTIVE = "active"
"""A field that no body has: whether the account may hold roles at all, where deactivation keeps accounts."""


class Periscope(mappings.Mapping):
    """Users and roles of one Periscope site."""

    vendor = "periscope"
    title = "Periscope Data"
    documents = (
        "https://community.sisense.com/t5/knowledge/user-role-management-api-call-examples-in-python-rbac/ta-p/9016"
    )
    group_word = "role"
    passwords = "none"
    role_values = True
    catalogues = frozenset({"Roles", "Entitlements"})
    tier = "gold"
    credentials = options.CREDENTIALS
    options = options.OPTIONS
    calls: ClassVar[Calls] = {
        "create user": ("create user",),
        "change name": ("update user",),
        "change e-mail": ("update user",),
        "set password": "Periscope Data documents no call that changes the password of an account",
        "deactivate": ("delete user",),
        "reactivate": ("create user",),
        "delete user": ("delete user",),
        "create group": ("create role",),
        "create group with a member": ("create role", "read user's roles", "update user"),
        "rename group": ("update role",),
        "add member": ("read user's roles", "update user"),
        "remove member": ("read user's roles", "update user"),
        "delete group": ("delete role",),
        "delete group with a member": ("delete role",),
    }
    user_fields: ClassVar[Readers] = {
        "email": primary_email,
        "first_name": given_name,
        "last_name": family_name,
    }
    group_attributes = grants.ATTRIBUTES
    group_fields: ClassVar[Readers] = {
        "name": display_name,
        "description": grants.description,
        "privileges": grants.wanted("privileges"),
        "permissions": grants.wanted("permissions"),
    }

    def login(self) -> Flow[Login]:
        key = f"{self.secrets['site']}:{self.secrets['api_key']}"
        return at_once(Login({"HTTP-X-PARTNER-AUTH": key, "Content-Type": "application/json"}))

    def check(self) -> Flow[str]:
        users = yield from listed(USERS)
        there = {str(user.get("email", "")).casefold() for user in users}
        missing = [
            f"{email} ({option}) is none of them"
            for option, email in self._admins.items()
            if email.casefold() not in there
        ]
        return ", ".join([f"{len(users)} users", *missing])

    # -- what is wanted

    def user(self, document: Document, roles: frozenset[str], password: str | None = None) -> User:
        return self._marked(super().user(document, roles, password), active=True)

    def inactive(self, user: User) -> User | None:
        return replace(self._marked(user, active=False), roles=frozenset()) if self._keeps_accounts else None

    def protection(self, account: User | Group) -> str | None:
        for option, email in self._admins.items():
            if isinstance(account, User) and account.key.casefold() == email.casefold():
                return f"{account.key} is the site admin that the bridge works as (option {option})"
        return super().protection(account)

    # -- users

    def create_user(self, user: User) -> Flow[None]:
        body = {
            **_sent(user.fields),
            "roles": sorted(user.roles),
            "invited_by_email": self._admins["invited_by_email"],
        }
        vendor_id = yield from self._create(user, body)
        yield Applied(vendor_id, user.fields, roles_added=user.roles)

    def update_user(self, user: User, change: Change) -> Flow[None]:
        body = _sent(change.fields)
        if change.roles_added or change.roles_removed or change.fields.get(ACTIVE) is False:
            body["roles"] = yield from self._whole_list(user, change)
        try:
            if body:
                yield self._put(user, body)
        except Rejected as refusal:
            yield self._put(user, (yield from self._mended(user, body, change, refusal)))
        yield Applied(user.vendor_id, change.fields, change.roles_added, change.roles_removed)

    def delete_user(self, vendor_id: str) -> Flow[None]:
        yield Call("DELETE", (*USERS, vendor_id), "delete user", query=self._mode, answer="nothing")

    def find_user(self, user: User) -> Flow[User | None]:
        users = yield from listed(USERS)
        return find((self._marked(account(each), active=True) for each in users), user)

    # -- groups

    def create_group(self, group: Group) -> Flow[None]:
        body = {**grants.written(group.fields), "created_by_email": self._admins["created_by_email"]}
        vendor_id = yield from self._create(group, body)
        yield Applied(vendor_id, group.fields)

    def update_group(self, group: Group, change: Change) -> Flow[None]:
        body = {**grants.written(change.fields), "updated_by_email": self._admins["updated_by_email"]}
        try:
            yield Call("PUT", (*ROLES, str(group.vendor_id)), "update role", json=body, query=self._mode)
        except Rejected as refusal:
            raise (yield from self._why(refusal, group)) from refusal
        yield Applied(group.vendor_id, change.fields)

    def delete_group(self, vendor_id: str) -> Flow[None]:
        yield Call("DELETE", (*ROLES, vendor_id), "delete role", query=self._mode, answer="nothing")

    def find_group(self, group: Group) -> Flow[Group | None]:
        roles = yield from listed(ROLES)
        return find(map(role, with_id(roles)), group)

    def created_group(self, sent: Group, found: Group) -> bool:
        """Whether the name is as sent, and the description, which carries the SCIM id: no other role has that."""
        return all(found.fields[name] == sent.fields[name] for name in ("name", "description"))

    # -- the catalogue

    def roles(self) -> Flow[Sequence[Entry]]:
        return catalogue.roles(lambda found: self.protection(found) is not None)

    def entitlements(self) -> Flow[Sequence[Entry]]:
        return catalogue.dashboards()

    # -- what the options say

    @property
    def _admins(self) -> dict[str, str]:
        inviter = str(self.option["invited_by_email"])
        creator = str(self.option["created_by_email"] or inviter)
        updater = str(self.option["updated_by_email"] or creator)
        return {"invited_by_email": inviter, "created_by_email": creator, "updated_by_email": updater}

    @property
    def _mode(self) -> dict[str, str]:
        """The query of every write; the document's own examples say true, which writes nothing."""
        return {"test_mode": "true" if self.option["test_mode"] else "false"}

    @property
    def _keeps_accounts(self) -> bool:
        return bool(self.option["deactivation"] == "strip_roles")

    def _marked(self, user: User, *, active: bool) -> User:
        """Note whether the user is active where an account outlives that: even who had no role is then stripped."""
        return replace(user, fields={**user.fields, ACTIVE: active}) if self._keeps_accounts else user

    # -- what the document leaves to find out

    def _create(self, wanted: User | Group, body: dict[str, Any]) -> Flow[str]:
        """Create a user or a role and return its id."""
        path, word = (USERS, "user") if isinstance(wanted, User) else (ROLES, "role")
        new = {"id": "(new)"}
        call = Call("POST", path, f"create {word}", json=body, query=self._mode, repeatable=False, planned=new)
        try:
            made = one((yield call), word)
        except Rejected as refusal:  # how a duplicate is refused is not documented: look
            raise (yield from self._why(refusal, wanted)) from refusal
        if made.get("id") is not None:  # not documented
            return identifier(made)
        if self.option["test_mode"]:
            return f"test-mode:{wanted.key}"
        try:
            created = yield from self._find(wanted)
        except Definite as failure:  # of the look: the account has been made all the same
            raise Unknown(failure.detail, status=failure.status, retry_after=failure.retry_after) from failure
        if created is None:
            raise Unknown(f"{self.title} said that it created {wanted.key}, but does not list it with an id")
        return str(created.vendor_id)

    def _find(self, wanted: User | Group) -> Flow[User | Group | None]:
        if isinstance(wanted, User):
            return (yield from self.find_user(wanted))
        return (yield from self.find_group(wanted))

    def _why(self, refusal: Rejected, wanted: User | Group) -> Flow[VendorError]:
        """Return what a refusal is to be called: somebody else may have that address or name."""
        found = yield from self._find(replace(wanted, vendor_id=None))
        if found is None or found.vendor_id == wanted.vendor_id:
            return refusal
        return Conflict(f"{self.title} already has {wanted.key}: {refusal.detail}")

    def _put(self, user: User, body: dict[str, Any]) -> Call:
        return Call("PUT", (*USERS, str(user.vendor_id)), "update user", json=body, query=self._mode)

    def _whole_list(self, user: User, change: Change) -> Flow[list[str]]:
        if self.option["roles"] == "exact" or user.fields.get(ACTIVE) is False:  # who leaves keeps nothing
            return sorted(user.roles)
        answer = yield Call("GET", (*USERS, str(user.vendor_id)), "read user's roles", planned={"roles": []})
        current = roles_of(one(answer, "user"))
        return sorted((current | change.roles_added) - change.roles_removed)

    def _mended(self, user: User, body: dict[str, Any], change: Change, refusal: Rejected) -> Flow[dict[str, Any]]:
        """Return a body without roles that exist no more, or raise what a refused update is to be called."""
        if "roles" in body:
            alive = yield from living(body["roles"])
            if alive != body["roles"] and change.roles_added <= set(alive):
                return {**body, "roles": alive}
        if "email" not in body:
            raise refusal
        why = yield from self._why(refusal, user)
        if why is refusal:
            reason = f"{self.title} documents no change of an e-mail address and refused this one"
            why = Unsupported(f"{reason}: {refusal.detail}", status=refusal.status)
        raise why from refusal


def _sent(fields: MappingABC[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != ACTIVE}


MAPPING = Periscope
