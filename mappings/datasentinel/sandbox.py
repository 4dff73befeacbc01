"""Datasentinel's User API, emulated from https://docs.datasentinel.io (Platform usage, API reference, User).

The document's two traps are kept: a user made without `privilege` is an administrator, and a user without
roles sees everything. How a token is got is on the sibling page, Access Token.
"""

from copy import deepcopy
from itertools import count
from typing import Any, ClassVar, Literal

from werkzeug.wrappers import Request

from mappings.sandbox import Sandbox, Tokens
from mappings.sandbox_calls import Operation, RefusedError, UndocumentedError
from mappings.sandbox_fields import BOOLEAN, TEXT, Fields, list_of, one_of
from mappings.sandbox_offers import Offer

BUILT_IN = "datasentinel@acme.example"
NO_RESTRICTION = "No restriction"
DEFAULTS = {"privilege": "admin", "profile": "data admin"}
ROLES = ("role_1", "role_2", "Finance", "Engineering", "Least Access")

_COMMON = {
    "password": TEXT,
    "privilege": one_of("read", "read write", "admin"),
    "profile": one_of("developer", "data admin"),
    "role": TEXT,
    "roles": list_of(TEXT),
    "comment": TEXT,
}
_NEW = Fields(optional={**_COMMON, "live_360": one_of(0, 1), "ldap": BOOLEAN})
_CHANGED = Fields(optional={**_COMMON, "live_360": one_of(0, 1)})
_USER = "/ds-api/users/{user}"


class DatasentinelSandbox(Sandbox):
    """The e-mail is the key. Roles exist beforehand: the document neither lists nor makes them.

    `put_omitted`: whether a PUT resets a privilege and a profile that it leaves out to their documented
    defaults (the harshest reading of a document that does not say) or keeps them; `put_roles`: the same of the
    roles, whose documented default is no restriction. `put_live_360`: whether a PUT may hold `live_360`, which its
    table does not name. Tokens live `token_seconds` and, for tests of renewal, `token_calls`.
    """

    vendor: ClassVar[str] = "datasentinel"
    offer: ClassVar = Offer("roles", "role_1", "role_1")
    operations: ClassVar[tuple[Operation, ...]] = (
        Operation("POST", "/ds-api/user-token", "create_token", status=201, admitted_by="check_password"),
        Operation("GET", "/ds-api/users", "get_users"),
        Operation("POST", "/ds-api/users/{email}", "create_user", body=_NEW, status=201),
        Operation("GET", _USER, "get_user"),
        Operation("PUT", _USER, "update_user", body=_CHANGED),
        Operation("DELETE", _USER, "delete_user"),
        Operation("POST", _USER + "/role/{role}", "assign_role"),
        Operation("DELETE", _USER + "/role/{role}", "remove_role"),
    )

    def __init__(
        self,
        *,
        roles: tuple[str, ...] = ROLES,
        put_omitted: Literal["reset", "keep"] = "reset",
        put_roles: Literal["reset", "keep"] = "keep",
        put_live_360: bool = False,
        token_seconds: float | None = 24 * 3600,
        token_calls: int | None = None,
        **frame: Any,
    ) -> None:
        super().__init__(**frame)
        self.credentials = {"user": "datasentinel", "password": "sandbox-password"}
        self.options = {"fallback_role": "Least Access"}
        self.role_names = roles
        self.tokens = Tokens(self.clock, token_seconds, token_calls)
        self._omitted: dict[str, Any] = {
            **(DEFAULTS if put_omitted == "reset" else {}),
            **({"roles": []} if put_roles == "reset" else {}),
        }
        self._put_live_360 = put_live_360
        self._numbers = count(55)
        self._accounts: dict[str, dict[str, Any]] = {}
        self._passwords = {BUILT_IN: self.credentials["password"]}
        self._ldap: set[str] = set()
        self._store(2, BUILT_IN, {})
        self._store(
            54, "username@acme.example", {"privilege": "read", "roles": ["role_1", "role_2"], "live_360": 0}
        )

    def list_users(self) -> list[dict[str, Any]]:
        """See `Sandbox.users`; how somebody logs in, which the API does not show, is `access`."""
        return [
            {
                "id": email,
                "key": email,
                "fields": {**account, "access": self._access(email)},
                "roles": account["roles"],
            }
            for email, account in self._accounts.items()
        ]

    def _access(self, email: str) -> str:
        return "ldap" if email in self._ldap else "password"

    def list_groups(self) -> list[dict[str, Any]]:
        """See `Sandbox.groups`."""
        return [
            {
                "id": role,
                "name": role,
                "members": [email for email, account in self._accounts.items() if role in account["roles"]],
            }
            for role in self.role_names
        ]

    # Access

    def check_password(self, request: Request) -> str:
        """Admit HTTP Basic with a login or e-mail and its password; return the e-mail."""
        given = request.authorization
        if given is not None and given.type == "basic":
            for email, account in self._accounts.items():
                known = given.username in (email, account["login"]) and email in self._passwords
                if known and given.password == self._passwords[email]:
                    return email
        raise RefusedError(401, "Unauthorized")

    def authenticate(self, request: Request) -> str:
        """Admit the token of a user whose profile is data admin and whose privilege is admin."""
        email = self.tokens.owner(request.headers.get("user-token", ""))
        if email not in self._accounts:
            raise RefusedError(401, "Unauthorized")
        account = self._accounts[email]
        if any(account[name] != value for name, value in DEFAULTS.items()):
            raise RefusedError(401, "Not enough privileges")
        return email

    def create_token(self) -> dict[str, str]:
        """Give the caller a token."""
        return {"user-token": self.tokens.issue(f"eyJ{self.random.getrandbits(256):064x}", self.caller)}

    # Users

    def find_user(self, email: str) -> dict[str, Any]:
        """Find an account by its exact e-mail."""
        if email not in self._accounts:
            raise RefusedError(404, f"User {email} does not exist")
        return self._accounts[email]

    def get_users(self) -> list[dict[str, Any]]:
        """Show every user."""
        return list(self._accounts.values())

    def get_user(self, user: dict[str, Any]) -> dict[str, Any]:
        """Show one user."""
        return user

    def create_user(self, email: str, body: dict[str, Any]) -> dict[str, str]:
        """Make a user; what is left out gets the documented default."""
        if email in self._accounts:
            raise RefusedError(409, f"User {email} already exists")
        if not body.get("ldap") and not body.get("password"):
            raise RefusedError(400, "password is required for regular users")
        self._check_roles(body)
        if body.get("ldap"):
            self._ldap.add(email)
        elif "password" in body:
            self._passwords[email] = body["password"]
        user = self._store(next(self._numbers), email, body)
        return {"status": f"User with login {user['login']} created successfully"}

    def update_user(self, user: dict[str, Any], body: dict[str, Any]) -> dict[str, str]:
        """Change a user; `put_omitted` and `put_roles` decide about what is left out."""
        if "live_360" in body and not self._put_live_360:
            raise UndocumentedError(400, "'live_360' is not documented here")
        self._check_roles(body)
        if "password" in body:
            self._passwords[user["email"]] = body["password"]
        user.update({**deepcopy(self._omitted), **_shown(body)})
        return {"status": "User updated successfully!"}

    def delete_user(self, user: dict[str, Any]) -> dict[str, str]:
        """Delete a user other than the caller and the built-in one."""
        if user["email"] in (self.caller, BUILT_IN):
            raise RefusedError(403, "This user cannot be deleted")
        del self._accounts[user["email"]]
        self._passwords.pop(user["email"], None)
        self._ldap.discard(user["email"])
        return {"message": "User deleted"}

    # Roles

    def find_role(self, role: str) -> str:
        """Find an existing role by its exact name."""
        if role not in self.role_names:
            raise RefusedError(404, f"Role {role} does not exist")
        return role

    def assign_role(self, user: dict[str, Any], role: str) -> dict[str, str]:
        """Add a role that the user does not have."""
        if role in user["roles"]:
            raise RefusedError(409, f"Role {role} is already assigned to {user['email']}")
        user["roles"].append(role)
        return {"status": f"Role {role} has been assigned to {user['email']}"}

    def remove_role(self, user: dict[str, Any], role: str) -> dict[str, str]:
        """Take away a role that the user has."""
        if role not in user["roles"]:
            raise RefusedError(404, f"Role {role} is not assigned to {user['email']}")
        user["roles"].remove(role)
        return {"status": f"Role {role} has been removed from {user['email']}"}

    def _check_roles(self, body: dict[str, Any]) -> None:
        for role in _shown(body).get("roles", []):
            if role not in self.role_names:
                raise RefusedError(400, f"Role {role} does not exist")

    def _store(self, number: int, email: str, body: dict[str, Any]) -> dict[str, Any]:
        start = {"id": number, "login": email.partition("@")[0], "email": email, **DEFAULTS}
        self._accounts[email] = {**start, "roles": [], "live_360": 1, "comment": "", **_shown(body)}
        return self._accounts[email]


def _shown(body: dict[str, Any]) -> dict[str, Any]:
    """Turn what is written into what is shown: the deprecated `role` is a list of at most one."""
    shown = {name: value for name, value in body.items() if name not in ("password", "ldap", "role")}
    if "role" in body and "roles" not in body:
        shown["roles"] = [] if body["role"] == NO_RESTRICTION else [body["role"]]
    return shown


SANDBOX = DatasentinelSandbox
