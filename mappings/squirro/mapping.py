"""Squirro: the user API.

A SCIM User is a user, a SCIM Group is a group. Creating a user takes two calls, since the first carries no name.
https://docs.squirro.com/en/latest/technical/api/squirro_client/sc-api-user.html
The HTTP form of each documented method is the one that the vendor's published client uses.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

import mappings
from mappings import (
    Applied,
    Call,
    Change,
    Conflict,
    Flow,
    Group,
    Login,
    NotFound,
    Readers,
    Rejected,
    Setting,
    User,
    Variable,
)
from mappings.accounts import find
from mappings.answers import identifier, text
from mappings.passwords import random_password
from mappings.readers import display_name, full_name, primary_email

V0 = ("api", "user", "v0", Variable("tenant"))
V1 = ("api", "user", "v1", Variable("tenant"))
JSON = {"Accept": "application/json"}


class Squirro(mappings.Mapping):
    """Users and groups of one Squirro tenant."""

    vendor = "squirro"
    title = "Squirro"
    documents = "https://docs.squirro.com/en/latest/technical/api/squirro_client/sc-api-user.html"
    group_word = "group"
    passwords = "initial"
    credentials = (
        (
            Setting("refresh_token", "a refresh token of a tenant administrator"),
            Setting("client_id", "the client id, where the cluster asks for one", default=""),
            Setting("client_secret", "the client secret, where the cluster asks for one", default=""),
        ),
    )
    options = (
        Setting(
            "role",
            "every user's server role",
            default="reader",
            choices=("admin", "user", "demo", "reader"),
        ),
    )
    user_fields: ClassVar[Readers] = {
        "email": primary_email,
        "full_name": full_name,
    }
    group_fields: ClassVar[Readers] = {"name": display_name}

    def user(self, document: mappings.Document, roles: frozenset[str], password: str | None = None) -> User:
        user = super().user(document, roles, password)
        return User(user.key, {**user.fields, "role": self.option["role"]}, roles, password)

    def login(self) -> Flow[Login]:
        given = {name: value for name, value in self.secrets.items() if value}
        form = {"grant_type": "refresh_token", **given}
        answer = yield Call("POST", ("api", "user", "oauth2", "token"), "get access token", form=form, headers=JSON)
        bearer = {"Authorization": f"Bearer {text(answer, 'access_token')}", **JSON}
        return Login(bearer, {"tenant": identifier(answer, "tenant")})

    def check(self) -> Flow[str]:
        users = yield from self._users()
        return f"{len(users)} users"

    # -- users

    def create_user(self, user: User) -> Flow[None]:
        first = {"email": user.fields["email"], "role": user.fields["role"]}
        body = {**first, "password": user.password or random_password()}
        answer = yield Call(
            "POST", (*V0, "users"), "create user", json=body, repeatable=False, planned={"id": "(new)"}
        )
        vendor_id = identifier(answer)
        yield Applied(vendor_id, first)
        rest = {name: value for name, value in user.fields.items() if name not in first}
        created = User(user.key, user.fields, user.roles, vendor_id=vendor_id)
        yield from self.update_user(created, Change(rest, roles_added=user.roles))

    def update_user(self, user: User, change: Change) -> Flow[None]:
        vendor_id = str(user.vendor_id)
        for group in sorted(change.roles_removed):
            yield from self._leave(group, vendor_id)
        if change.fields:
            yield Call("PUT", (*V1, "users", vendor_id), "update user", json=dict(change.fields))
            yield Applied(fields=change.fields)
        for group in sorted(change.roles_added):
            yield from self._join(group, vendor_id)

    def delete_user(self, vendor_id: str) -> Flow[None]:
        yield Call("DELETE", (*V0, "users", vendor_id), "delete user", answer="nothing")

    def find_user(self, user: User) -> Flow[User | None]:
        users = yield from self._users()
        return find(map(_user, users), user)

    def created_user(self, sent: User, found: User) -> bool:
        """Compare what the first of the two creating calls carries; the name may not be there yet."""
        name = found.fields["full_name"]
        first = all(found.fields[field] == sent.fields[field] for field in ("email", "role"))
        return first and name in ("", sent.fields["full_name"])

    # -- groups

    def carries_members(self, group: Group) -> bool:
        return True

    def create_group(self, group: Group) -> Flow[None]:
        form = dict(group.fields)
        if group.members:
            form["members"] = json.dumps([{"id": member} for member in sorted(group.members)])
        answer = yield Call(
            "POST", (*V0, "groups"), "create group", form=form, repeatable=False, planned={"id": "(new)"}
        )
        yield Applied(identifier(answer), group.fields, members=group.members)

    def update_group(self, group: Group, change: Change) -> Flow[None]:
        yield Call(
            "PUT", (*V0, "groups", str(group.vendor_id)), "rename group", form=dict(change.fields)
        )  # members stay: they are not sent
        yield Applied(fields=change.fields)

    def delete_group(self, vendor_id: str) -> Flow[None]:
        yield Call("DELETE", (*V0, "groups", vendor_id), "delete group", answer="nothing")

    def find_group(self, group: Group) -> Flow[Group | None]:
        answer = yield Call("GET", (*V0, "groups"), "list groups", planned=[])
        return find(map(_group, answer), group)

    # -- members of a group, and the list of users

    def _users(self) -> Flow[list[dict[str, Any]]]:
        answer = yield Call("GET", (*V0, "users"), "list users", planned={"users": []})
        users: list[dict[str, Any]] = answer["users"]
        return users

    def _is_member(self, group: str, vendor_id: str) -> Flow[bool]:
        try:
            found = yield Call("GET", (*V0, "groups", group), "read group", planned={"members": []})
        except NotFound:
            return False
        return any(str(member["id"]) == vendor_id for member in found["members"])

    def _join(self, group: str, vendor_id: str) -> Flow[None]:
        form = {"user_id": vendor_id}
        try:
            yield Call("POST", (*V0, "groups", group), "add group member", form=form)
        except Conflict as refusal:  # a member already, it should mean; not documented: look
            if not (yield from self._is_member(group, vendor_id)):
                raise Rejected(refusal.detail, status=refusal.status) from refusal
        yield Applied(roles_added=frozenset({group}))

    def _leave(self, group: str, vendor_id: str) -> Flow[None]:
        path = (*V0, "groups", group, "members", vendor_id)
        try:
            yield Call("DELETE", path, "remove group member", answer="nothing")
        except NotFound as refusal:  # no member, it should mean; not documented: look
            if (yield from self._is_member(group, vendor_id)):
                raise Rejected(refusal.detail, status=refusal.status) from refusal
        yield Applied(roles_removed=frozenset({group}))


def _user(found: dict[str, Any]) -> User:
    fields = {name: found.get(name) or "" for name in ("email", "full_name", "role")}
    return User(fields["email"], fields, vendor_id=identifier(found))


def _group(found: dict[str, Any]) -> Group:
    members = frozenset(str(member["id"]) for member in found.get("members", ()))
    return Group(found["name"], {"name": found["name"]}, members, vendor_id=identifier(found))


MAPPING = Squirro
