"""Squirro's projects and workspaces in the sandbox, and who has which role there."""

import re
from typing import Any

from mappings.sandbox_calls import RefusedError, UndocumentedError
from mappings.squirro.sandbox_access import TENANT, AccessSandbox, is_set

PERMISSIONS = {
    "reader": ["items.read.*", "projects.read.*", "sources.read.*"],
    "member": ["items.*", "projects.read.*", "projects.write.*", "sources.*"],
    "admin": ["items.*", "projects.*", "sources.*"],
}


class SpacesSandbox(AccessSandbox):
    """Projects have users and groups as members, workspaces have users, and groups and projects of their own.

    A workspace's domain is a tenant: the groups that a call sees and makes are those of the tenant in its path.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._groups: dict[str, dict[str, Any]] = {}
        self.projects: dict[str, dict[str, Any]] = {}
        self.workspaces: dict[str, dict[str, Any]] = {}

    def find_tenant(self, tenant: str) -> None:
        """Check the tenant; a workspace's domain is one too."""
        if tenant != TENANT and tenant not in self.workspaces:
            raise RefusedError(404, "No such tenant")
        self.tenant = tenant

    # Projects

    def find_project(self, project_id: str) -> dict[str, Any]:
        """Find a project by its id."""
        if project_id not in self.projects:
            raise RefusedError(404, "No such project")
        return self.projects[project_id]

    def get_projects(self) -> list[dict[str, str]]:
        """Show every project."""
        return [_named(project, "id") for project in self.projects.values()]

    def get_project_members(self, project: dict[str, Any]) -> dict[str, Any]:
        """Show the users and groups of a project."""
        return {"members": [self._project_member(project, member_id) for member_id in project["members"]]}

    def add_project_member(self, project: dict[str, Any], body: dict[str, str]) -> dict[str, Any]:
        """Add a user or a group, and not both."""
        if ("user_id" in body) == ("group_id" in body):
            raise UndocumentedError(400, "one of user_id and group_id is required")
        member_id = body.get("user_id") or body.get("group_id", "")
        if member_id not in (self._accounts if "user_id" in body else self._groups):
            raise RefusedError(404, "No such user or group")
        if member_id in project["members"]:
            raise RefusedError(409, "Already a member")
        project["members"][member_id] = body["role"]
        return self._project_member(project, member_id)

    def update_project_member(
        self, project: dict[str, Any], member_id: str, body: dict[str, str]
    ) -> dict[str, Any]:
        """Change a member's role."""
        if member_id not in project["members"]:
            raise RefusedError(404, "No such member")
        project["members"][member_id] = body["role"]
        return self._project_member(project, member_id)

    def delete_project_member(self, project: dict[str, Any], member_id: str) -> None:
        """Remove a member."""
        if project["members"].pop(member_id, None) is None:
            raise RefusedError(404, "No such member")

    def _project_member(self, project: dict[str, Any], member_id: str) -> dict[str, Any]:
        role = project["members"][member_id]
        held = {"member_id": member_id, "project_role": role, "project_id": project["id"]}
        held["permissions"] = PERMISSIONS[role]
        if member_id in self._groups:
            return {"name": self._groups[member_id]["name"], "member_type": "group", **held}
        user = self._accounts[member_id]
        names = {"email": user["email"], "full_name": user["full_name"], "server_role": user["role"]}
        return {**names, "member_type": "user", **held}

    # Workspaces

    def find_workspace(self, domain: str) -> dict[str, Any]:
        """Find a workspace by its domain."""
        if domain not in self.workspaces:
            raise RefusedError(404, "No such workspace")
        return self.workspaces[domain]

    def get_workspaces(self, include_projects: str = "false", admin_only: str = "false") -> list[dict[str, Any]]:
        """Show the workspaces, or those where the caller is an admin."""
        return [
            {**_named(workspace, "domain"), **self._projects_in(workspace, include_projects)}
            for workspace in self.workspaces.values()
            if not is_set(admin_only) or workspace["users"].get(self.caller["id"]) == "admin"
        ]

    def create_workspace(self, body: dict[str, str]) -> dict[str, str]:
        """Make a workspace whose admin is the caller; its domain comes from the title."""
        domain = re.sub("[^a-z0-9]+", "-", body["title"].lower()).strip("-")
        if not domain or domain in self.workspaces:
            raise RefusedError(409, "There is a workspace of this title")
        self._store_workspace(domain, body["title"], {self.caller["id"]: "admin"})
        return {"domain": domain, "title": body["title"]}

    def delete_workspace(self, workspace: dict[str, Any]) -> None:
        """Delete a workspace."""
        del self.workspaces[workspace["domain"]]

    def get_workspace_users(self, workspace: dict[str, Any]) -> list[dict[str, Any]]:
        """Show the users of a workspace."""
        users = [(self._accounts[user_id], role) for user_id, role in workspace["users"].items()]
        return [
            {"id": user["id"], "email": user["email"], "role": role, "full_name": user["full_name"]}
            for user, role in users
        ]

    def add_workspace_users(self, workspace: dict[str, Any], body: dict[str, Any]) -> list[dict[str, str]]:
        """Give users a role, by `emails` or by `user_id`; one they have already is changed."""
        if ("user_id" in body) == ("emails" in body):
            raise UndocumentedError(400, "one of user_id and emails is required")
        wanted = [body["user_id"]] if "user_id" in body else body["emails"]
        key = "id" if "user_id" in body else "email"
        users = [user["id"] for user in self._accounts.values() if user[key] in wanted]
        if len(users) != len(set(wanted)):
            raise RefusedError(404, "No such user")
        workspace["users"].update(dict.fromkeys(users, body["role"]))
        return [{"user_id": user_id, "workspace": workspace["domain"]} for user_id in users]

    def delete_workspace_user(self, workspace: dict[str, Any], user: dict[str, Any]) -> None:
        """Take a user out of a workspace."""
        if workspace["users"].pop(user["id"], None) is None:
            raise RefusedError(404, "Not in the workspace")

    def _projects_in(self, workspace: dict[str, Any], include_projects: str) -> dict[str, Any]:
        if not is_set(include_projects):
            return {}
        inside = [each for each in self.projects.values() if each["workspace"] == workspace["domain"]]
        return {"projects": [_named(project, "id") for project in inside]}

    def _store_workspace(self, domain: str, title: str, users: dict[str, str]) -> None:
        self.workspaces[domain] = {"domain": domain, "title": title, "users": users}

    def _forget_places(self, member_id: str) -> None:
        for project in self.projects.values():
            project["members"].pop(member_id, None)
        for workspace in self.workspaces.values():
            workspace["users"].pop(member_id, None)


def _named(place: dict[str, Any], key: str) -> dict[str, str]:
    return {key: place[key], "title": place["title"]}
