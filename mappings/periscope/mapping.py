"""Periscope Data (Sisense for Cloud Data Teams): the User & Role Management API for sites with RBAC.

A SCIM User is a user, a SCIM Group is a role. A user's roles can only be written as a whole list.
https://community.sisense.com/t5/knowledge/user-role-management-api-call-examples-in-python-rbac/ta-p/9016
"""

from __future__ import annotations

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
    Readers,
    Rejected,
    Setting,
    Unknown,
    User,
    VendorError,
    at_once,
)
from mappings.accounts import find
from mappings.answers import identifier
from mappings.readers import display_name, family_name, given_name, primary_email, provenance

USERS = ("api", "v2", "users")
ROLES = ("api", "v1", "roles")
CONTENT_TYPE = {"Content-Type": "application/json"}
REAL_WRITE = {"test_mode": "false"}  # the document's own examples say true, which writes nothing


class Periscope(mappings.Mapping):
    """Users and roles of one Periscope site."""

    vendor = "periscope"
    title = "Periscope Data"
    documents = (
        "https://community.sisense.com/t5/knowledge/user-role-management-api-call-examples-in-python-rbac/ta-p/9016"
    )
    group_word = "role"
    passwords = "none"
    credentials = (
        (
            Setting("site", "the site's name, the host part of a dashboard's address"),
            Setting("api_key", "the site's API key, from Billing and Authentication"),
        ),
    )
    options = (
        Setting("invited_by_email", "the site admin in whose name users are invited", required=True),
        Setting("created_by_email", "the site admin in whose name roles are made; default: invited_by_email"),
        Setting(
            "roles",
            "keep: roles given by hand survive (a read before each write); exact: the IdP is the only source",
            default="keep",
            choices=("keep", "exact"),
        ),
    )
    user_fields: ClassVar[Readers] = {
        "email": primary_email,
        "first_name": given_name,
        "last_name": family_name,
    }
    group_fields: ClassVar[Readers] = {"name": display_name, "description": provenance}

    def login(self) -> Flow[Login]:
        key = f"{self.secrets['site']}:{self.secrets['api_key']}"
        return at_once(Login({"HTTP-X-PARTNER-AUTH": key, **CONTENT_TYPE}))

    def check(self) -> Flow[str]:
        users = yield from self._users()
        return f"{len(users)} users"

    # -- users

    def create_user(self, user: User) -> Flow[None]:
        body = {
            **user.fields,
            "roles": sorted(user.roles),
            "invited_by_email": self.option["invited_by_email"],
        }
        try:
            answer = yield Call(
                "POST",
                USERS,
                "create user",
                json=body,
                query=REAL_WRITE,
                repeatable=False,
                planned={"id": "(new)"},
            )
        except Rejected as refusal:  # how a duplicate is refused is not documented: look
            raise (yield from self._why(refusal, self.find_user(user), user.key)) from refusal
        vendor_id = yield from self._new_id(_one(answer, "user"), self.find_user(user), user.key)
        yield Applied(vendor_id, user.fields, roles_added=user.roles)

    def update_user(self, user: User, change: Change) -> Flow[None]:
        body = dict(change.fields)
        if change.roles_added or change.roles_removed:
            body["roles"] = yield from self._whole_list(user, change)
        try:
            yield self._put(user, body)
        except Rejected as refusal:  # a list that was read may hold roles that exist no more
            yield self._put(user, (yield from self._without_dead_roles(body, change, refusal)))
        yield Applied(user.vendor_id, change.fields, change.roles_added, change.roles_removed)

    def delete_user(self, vendor_id: str) -> Flow[None]:
        yield Call("DELETE", (*USERS, vendor_id), "delete user", query=REAL_WRITE, answer="nothing")

    def find_user(self, user: User) -> Flow[User | None]:
        users = yield from self._users()
        return find(map(_user, users), user)

    # -- groups

    def create_group(self, group: Group) -> Flow[None]:
        body = {
            **group.fields,
            "created_by_email": self._admin,
            "privileges": [],
            "permissions": [],
        }
        try:
            answer = yield Call(
                "POST",
                ROLES,
                "create role",
                json=body,
                query=REAL_WRITE,
                repeatable=False,
                planned={"id": "(new)"},
            )
        except Rejected as refusal:
            raise (yield from self._why(refusal, self.find_group(group), group.key)) from refusal
        vendor_id = yield from self._new_id(_one(answer, "role"), self.find_group(group), group.key)
        yield Applied(vendor_id, group.fields)

    def update_group(self, group: Group, change: Change) -> Flow[None]:
        body = {
            **change.fields,
            "updated_by_email": self._admin,
        }  # privileges and permissions stay
        yield Call("PUT", (*ROLES, str(group.vendor_id)), "rename role", json=body, query=REAL_WRITE)
        yield Applied(group.vendor_id, change.fields)

    def delete_group(self, vendor_id: str) -> Flow[None]:
        yield Call("DELETE", (*ROLES, vendor_id), "delete role", query=REAL_WRITE, answer="nothing")

    def find_group(self, group: Group) -> Flow[Group | None]:
        roles = yield from self._roles()
        return find((_group(role) for role in roles if "id" in role), group)

    @property
    def _admin(self) -> str:
        return str(self.option["created_by_email"] or self.option["invited_by_email"])

    # -- what the document leaves to find out

    def _users(self) -> Flow[list[dict[str, Any]]]:
        return (yield from self._listed(USERS, "users"))

    def _roles(self) -> Flow[list[dict[str, Any]]]:
        return (yield from self._listed(ROLES, "roles"))

    def _listed(self, path: tuple[str, ...], name: str) -> Flow[list[dict[str, Any]]]:
        """Read a whole list; that users and roles are paged as dashboards are is not documented."""
        found: list[dict[str, Any]] = []
        query: dict[str, str] = {}
        while True:
            answer = yield Call("GET", path, f"list {name}", query=query, planned={name: []})
            found += _many(answer, name)
            start = answer.get("next_page_start") if isinstance(answer, dict) else None
            if start is None:
                return found
            query = {"next_page_start": str(start)}

    def _whole_list(self, user: User, change: Change) -> Flow[list[str]]:
        if self.option["roles"] == "exact":
            return sorted(user.roles)
        path = (*USERS, str(user.vendor_id))
        answer = yield Call("GET", path, "read user's roles", planned={"roles": []})
        current = {str(role) for role in _one(answer, "user").get("roles", ())}
        return sorted((current | change.roles_added) - change.roles_removed)

    def _new_id(self, answer: dict[str, Any], look: Flow[User | None] | Flow[Group | None], key: str) -> Flow[str]:
        if answer.get("id") is not None:  # not documented
            return identifier(answer)
        created = yield from look
        if created is None:
            raise Unknown(f"{self.title} said that it created {key}, but does not list it")
        return str(created.vendor_id)

    def _put(self, user: User, body: dict[str, Any]) -> Call:
        return Call("PUT", (*USERS, str(user.vendor_id)), "update user", json=body, query=REAL_WRITE)

    def _without_dead_roles(self, body: dict[str, Any], change: Change, refusal: Rejected) -> Flow[dict[str, Any]]:
        roles = (yield from self._roles()) if "roles" in body else []
        alive = {str(role["id"]) for role in roles if "id" in role}
        if not alive or not change.roles_added <= alive or alive.issuperset(body["roles"]):
            raise refusal
        return {**body, "roles": [role for role in body["roles"] if role in alive]}

    def _why(self, refusal: Rejected, look: Flow[User | None] | Flow[Group | None], key: str) -> Flow[VendorError]:
        found = yield from look
        return refusal if found is None else Conflict(f"{self.title} already has {key}: {refusal.detail}")


def _one(answer: Any, name: str) -> dict[str, Any]:
    """Return the object of an answer whose wrapping is not documented: bare, or under its name."""
    inner = answer.get(name, answer) if isinstance(answer, dict) else {}
    return inner if isinstance(inner, dict) else {}


def _many(answer: Any, name: str) -> list[dict[str, Any]]:
    """Return the list of an answer whose wrapping is not documented: bare, or under its name."""
    return answer.get(name, []) if isinstance(answer, dict) else list(answer)


def _user(found: dict[str, Any]) -> User:
    fields = {name: found.get(name, "") for name in Periscope.user_fields}
    roles = frozenset(str(role) for role in found.get("roles", ()))
    return User(str(found.get("email", "")), fields, roles, vendor_id=identifier(found))


def _group(found: dict[str, Any]) -> Group:
    fields = {name: found.get(name) or "" for name in Periscope.group_fields}
    return Group(found["name"], fields, vendor_id=identifier(found))


MAPPING = Periscope
