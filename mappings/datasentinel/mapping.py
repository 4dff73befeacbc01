"""Datasentinel: the User API.

A SCIM User is a user, whose e-mail address is its key; a SCIM Group is a role that exists already.
Two traps decide this mapping: a user without ``privilege`` becomes an administrator, and a user without a
role sees everything, so one role (``fallback_role``) is held whenever no other is.
https://docs.datasentinel.io/manual/implementation/platform-usage/api-reference/user
"""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import Any, ClassVar

import mappings
from mappings import (
    Applied,
    Call,
    Change,
    Conflict,
    Document,
    Flow,
    Group,
    Login,
    NotFound,
    Passwords,
    Readers,
    Rejected,
    Setting,
    Settings,
    Unsupported,
    User,
    at_once,
    unsupported,
)
from mappings.answers import text
from mappings.passwords import random_password
from mappings.readers import display_name, full_name

USERS = ("ds-api", "users")


class Datasentinel(mappings.Mapping):
    """Users and their roles on one Datasentinel platform server."""

    vendor = "datasentinel"
    title = "Datasentinel"
    documents = "https://docs.datasentinel.io/manual/implementation/platform-usage/api-reference/user"
    group_word = "existing role"
    passwords: Passwords = "settable"
    credentials = (
        (
            Setting("user", "an account with profile data admin and privilege admin"),
            Setting("password", "its password"),
        ),
        (Setting("token", "an access token made beforehand; it lives for 24 hours"),),
    )
    options = (
        Setting("fallback_role", "the role that sees the least, held when no other is", required=True),
        Setting(
            "privilege",
            "what every user may do",
            default="read",
            choices=("read", "read write", "admin"),
        ),
        Setting("profile", "every user's profile", default="developer", choices=("developer", "data admin")),
        Setting("ldap", "users log in through LDAP: no password is sent", bool, default=False),
        Setting(
            "roles_in_put",
            "send the roles with every update, for a server that takes them away when they are left out",
            bool,
            default=False,
        ),
        Setting("known_roles", "the roles that exist; a group of another name is refused", list, default=[]),
    )
    user_fields: ClassVar[Readers] = {"comment": full_name}
    group_fields: ClassVar[Readers] = {"name": display_name}

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        if self.option["ldap"]:
            self.passwords = "none"  # theirs are in the LDAP directory

    def user(self, document: Document, roles: frozenset[str], password: str | None = None) -> User:
        email = self.user_key(document)
        fields = {
            "email": email.lower(),
            "privilege": self.option["privilege"],
            "profile": self.option["profile"],
            "comment": full_name(document),
        }
        return User(email, fields, roles or frozenset({self.option["fallback_role"]}), password)

    def login(self) -> Flow[Login]:
        token = self.secrets.get("token")
        if token is None:
            account = (self.secrets["user"], self.secrets["password"])
            answer = yield Call("POST", ("ds-api", "user-token"), "get access token", basic_auth=account)
            token = text(answer, "user-token")
        return Login({"user-token": token})

    def check(self) -> Flow[str]:
        users = yield Call("GET", USERS, "list users", planned=[])
        return f"{len(users)} users"

    # -- users

    def create_user(self, user: User) -> Flow[None]:
        body = {**_written(user.fields), "roles": sorted(user.roles)}
        if self.option["ldap"]:
            body["ldap"] = True
        else:
            body["password"] = user.password or random_password()
        yield Call("POST", (*USERS, user.key), "create user", json=body, repeatable=False)
        yield Applied(user.key, user.fields, roles_added=user.roles)

    def update_user(self, user: User, change: Change) -> Flow[None]:
        if change.fields.get("email", str(user.vendor_id).lower()) != str(user.vendor_id).lower():
            raise Unsupported("Datasentinel knows a user by the e-mail address: it cannot be changed")
        path = (*USERS, str(user.vendor_id))
        for role in sorted(change.roles_added):  # before any is taken: without a role a user sees everything
            yield from self._assign(path, role)
        for role in sorted(change.roles_removed):
            yield from self._remove(path, role)
        if change.fields or change.password is not None:
            yield from self._write(path, user, change)

    def delete_user(self, vendor_id: str) -> Flow[None]:
        yield Call("DELETE", (*USERS, vendor_id), "delete user")

    def find_user(self, user: User) -> Flow[User | None]:
        key = user.vendor_id or user.key
        try:
            found = yield Call("GET", (*USERS, key), "read user", planned={"roles": []})
        except NotFound:
            return None
        fields = {name: found.get(name) for name in ("privilege", "profile", "comment")}
        fields["email"] = str(found.get("email", key)).lower()
        return User(key, fields, frozenset(found["roles"]), vendor_id=key)

    # -- groups

    def create_group(self, group: Group) -> Flow[None]:
        known = self.option["known_roles"]
        if known and group.key not in known:
            raise Rejected(f"Datasentinel has no role {group.key!r}, and its API cannot make one")
        yield Applied(group.key, group.fields)

    rename_group = unsupported("Datasentinel's API cannot rename a role: make a group for the other role")

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

    # -- roles and properties of one user

    def _roles(self, path: tuple[str, ...]) -> Flow[list[str]]:
        try:
            found = yield Call("GET", path, "read user", planned={"roles": []})
        except NotFound:
            return []
        roles: list[str] = found["roles"]
        return roles

    def _assign(self, path: tuple[str, ...], role: str) -> Flow[None]:
        try:
            yield Call("POST", (*path, "role", role), "assign role")
        except Conflict as refusal:  # assigned already, it should mean; not documented: look
            if role not in (yield from self._roles(path)):
                raise Rejected(refusal.detail, status=refusal.status) from refusal
        yield Applied(roles_added=frozenset({role}))

    def _remove(self, path: tuple[str, ...], role: str) -> Flow[None]:
        try:
            yield Call("DELETE", (*path, "role", role), "remove role")
        except (NotFound, Conflict) as refusal:  # not assigned, it should mean; not documented: look
            if role in (yield from self._roles(path)):
                raise Rejected(refusal.detail, status=refusal.status) from refusal
        yield Applied(roles_removed=frozenset({role}))

    def _write(self, path: tuple[str, ...], user: User, change: Change) -> Flow[None]:
        body = _written(user.fields)  # all of them: what is left out may fall back to admin
        if self.option["roles_in_put"]:
            body["roles"] = sorted(user.roles)
        if change.password is not None:
            body["password"] = change.password
        yield Call("PUT", path, "update user", json=body)
        yield Applied(fields=change.fields)


def _written(fields: MappingABC[str, Any]) -> dict[str, Any]:
    """Return the fields that go into a body; the e-mail address goes into the path."""
    return {name: value for name, value in fields.items() if name != "email"}


MAPPING = Datasentinel
