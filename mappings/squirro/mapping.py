"""Squirro: the user API.

A SCIM User is a user, a SCIM Group is a group or, by its name, a role in a project, in a workspace or on the
server. Creating a user takes two calls, since the first carries no name.
https://docs.squirro.com/en/latest/technical/api/squirro_client/sc-api-user.html
The HTTP form of each documented method is the one that the vendor's published client uses.
"""

from __future__ import annotations

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
    Login,
    NotFound,
    Readers,
    Rejected,
    Setting,
    Settings,
    User,
    Variable,
)
from mappings.accounts import find
from mappings.answers import identifier, text
from mappings.passwords import random_password
from mappings.readers import full_name, primary_email
from mappings.squirro import naming, values
from mappings.squirro.catalogue import SERVER_ROLES, offered, workspaces
from mappings.squirro.groups import Groups
from mappings.squirro.naming import PATTERNS
from mappings.squirro.places import JSON, V0, carry_out, end_grants
from mappings.squirro.roles import ROLES, Move, highest, moves, named, read

V1 = ("api", "user", "v1", Variable("tenant"))


class Squirro(Groups):
    """Users and groups of one Squirro tenant."""

    vendor = "squirro"
    title = "Squirro"
    documents = "https://docs.squirro.com/en/latest/technical/api/squirro_client/sc-api-user.html"
    group_word = "group, or a role in a project, in a workspace or on the server"
    passwords = "initial"
    equal_is_own = frozenset({"Group"})  # a group has a name and members, and nothing that could say whose it is
    tier = "gold"
    role_values = True
    entitlement_values = True
    catalogues: ClassVar = frozenset({"Roles", "Entitlements"})
    calls: ClassVar = {
        "create user": ("create user", "update user"),
        "change name": ("update user",),
        "change e-mail": ("update user",),
        "set password": "the one documented call asks for the current password",
        "deactivate": ("delete user",),
        "reactivate": ("create user", "update user"),
        "delete user": ("delete user",),
        "create group": ("create group",),
        "create group with a member": ("create group",),
        "rename group": ("rename group",),
        "add member": ("add group member",),
        "remove member": ("remove group member",),
        "delete group": ("delete group",),
        "delete group with a member": ("delete group",),
    }
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
            "the server role of every user who is given no higher one",
            default="reader",
            choices=ROLES["server"],
        ),
        Setting(
            "deactivation",
            "what becomes of the account of a user who is not active",
            default="delete",
            choices=("delete", "lock"),
        ),
        *PATTERNS,
        Setting(
            "custom_values",
            "the names of custom values that the IdP may set",
            kind=list,
            default=(),
        ),
        Setting(
            "store_external_id",
            f"whether `externalId` is kept as the custom value `{values.EXTERNAL_ID}`",
            kind=bool,
            default=False,
        ),
        Setting("protected_users", "e-mail addresses of users who are never touched", kind=list, default=()),
        Setting("protected_groups", "names of groups that are never touched", kind=list, default=()),
    )
    user_fields: ClassVar[Readers] = {
        "email": primary_email,
        "full_name": full_name,
    }

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        wrong = naming.problem(self.option) or values.problem(self.option)
        if wrong is not None:
            raise ValueError(wrong)
        self.user_attributes = values.attributes(self.option["custom_values"])

    def user(self, document: Document, roles: frozenset[str], password: str | None = None) -> User:
        user = super().user(document, roles, password)
        return replace(user, fields={**user.fields, "role": self._server_role(roles), **self._values(document)})

    def inactive(self, user: User) -> User | None:
        if self.option["deactivation"] == "delete":
            return None
        lowest = ROLES["server"][-1]
        return replace(user, fields={**user.fields, "role": lowest, values.ACTIVE: False}, roles=frozenset())

    def role_of(self, value: str) -> str | None:
        return named(value)

    def login(self) -> Flow[Login]:
        given = {name: value for name, value in self.secrets.items() if value}
        form = {"grant_type": "refresh_token", **given}
        answer = yield Call("POST", ("api", "user", "oauth2", "token"), "get access token", form=form, headers=JSON)
        bearer = {"Authorization": f"Bearer {text(answer, 'access_token')}", **JSON}
        return Login(bearer, {"tenant": identifier(answer, "tenant")})

    def check(self) -> Flow[str]:
        users = yield from self._users()
        return f"{len(users)} users"

    def roles(self) -> Flow[Sequence[Entry]]:
        return mappings.at_once(SERVER_ROLES)

    def entitlements(self) -> Flow[Sequence[Entry]]:
        return offered((yield from workspaces(with_projects=True)))

    # -- users

    def create_user(self, user: User) -> Flow[None]:
        first = {"email": user.fields["email"], "role": user.fields["role"]}
        body = {**first, "password": user.password or random_password()}
        answer = yield Call(
            "POST", (*V0, "users"), "create user", json=body, repeatable=False, planned={"id": "(new)"}
        )
        vendor_id = identifier(answer)
        empty = {name: "" for name in self._custom_values if user.fields[name] == ""}
        yield Applied(vendor_id, {**first, **empty})
        rest = {name: value for name, value in user.fields.items() if name not in {**first, **empty}}
        created = replace(user, password=None, vendor_id=vendor_id)
        yield from self.update_user(created, Change(rest, roles_added=user.roles))

    def update_user(self, user: User, change: Change) -> Flow[None]:
        everywhere = moves(user, change)
        first = [move for move in everywhere if move.lowers and move.kind != "server"]
        refusals = yield from self._lower(user, first)
        yield from self._write(str(user.vendor_id), change.fields)
        if refusals:
            raise refusals[0]
        for move in everywhere:
            if move not in first:
                yield from self._carry_out(user, move)

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

    # -- parts

    def _lower(self, user: User, lowering: Sequence[Move]) -> Flow[list[Definite]]:
        """Take what is to be taken; a refusal at one place does not save what is held at the others."""
        refusals: list[Definite] = []
        for move in lowering:
            try:
                yield from self._carry_out(user, move)
            except (Rejected, NotFound, Conflict) as refusal:
                refusals.append(refusal)
        return refusals

    def _write(self, vendor_id: str, fields: Document) -> Flow[None]:
        """Write what changed. The mark of a locked account comes once no token works any more, and not before."""
        if fields.get(values.ACTIVE) is False:
            yield from end_grants(vendor_id)
        if fields:
            yield Call("PUT", (*V1, "users", vendor_id), "update user", json=dict(fields))
            yield Applied(fields=fields)

    def _carry_out(self, user: User, move: Move) -> Flow[None]:
        yield from carry_out(user, move)
        yield Applied(roles_added=move.added, roles_removed=move.removed)

    def _server_role(self, held: frozenset[str]) -> str:
        given = (role.name for role in map(read, held) if role.kind == "server")
        return str(highest("server", (self.option["role"], *given)))

    @property
    def _custom_values(self) -> tuple[str, ...]:
        """The names of the custom values that are texts; an empty one is as good as none."""
        own = (values.EXTERNAL_ID,) if self.option["store_external_id"] else ()
        return (*self.option["custom_values"], *own)

    def _values(self, document: Document) -> dict[str, Any]:
        """Return the custom values that a user should have."""
        given = {values.EXTERNAL_ID: document.get("externalId"), **self.extension(document)}
        marks = {values.ACTIVE: True} if self.option["deactivation"] == "lock" else {}
        return {**{name: given.get(name) or "" for name in self._custom_values}, **marks}

    def _users(self) -> Flow[list[dict[str, Any]]]:
        answer = yield Call("GET", (*V0, "users"), "list users", planned={"users": []})
        users: list[dict[str, Any]] = answer["users"]
        return users


def _user(found: dict[str, Any]) -> User:
    fields = {name: found.get(name) or "" for name in ("email", "full_name", "role")}
    return User(fields["email"], fields, vendor_id=identifier(found))


MAPPING = Squirro
