"""Datasentinel: the User API.

A SCIM User is a user, whose e-mail address is its key; a SCIM Group is a role that exists already.
Two traps decide this mapping: a user without ``privilege`` becomes an administrator, and a user without a
role sees everything, so one role (``fallback_role``) is held whenever no other is.
https://docs.datasentinel.io/manual/implementation/platform-usage/api-reference/user

The field ``access`` of an account is not one of the vendor's, who shows nothing like it: ``password``, ``ldap`` or,
once nobody knows the password any more, ``locked``.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from types import NoneType
from typing import Any, ClassVar

import mappings
from mappings import (
    Applied,
    Call,
    Change,
    Document,
    Entry,
    Flow,
    Group,
    Login,
    NotFound,
    Passwords,
    Readers,
    Rejected,
    Settings,
    Unsupported,
    User,
    at_once,
    unsupported,
)
from mappings.answers import text
from mappings.datasentinel import attributes, limits, roles
from mappings.datasentinel.options import CREDENTIALS, OPTIONS
from mappings.datasentinel.roles import USERS
from mappings.operations import Calls
from mappings.passwords import random_password
from mappings.readers import assigned, display_name, full_name

ANSWERED = frozenset({"status", "message", "user-token", "roles"})
"""What an object in an answer has one of, as the documents show it: a confirmation, a token or an account."""
BUILT_IN = "datasentinel"
"""The login of the account that every server has."""
WRITTEN = ("privilege", "profile", "comment")
"""What an update sends, always all of it: what is left out may fall back to admin."""

NO_LDAP_CHANGE = "Datasentinel has no password of a user who logs in through LDAP: it cannot be changed"
NO_RENAME = "Datasentinel's API cannot rename a role: make a group for the other role"


class Datasentinel(mappings.Mapping):
    """Users and their roles on one Datasentinel platform server."""

    vendor = "datasentinel"
    title = "Datasentinel"
    documents = "https://docs.datasentinel.io/manual/implementation/platform-usage/api-reference/user"
    group_word = "existing role"
    passwords: Passwords = "settable"
    credentials = CREDENTIALS
    options = OPTIONS
    user_attributes = attributes.ATTRIBUTES
    user_fields: ClassVar[Readers] = {"comment": full_name}
    group_fields: ClassVar[Readers] = {"name": display_name}
    role_values = True
    catalogues = frozenset({"Roles", "Entitlements"})
    tier = "gold"
    calls: ClassVar[Calls] = {
        "create user": ("create user",),
        "change name": ("update user",),
        "change e-mail": limits.ONLY_NEW["email"],
        "set password": ("update user",),
        "deactivate": ("delete user",),
        "reactivate": ("create user",),
        "delete user": ("delete user",),
        "create group": (),
        "create group with a member": ("assign role", "remove role"),
        "rename group": NO_RENAME,
        "add member": ("assign role", "remove role"),
        "remove member": ("assign role", "remove role"),
        "delete group": (),
        "delete group with a member": ("assign role", "remove role"),
    }

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.fallback_role: str = self.option["fallback_role"]
        self.quarantine_role: str = self.option["quarantine_role"] or self.fallback_role
        if self.option["ldap"]:
            self.passwords = "none"  # theirs are in the LDAP directory
        if problem := limits.problem(self.option):
            raise ValueError(problem)

    # -- what the IdP wants

    def user(self, document: Document, roles: frozenset[str], password: str | None = None) -> User:
        user = super().user(document, roles or frozenset({self.fallback_role}), password)
        fields = {
            **user.fields,
            "email": user.key.lower(),
            "privilege": self.option["privilege"],
            "profile": self.option["profile"],
            "access": attributes.access(ldap=self.option["ldap"]),
            **attributes.said(self.extension(document), assigned(document, "entitlements")),
        }
        return replace(user, fields=fields)

    def inactive(self, user: User) -> User | None:
        """Lock an account whose password is here; an LDAP user's is not, so that the account has to go."""
        if self.option["deactivation"] == "delete" or user.fields["access"] == "ldap":
            return None
        fields = {**user.fields, "privilege": attributes.PRIVILEGES[0], "access": "locked"}
        return replace(user, fields=fields, roles=frozenset({self.quarantine_role}), password=None)

    def protection(self, account: User | Group) -> str | None:
        if isinstance(account, Group):
            return None
        key = account.key.casefold()
        own = self.secrets.get("user", BUILT_IN).casefold()
        if {key, key.partition("@")[0]} & {BUILT_IN, own}:  # a login is the part before the @
            return f"{account.key} is Datasentinel's built-in account, or the one that the bridge itself uses"
        return super().protection(account)

    def objection(self, value: str) -> str | None:
        field, given = attributes.ENTITLEMENTS.get(value, ("", None))
        return limits.too_much(given, self.option) if field == "privilege" else super().objection(value)

    def recreates(self, user: User, change: Change) -> bool:
        needed = limits.only_new(user, change, self.option) and not limits.excess(user, self.option)
        return bool(needed) and limits.may_recreate(user, change, self.option)

    # -- the catalogue

    @property
    def role_names_are_ids(self) -> bool:
        return not self.option["known_roles"]

    def roles(self) -> Flow[Sequence[Entry]]:
        known = self.option["known_roles"] or (yield from self._roles_in_use())
        return [Entry(role, role) for role in sorted({*known, self.fallback_role, self.quarantine_role})]

    def entitlements(self) -> Flow[Sequence[Entry]]:
        return at_once([replace(each, supported=self.objection(each.value) is None) for each in attributes.OFFERED])

    def _roles_in_use(self) -> Flow[set[str]]:
        users = yield Call("GET", USERS, "list users", planned=[])
        return {role for user in users for role in user["roles"]}

    # -- access

    def login(self) -> Flow[Login]:
        token = self.secrets.get("token")
        if token is None:
            account = (self.secrets["user"], self.secrets["password"])
            answer = yield Call("POST", ("ds-api", "user-token"), "get access token", basic_auth=account)
            token = text(answer, "user-token")
        return Login({"user-token": token})

    def check(self) -> Flow[str]:
        users = yield Call("GET", USERS, "list users", planned=[])
        held = {role for user in users for role in user["roles"]}
        unproved = sorted({self.fallback_role, self.quarantine_role} - held)
        doubt = f"; nobody has {' or '.join(unproved)} yet: make sure that it exists" if unproved else ""
        return f"{len(users)} users{doubt}"

    def hidden_status(self, answer: Any) -> int | None:
        """Every call is documented to answer something: of anything else, nobody knows whether it was done."""
        error = super().hidden_status(answer)
        if error is None and not isinstance(answer, list | NoneType) and ANSWERED.isdisjoint(dict(answer)):
            raise TypeError("this is no answer of Datasentinel's")
        return error

    # -- users

    def create_user(self, user: User) -> Flow[None]:
        if refusal := limits.excess(user, self.option):
            raise refusal
        fields = self._as_made(user).fields
        body = {name: fields[name] for name in (*WRITTEN, "live_360")} | {"roles": sorted(user.roles)}
        if fields["access"] == "ldap":
            body["ldap"] = True
        else:
            body["password"] = user.password or random_password()
        yield Call("POST", (*USERS, user.key), "create user", json=body, repeatable=False)
        yield Applied(user.key, fields, roles_added=user.roles)

    def update_user(self, user: User, change: Change) -> Flow[None]:
        path = (*USERS, str(user.vendor_id))
        if refusal := self._refusal(user, change):
            if change.roles_removed:  # that has to be, whatever else is asked for
                yield from roles.swap(path, change)
            raise refusal
        if change.fields.get("access") == "locked":  # first: whatever the roles meet, nobody logs in any more
            before = (user.roles - change.roles_added) | change.roles_removed
            yield from self._write(path, user, change, before or user.roles)
            yield from roles.swap(path, change)
            return
        yield from roles.swap(path, change)
        if _is_written(change):
            yield from self._write(path, user, change, user.roles)
        elif change.fields:
            yield Applied(fields=change.fields)

    def delete_user(self, vendor_id: str) -> Flow[None]:
        yield Call("DELETE", (*USERS, vendor_id), "delete user")

    def find_user(self, user: User) -> Flow[User | None]:
        key = user.vendor_id or user.key
        try:
            found = yield Call("GET", (*USERS, key), "read user", planned={"roles": []})
        except NotFound as missing:
            yield from roles.prove_gone(key, missing)
            return None
        fields = {name: found.get(name) for name in (*WRITTEN, "live_360")}
        fields["email"] = str(found.get("email", key)).lower()
        fields["access"] = user.fields.get("access", attributes.access(ldap=self.option["ldap"]))  # is not shown
        return User(key, fields, frozenset(found["roles"]), vendor_id=key)

    def created_user(self, sent: User, found: User) -> bool:
        return super().created_user(self._as_made(sent), found)

    def _as_made(self, user: User) -> User:
        """Return the account that a create makes: with the option's ``live_360`` if the IdP says nothing of it."""
        return replace(user, fields={"live_360": int(self.option["live_360"]), **user.fields})

    def _refusal(self, user: User, change: Change) -> Rejected | None:
        """Return why properties cannot be changed so; nothing is sent of them then."""
        if reason := limits.only_new(user, change, self.option):
            return Unsupported(reason)
        if change.password is not None and user.fields["access"] == "ldap":
            return Unsupported(NO_LDAP_CHANGE)
        return limits.excess(user, self.option) if _is_written(change) else None

    # -- groups

    def create_group(self, group: Group) -> Flow[None]:
        known = self.option["known_roles"]
        if known and group.key not in {*known, self.fallback_role, self.quarantine_role}:
            raise Rejected(f"Datasentinel has no role {group.key!r}, and its API cannot make one")
        yield Applied(group.key, group.fields)

    rename_group = unsupported(NO_RENAME)

    def update_group(self, group: Group, change: Change) -> Flow[None]:
        if change.fields.get("name", group.vendor_id) != group.vendor_id:
            yield from self.rename_group()
        yield Applied(fields=change.fields)

    def deletion_removes_members(self, vendor_id: str) -> bool:
        return False

    def delete_group(self, vendor_id: str) -> Flow[None]:
        return at_once(None)  # the role itself stays; its members have lost it already

    def find_group(self, group: Group) -> Flow[Group | None]:
        return at_once(None)  # binding to a role makes nothing that could be found

    def _write(self, path: tuple[str, ...], user: User, change: Change, roles: AbstractSet[str]) -> Flow[None]:
        body: dict[str, Any] = {name: user.fields[name] for name in WRITTEN}
        if "live_360" in change.fields:
            body["live_360"] = change.fields["live_360"]
        if self.option["roles_in_put"]:
            body["roles"] = sorted(roles)
        if user.fields["access"] == "locked":
            body |= _unknown_password(change)
        elif change.password is not None:
            body["password"] = change.password
        yield Call("PUT", path, "update user", json=body)
        yield Applied(fields=change.fields)


def _is_written(change: Change) -> bool:
    """Whether a change needs an update at all, beside roles."""
    return change.password is not None or not change.fields.keys().isdisjoint((*WRITTEN, "live_360"))


def _unknown_password(change: Change) -> dict[str, str]:
    """Return a password that nobody knows, for an account that is being locked; one that is locked has one."""
    return {"password": random_password()} if "access" in change.fields else {}


MAPPING = Datasentinel
