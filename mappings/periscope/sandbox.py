"""Periscope's Users & Roles API for RBAC, emulated from the vendor's call examples.

https://community.sisense.com/t5/knowledge/user-role-management-api-call-examples-in-python-rbac/ta-p/9016

The page shows requests and no answers: that an answer holds the whole object, that an error is
`{"error": …}` and which status it has is assumed. Every field that an example sends to create something is
taken to be required.
"""

from copy import deepcopy
from typing import Any, ClassVar, Literal
from uuid import UUID

from werkzeug.wrappers import Request

from mappings.sandbox import Sandbox
from mappings.sandbox_calls import JSON, NOTHING, Operation, RefusedError
from mappings.sandbox_fields import TEXT, Fields, list_of, one_of, record
from mappings.sandbox_offers import Offer

ADMINISTRATOR = "0000-admin-1111-id"
EVERYONE = "0000-everyone-1111-id"
BUILT_IN = (ADMINISTRATOR, EVERYONE)
SITE_ADMIN = "admin@acme.example"
_ADMIN_ID = "0000-admin-1111-user-id"

_USER = {"first_name": TEXT, "last_name": TEXT, "email": TEXT, "roles": list_of(TEXT)}
_SEED = (
    (_ADMIN_ID, "Site", "Admin", SITE_ADMIN, [ADMINISTRATOR]),
    ("0000-test-1111-user-id", "MyFirstName", "MyLastName", "user@acme.example", ["0000-test-1111-role-id"]),
)
_PRIVILEGE = {"object_type": TEXT, "permissions": list_of(TEXT)}
_ROLE = {
    "name": TEXT,
    "description": TEXT,
    "privileges": list_of(record(Fields(_PRIVILEGE))),
    "permissions": list_of(record(Fields({**_PRIVILEGE, "object_id": TEXT}))),
}
_WRITE = Fields(optional={"test_mode": one_of("true", "false")})
_PAGE = Fields(optional={"next_page_start": TEXT})


def _read(path: str, handler: str, query: Fields = NOTHING) -> Operation:
    return Operation("GET", path, handler, query=query, content_type=JSON)


def _write(method: str, path: str, handler: str, body: Fields | None = None) -> Operation:
    return Operation(method, path, handler, body=body, query=_WRITE, content_type=JSON)


class PeriscopeSandbox(Sandbox):
    """Membership lives on the user, as role ids; the site key never expires.

    `role_in_use`: what deleting a role does about the users who hold it, which the document leaves open:
    "strip" takes it off them, "refuse" answers 400, "dangle" leaves its id behind. The list of dashboards
    comes in pages of `dashboards_per_page`. `tells_ids`: whether the answer to a create holds the new id.
    `hides_ids`: whether a role shows no id in the list until a dashboard was once added to it, as was seen.
    """

    vendor: ClassVar[str] = "periscope"
    offer: ClassVar = Offer("roles", "myExistingRole", "myExistingRole")
    operations: ClassVar[tuple[Operation, ...]] = (
        _read("/api/v2/users", "get_users"),
        _read("/api/v2/users/{user}", "get_user"),
        _write("POST", "/api/v2/users", "create_user", Fields({**_USER, "invited_by_email": TEXT})),
        _write("PUT", "/api/v2/users/{user}", "update_user", Fields(optional=_USER)),
        _write("DELETE", "/api/v2/users/{user}", "delete_user"),
        _read("/api/v1/roles", "get_roles"),
        _read("/api/v1/role/{role}", "get_role"),
        _write("POST", "/api/v1/roles", "create_role", Fields({**_ROLE, "created_by_email": TEXT})),
        _write("PUT", "/api/v1/roles/{role}", "update_role", Fields({"updated_by_email": TEXT}, _ROLE)),
        _write("DELETE", "/api/v1/roles/{role}", "delete_role"),
        _read("/api/v1/dashboards", "get_dashboards", _PAGE),
    )

    def __init__(
        self,
        *,
        role_in_use: Literal["strip", "refuse", "dangle"] = "strip",
        dashboards_per_page: int = 100,
        tells_ids: bool = True,
        hides_ids: bool = False,
        **frame: Any,
    ) -> None:
        super().__init__(**frame)
        self.credentials = {"site": "acme", "api_key": "sandbox-api-key"}
        self.options = {"invited_by_email": SITE_ADMIN}
        self.dashboards = [
            {"id": "0000-dashboard-1111-id", "name": "Sales"},
            {"id": self._new_id(), "name": "Costs"},
        ]
        self._role_in_use = role_in_use
        self._per_page = dashboards_per_page
        self._tells_ids = tells_ids
        self._hides_ids = hides_ids
        self._hidden: set[str] = set()
        self._roles: dict[str, dict[str, Any]] = {}
        self._accounts: dict[str, dict[str, Any]] = {}
        self._store_role(ADMINISTRATOR, {"name": "Administrator"})
        self._store_role("0000-test-1111-role-id", {"name": "myExistingRole", "description": "testing"})
        self._store_role(EVERYONE, {"name": "Everyone"})
        for user_id, *values in deepcopy(_SEED):
            self._accounts[user_id] = {"id": user_id, **dict(zip(_USER, values, strict=True))}

    def list_users(self) -> list[dict[str, Any]]:
        """See `Sandbox.users`."""
        return [
            {
                "id": user["id"],
                "key": user["email"],
                "fields": user,
                "roles": [self._roles.get(role, {"name": role})["name"] for role in user["roles"]],
            }
            for user in self._accounts.values()
        ]

    def list_groups(self) -> list[dict[str, Any]]:
        """See `Sandbox.groups`."""
        return [
            {
                "id": role["id"],
                "name": role["name"],
                "members": [user["email"] for user in self._holders(role)],
            }
            for role in self._roles.values()
        ]

    # Access

    def authenticate(self, request: Request) -> None:
        """Admit the site's key."""
        expected = f"{self.credentials['site']}:{self.credentials['api_key']}"
        if request.headers.get("HTTP-X-PARTNER-AUTH") != expected:
            raise RefusedError(401, "Unauthorized")

    def perform(self, operation: Operation, arguments: list[Any], query: dict[str, str]) -> Any:
        """Undo what a call in test mode did, which so has the answer of a real one."""
        if query.pop("test_mode", "false") == "false":
            return super().perform(operation, arguments, query)
        before = deepcopy((self._accounts, self._roles, self._hidden))
        try:
            return super().perform(operation, arguments, query)
        finally:
            self._accounts, self._roles, self._hidden = before

    # Users

    def find_user(self, user_id: str) -> dict[str, Any]:
        """Find an account by its id."""
        if user_id not in self._accounts:
            raise RefusedError(404, "User not found")
        return self._accounts[user_id]

    def get_users(self) -> dict[str, Any]:
        """Show every user."""
        return {"users": list(self._accounts.values())}

    def get_user(self, user: dict[str, Any]) -> dict[str, Any]:
        """Show one user."""
        return user

    def create_user(self, body: dict[str, Any]) -> dict[str, Any]:
        """Invite a user in a site admin's name."""
        self._check_admin(body.pop("invited_by_email"))
        self._check_user(body, None)
        user = {"id": self._new_id(), **body}
        self._accounts[user["id"]] = user
        return self._told(user)

    def update_user(self, user: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """Change what is sent and nothing else; `roles` is the whole list."""
        self._check_user(body, user)
        user.update(body)
        return user

    def delete_user(self, user: dict[str, Any]) -> None:
        """Delete a user other than the site admin that invites."""
        if user["id"] == _ADMIN_ID:
            raise RefusedError(403, "This user cannot be deleted")
        del self._accounts[user["id"]]

    # Roles and dashboards

    def find_role(self, role_id: str) -> dict[str, Any]:
        """Find a role by its id."""
        if role_id not in self._roles:
            raise RefusedError(404, "Role not found")
        return self._roles[role_id]

    def get_roles(self) -> dict[str, Any]:
        """Show every role."""
        return {"roles": [_without_id(role) if id_ in self._hidden else role for id_, role in self._roles.items()]}

    def get_role(self, role: dict[str, Any]) -> dict[str, Any]:
        """Show one role."""
        return role

    def create_role(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make a role in a site admin's name."""
        self._check_admin(body.pop("created_by_email"))
        self._check_role(body, None)
        role = self._store_role(self._new_id(), body)
        if self._hides_ids and not body["permissions"]:
            self._hidden.add(role["id"])
        return self._told(role)

    def update_role(self, role: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """Change what is sent and nothing else, in a site admin's name."""
        self._check_admin(body.pop("updated_by_email"))
        self._check_role(body, role)
        role.update(body)
        if role["permissions"]:
            self._hidden.discard(role["id"])
        return role

    def delete_role(self, role: dict[str, Any]) -> None:
        """Delete a role that is not built in; see `role_in_use`."""
        if role["id"] in BUILT_IN:
            raise RefusedError(403, "This role cannot be deleted")
        if self._role_in_use == "refuse" and self._holders(role):
            raise RefusedError(400, "The role is in use")
        if self._role_in_use == "strip":
            for user in self._holders(role):
                user["roles"].remove(role["id"])
        del self._roles[role["id"]]

    def get_dashboards(self, next_page_start: str = "0") -> dict[str, Any]:
        """Show a page of dashboards, and where the next one starts."""
        if not next_page_start.isdecimal():
            raise RefusedError(400, "next_page_start is unknown")
        end = int(next_page_start) + self._per_page
        page = self.dashboards[int(next_page_start) : end]
        following = str(end) if end < len(self.dashboards) else None
        return {"dashboards": page, "next_page_start": following, "items_this_page": len(page)}

    # Rules

    def _check_admin(self, email: str) -> None:
        user = self._by_email(email)
        if user is None or ADMINISTRATOR not in user["roles"]:
            raise RefusedError(400, f"{email} is not a site admin")

    def _check_user(self, body: dict[str, Any], user: dict[str, Any] | None) -> None:
        holder = self._by_email(body["email"]) if "email" in body else None
        if holder is not None and holder is not user:
            raise RefusedError(400, "Email has already been taken")
        for role in body.get("roles", []):
            if role not in self._roles:
                raise RefusedError(400, f"Role {role} does not exist")

    def _check_role(self, body: dict[str, Any], role: dict[str, Any] | None) -> None:
        name = body.get("name")
        if any(other["name"] == name and other is not role for other in self._roles.values()):
            raise RefusedError(400, "Name has already been taken")
        dashboards = {dashboard["id"] for dashboard in self.dashboards}
        for permission in body.get("permissions", []):
            if permission["object_type"] == "Dashboard" and permission["object_id"] not in dashboards:
                raise RefusedError(400, f"Dashboard {permission['object_id']} does not exist")

    def _told(self, made: dict[str, Any]) -> dict[str, Any]:
        return made if self._tells_ids else _without_id(made)

    def _by_email(self, email: str) -> dict[str, Any] | None:
        same = (user for user in self._accounts.values() if user["email"].casefold() == email.casefold())
        return next(same, None)

    def _holders(self, role: dict[str, Any]) -> list[dict[str, Any]]:
        return [user for user in self._accounts.values() if role["id"] in user["roles"]]

    def _new_id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def _store_role(self, role_id: str, body: dict[str, Any]) -> dict[str, Any]:
        self._roles[role_id] = {"id": role_id, "description": "", "privileges": [], "permissions": [], **body}
        return self._roles[role_id]


def _without_id(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name != "id"}


SANDBOX = PeriscopeSandbox
