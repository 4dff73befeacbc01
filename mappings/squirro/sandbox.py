"""Squirro's user API, emulated from https://docs.squirro.com (UserApiMixin, Authentication, Common Status).

The document gives Python methods; their paths and forms are those that the vendor's published client sends.
"""

import json
import re
from typing import Any, ClassVar

from mappings.sandbox_calls import Operation, RefusedError
from mappings.sandbox_offers import Offer
from mappings.squirro.sandbox_access import REFRESH_TOKEN, TENANT, is_set
from mappings.squirro.sandbox_operations import OPERATIONS
from mappings.squirro.sandbox_spaces import SpacesSandbox

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SHOWN = ("email", "full_name", "id", "role", "role_permissions", "tenant")


class SquirroSandbox(SpacesSandbox):
    """Users belong to the tenant; groups, projects and workspaces refer to them by id.

    Access tokens live `token_seconds` and, for tests of renewal, `token_calls`. `client` is the id and secret
    that a token exchange must show, if any. `unique_group_names`: whether a second group of one name is
    refused, which the document leaves open.
    """

    vendor: ClassVar[str] = "squirro"
    offer: ClassVar = Offer("entitlements", "workspace:project-1:member", "Project 1 (member)")
    operations: ClassVar[tuple[Operation, ...]] = OPERATIONS

    def __init__(self, *, unique_group_names: bool = True, **settings: Any) -> None:
        super().__init__(**settings)
        self._unique_group_names = unique_group_names
        service = self._store_user(self._new_id(), "service@acme.example", "admin", "Service Account")
        user = self._store_user("H5Qv-WhgSBGW0WL8xolSCQ", "user1@acme.example", "user", "User 1")
        self._grant(service["id"], "service", REFRESH_TOKEN)
        self._store_group("1jo-WmmyRvC8UYtPMIQaoQ", "Team East", [user["id"]])
        project = "2sic33jZTi-ifflvQAVcfw"
        sales = {"title": "Sales", "workspace": "project-1", "members": {user["id"]: "reader"}}
        self.projects[project] = {"id": project, **sales}
        self._store_workspace("other-project", "Other Project", {service["id"]: "member"})
        self._store_workspace("project-1", "Project 1", {service["id"]: "admin"})

    def list_users(self) -> list[dict[str, Any]]:
        """See `Sandbox.users`; `fields` also has the roles in projects and workspaces."""
        return [
            {
                "id": user["id"],
                "key": user["email"],
                "fields": {
                    **self._shown(user),
                    "project_roles": self._held(user["id"], self.projects, "members"),
                    "workspace_roles": self._held(user["id"], self.workspaces, "users"),
                },
                "roles": [group["name"] for group in self._groups_of(user)],
                "grants": [
                    *self._granted(user["id"], self.projects, "members"),
                    *self._granted(user["id"], self.workspaces, "users"),
                ],
            }
            for user in self._accounts.values()
        ]

    def list_groups(self) -> list[dict[str, Any]]:
        """See `Sandbox.groups`; `projects` are the roles that the group has in projects."""
        return [
            {
                "id": group["id"],
                "name": group["name"],
                "members": [self._accounts[user_id]["email"] for user_id in group["members"]],
                "projects": self._held(group["id"], self.projects, "members"),
            }
            for group in self._groups.values()
        ]

    # Users

    def find_user(self, user_id: str) -> dict[str, Any]:
        """Find an account by its id."""
        if user_id not in self._accounts:
            raise RefusedError(404, "No such user")
        return self._accounts[user_id]

    def get_users(self, include_config: str = "true") -> dict[str, Any]:
        """Show every user, with configuration unless told otherwise."""
        extra: dict[str, Any] = {"config": {}} if is_set(include_config) else {}
        return {"users": [{**self._shown(user), **extra} for user in self._accounts.values()]}

    def get_user(self, user: dict[str, Any], include_projects: str = "false") -> dict[str, Any]:
        """Show one user with any custom value and the groups in the tenant of the call."""
        if self.tenant in self.workspaces and user["id"] not in self.workspaces[self.tenant]["users"]:
            raise RefusedError(404, "No such user")
        mine = [group for group in self._groups_of(user) if group["tenant"] == self.tenant]
        groups = [{"id": group["id"], "name": group["name"]} for group in mine]
        return {**self._shown(user), "groups": groups, **self._projects_of(user["id"], include_projects)}

    def create_user(self, body: dict[str, str]) -> dict[str, Any]:
        """Make a user of the tenant."""
        self._check_email(body["email"], None)
        if "password" in body:
            self._check_password(body["password"])
        user = self._store_user(self._new_id(), body["email"], body.get("role", "user"), None)
        if "password" in body:
            self._passwords[user["id"]] = body["password"]
        return self._shown(user)

    def update_user(self, user: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """Keep any value; who the user is cannot change."""
        if any(body.get(name, user[name]) != user[name] for name in ("id", "tenant")):
            raise RefusedError(400, "id and tenant cannot change")
        self._check_email(body.get("email", user["email"]), user)
        user.update(body)
        return self._shown(user)

    def delete_user(self, user: dict[str, Any]) -> None:
        """Delete a user other than the caller, with every membership and grant."""
        if user is self.caller:
            raise RefusedError(403, "One cannot delete oneself")
        del self._accounts[user["id"]]
        self._forget_access(user["id"])
        self._forget_places(user["id"])
        for group in self._groups_of(user):
            group["members"].remove(user["id"])

    # Groups

    def find_group(self, group_id: str) -> dict[str, Any]:
        """Find a group of the tenant by its id."""
        if group_id not in self._groups or self._groups[group_id]["tenant"] != self.tenant:
            raise RefusedError(404, "No such group")
        return self._groups[group_id]

    def get_groups(self) -> list[dict[str, Any]]:
        """Show every group of the tenant with its members."""
        return [self.get_group(group) for group in self._groups.values() if group["tenant"] == self.tenant]

    def get_group(self, group: dict[str, Any], include_projects: str = "false") -> dict[str, Any]:
        """Show one group with its members."""
        members = [self._shown(self._accounts[user_id], _SHOWN) for user_id in group["members"]]
        shown = {"id": group["id"], "name": group["name"]}
        return {**shown, "members": members, **self._projects_of(group["id"], include_projects)}

    def create_group(self, body: dict[str, str]) -> dict[str, Any]:
        """Make a group, with members if given."""
        self._check_name(body["name"], None)
        return self.get_group(self._store_group(self._new_id(), body["name"], self._members(body)))

    def update_group(self, group: dict[str, Any], body: dict[str, str]) -> dict[str, Any]:
        """Rename; `members` are added and `projects` become readable, as the document words it."""
        self._check_name(body["name"], group)
        added = self._members(body)
        projects = [self.find_project(each["id"]) for each in json.loads(body.get("projects", "[]"))]
        group["name"] = body["name"]
        group["members"] = list(dict.fromkeys([*group["members"], *added]))
        for project in projects:
            project["members"].setdefault(group["id"], "reader")
        return self.get_group(group)

    def delete_group(self, group: dict[str, Any]) -> None:
        """Delete a group and its memberships."""
        del self._groups[group["id"]]
        self._forget_places(group["id"])

    def add_group_member(self, group: dict[str, Any], body: dict[str, str]) -> dict[str, Any]:
        """Add a user and show it."""
        user = self.find_user(body["user_id"])
        if user["id"] in group["members"]:
            raise RefusedError(409, "Already a member")
        group["members"].append(user["id"])
        return self._shown(user, _SHOWN)

    def delete_group_member(self, group: dict[str, Any], user: dict[str, Any]) -> None:
        """Remove a member."""
        if user["id"] not in group["members"]:
            raise RefusedError(404, "Not a member")
        group["members"].remove(user["id"])

    # Rules

    def _check_email(self, email: str, user: dict[str, Any] | None) -> None:
        if not _EMAIL.fullmatch(email):
            raise RefusedError(400, f"{email} is not an e-mail address")
        for other in self._accounts.values():
            if other is not user and other["email"].casefold() == email.casefold():
                raise RefusedError(409, f"{email} exists")

    def _check_name(self, name: str, group: dict[str, Any] | None) -> None:
        others = (each for each in self._groups.values() if each["tenant"] == self.tenant and each is not group)
        taken = any(other["name"] == name for other in others)
        if not name or (taken and self._unique_group_names):
            raise RefusedError(409 if taken else 400, f"A group cannot be named '{name}'")

    def _members(self, body: dict[str, str]) -> list[str]:
        members = [self.find_user(each["id"])["id"] for each in json.loads(body.get("members", "[]"))]
        return list(dict.fromkeys(members))

    def _groups_of(self, user: dict[str, Any]) -> list[dict[str, Any]]:
        return [group for group in self._groups.values() if user["id"] in group["members"]]

    def _projects_of(self, member_id: str, include_projects: str) -> dict[str, Any]:
        if not is_set(include_projects):
            return {}
        held = [project for project in self.projects.values() if member_id in project["members"]]
        return {"projects": [{"id": project["id"], "title": project["title"]} for project in held]}

    def _held(self, user_id: str, places: dict[str, Any], who: str) -> dict[str, str]:
        return {key: place[who][user_id] for key, place in places.items() if user_id in place[who]}

    def _granted(self, user_id: str, places: dict[str, Any], who: str) -> list[str]:
        return [f"{places[key]['title']} ({role})" for key, role in self._held(user_id, places, who).items()]

    def _shown(self, user: dict[str, Any], names: tuple[str, ...] = ()) -> dict[str, Any]:
        shown = {**user, "role_permissions": [user["role"]]}
        return {name: shown[name] for name in names or shown}

    def _store_user(self, user_id: str, email: str, role: str, full_name: str | None) -> dict[str, Any]:
        user = {"email": email, "full_name": full_name, "id": user_id, "role": role, "tenant": TENANT}
        self._accounts[user_id] = user
        return user

    def _store_group(self, group_id: str, name: str, members: list[str]) -> dict[str, Any]:
        self._groups[group_id] = {"id": group_id, "name": name, "members": members, "tenant": self.tenant}
        return self._groups[group_id]


SANDBOX = SquirroSandbox
