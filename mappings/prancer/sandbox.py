"""Prancer's Permissions API, emulated from the vendor's document, and the users of its public user page.

https://docs.prancer.io/api/permissions, https://docs.prancer.io/api/users, https://docs.prancer.io/api/authentication

Every answer is an envelope. What an error looks like is shown for the login only; that the others are like it is
assumed. The path of the call that gives roles has two slashes in a row and none at its end, as printed.
"""

from typing import Any, ClassVar, Literal

from werkzeug.wrappers import Request, Response

from mappings.sandbox import Sandbox, Tokens
from mappings.sandbox_calls import JSON, Operation, RefusedError
from mappings.sandbox_calls import answer as write
from mappings.sandbox_fields import BOOLEAN, TEXT, Fields, Kind, list_of
from mappings.sandbox_offers import Offer

CUSTOMER = "prancer-acme"
OWNER = "owner@acme.example"
PERMISSIONS = {
    "api_full_control": (63, "Full control on api"),
    "collection_full_control": (34, "Full control on collection"),
    "collection_read": (33, "Can view collection"),
    "compliance_full_control": (36, "Full control on compliance"),
    "dashboard_full_control": (38, "Full control on dashboard"),
    "dashboard_read": (37, "Can view dashboard"),
}
PLAIN = (400, 404)
"""What an envelope without an error status can say: that a call is refused, and no more."""
_ID = Kind("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool))
_API = "/{_customer}/api/"
_ROLES, _USERS = _API + "permission/role/", _API + "user/manage/"
_ROLE = Fields({"permissions": list_of(TEXT), "role_name": TEXT}, {"id": _ID})


def _call(method: str, path: str, handler: str, body: Fields | None = None) -> Operation:
    return Operation(method, path, handler, body=body, content_type=JSON)


def _login(path: str, handler: str, *fields: str) -> Operation:
    body = Fields(dict.fromkeys((*fields, "customer_id"), TEXT))
    return Operation("POST", _API + path, handler, body=body, content_type=JSON, admitted_by="anybody")


class PrancerSandbox(Sandbox):
    """One customer with its owner, one member of staff and two roles.

    What the documents leave open is set here. `errors`: an error is an HTTP status, or stands in the envelope of
    a 200, or, if it is a plain refusal, in the list of errors of one that says success. `unique_names`: a role of
    a name that exists is refused, or is a second one. `rename`: whether a renamed role stays with its users, or
    they lose it. `role_in_use`: whether the deletion of a role takes it from its users, or leaves its name behind
    with them. `empty_permissions`: whether a role may have none. `invite_again`: whether an invitation of
    somebody who is there is refused, or answered as if it were the first. A JWT lives `token_seconds` and, for
    tests of renewal, `token_calls`.
    """

    vendor: ClassVar[str] = "prancer"
    offer: ClassVar = Offer("roles", "QC", "QC")
    operations: ClassVar[tuple[Operation, ...]] = (
        _login("login/", "login", "email", "password"),
        _login("validate/accesstoken/", "exchange", "token"),
        _call("GET", _API + "permission/", "get_permissions"),
        _call("GET", _ROLES, "get_roles"),
        _call("POST", _ROLES, "save_role", _ROLE),
        _call("DELETE", _ROLES, "delete_role", Fields({"id": _ID})),
        _call("POST", _API + "user/invite/", "invite", Fields({"email": TEXT}, {"resend": BOOLEAN})),
        _call("GET", _USERS, "get_users"),
        _call("DELETE", _USERS, "delete_user", Fields({"email": TEXT})),
        _call("POST", _API + "/user/roles", "set_roles", Fields({"user_id": _ID, "groups": list_of(TEXT)})),
    )

    def __init__(
        self,
        *,
        errors: Literal["status", "envelope", "list"] = "status",
        unique_names: bool = True,
        rename: Literal["keep", "unlink"] = "keep",
        role_in_use: Literal["strip", "dangle"] = "strip",
        empty_permissions: bool = True,
        invite_again: Literal["refuse", "accept"] = "refuse",
        token_seconds: float | None = 7 * 24 * 3600,
        token_calls: int | None = None,
        **frame: Any,
    ) -> None:
        super().__init__(**frame)
        self.credentials = {"customer": CUSTOMER, "access_token": "sandbox-access-token"}
        self.options = {"users": "managed"}
        self.login_credentials = {"customer": CUSTOMER, "email": OWNER, "password": "sandbox-password"}
        self.tokens = Tokens(self.clock, token_seconds, token_calls)
        self.password_hash = f"pbkdf2_sha256$120000${self.random.getrandbits(256):064x}"
        self._errors = errors
        self._unique_names = unique_names
        self._rename = rename
        self._role_in_use = role_in_use
        self._empty_permissions = empty_permissions
        self._invite_again = invite_again
        self._next_id = 11
        self._roles: dict[int, dict[str, Any]] = {}
        self._accounts: dict[str, dict[str, Any]] = {}
        self._store_role(1, "Owner", list(PERMISSIONS))
        self._store_role(10, "QC", ["collection_read", "dashboard_read"])
        self._store_user(OWNER, status="Registered", is_superuser=True, user_groups=["Owner"])
        self._store_user("staff@acme.example", status="Registered", user_groups=["QC"])

    def list_users(self) -> list[dict[str, Any]]:
        """See `Sandbox.users`."""
        shown = ("email", "status", "is_active", "is_superuser")
        return [
            {
                "id": email,
                "key": email,
                "fields": {name: account[name] for name in shown},
                "roles": account["user_groups"],
            }
            for email, account in self._accounts.items()
        ]

    def list_groups(self) -> list[dict[str, Any]]:
        """See `Sandbox.groups`; `permissions` are codenames."""
        return [
            {
                "id": str(role["id"]),
                "name": role["role_name"],
                "members": [user["email"] for user in self._holders(role["role_name"])],
                "permissions": role["permissions"],
            }
            for role in self._roles.values()
        ]

    # The envelope

    def perform(self, operation: Operation, arguments: list[Any], query: dict[str, str]) -> Any:
        """Wrap what the handler returns: data, and a message."""
        data, message = super().perform(operation, arguments, query)
        return _envelope(data, "", message, 200)

    def refuse(self, refusal: RefusedError) -> Response:
        """Say no in an envelope; see `errors`."""
        if self._errors == "list" and refusal.status in PLAIN:
            return write(200, {**_envelope({}, "", "Failed", 200), "error_list": [refusal.reason]})
        error = "Unauthorized" if refusal.status == 401 else "Error"
        status = 200 if self._errors == "envelope" else refusal.status
        return write(status, _envelope({}, error, refusal.reason, refusal.status))

    # Access

    def find_customer(self, customer: str) -> None:
        """Know this customer only."""
        if customer != CUSTOMER:
            raise RefusedError(404, "Customer not found")

    def authenticate(self, request: Request) -> str:
        """Admit a JWT."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        owner = self.tokens.owner(token) if scheme == "Bearer" else None
        if owner is None:
            raise RefusedError(401, "Please authenticate to access this API.")
        return owner

    def login(self, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Give a JWT for an address and a password."""
        known = {**body, "customer": body["customer_id"]}.items() >= self.login_credentials.items()
        return self._jwt(known, "Invalid Email or Password")

    def exchange(self, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Give a JWT for a user access token."""
        expected = {"token": self.credentials["access_token"], "customer_id": CUSTOMER}
        return self._jwt(body == expected, "Invalid access token")

    def _jwt(self, known: bool, reason: str) -> tuple[dict[str, Any], str]:
        if not known:
            raise RefusedError(400, reason)
        token, refresh = (f"jwt-{self.random.getrandbits(128):032x}" for _ in range(2))
        return {"token": self.tokens.issue(token, OWNER), "refresh_token": refresh}, "User Logged In Successfully"

    # Roles

    def get_permissions(self) -> tuple[dict[str, Any], str]:
        """Show every permission."""
        found = [{"codename": code, "id": id_, "name": name} for code, (id_, name) in PERMISSIONS.items()]
        return {"results": found}, ""

    def get_roles(self) -> tuple[dict[str, Any], str]:
        """Show every role; its permissions have no id here."""
        roles = self._roles.values()
        return {"results": [{**role, "permissions": _named(role["permissions"])} for role in roles]}, ""

    def save_role(self, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Make a role, or write all of one if an id is given."""
        name, permissions = body["role_name"], body["permissions"]
        unknown = [code for code in permissions if code not in PERMISSIONS]
        if unknown:
            raise RefusedError(400, f"Permission {unknown[0]} does not exist")
        if not permissions and not self._empty_permissions:
            raise RefusedError(400, "Permissions are required")
        role = self._role(body["id"]) if "id" in body else None
        same = [other for other in self._roles.values() if other["role_name"] == name and other is not role]
        if same and self._unique_names:
            raise RefusedError(400, "Role name already exists")
        if role is None:
            self._store_role(self._new_id(), name, permissions)
        else:
            self._renamed(role["role_name"], name)
            role.update(role_name=name, permissions=permissions)
        return {}, "Role saved successfully"

    def delete_role(self, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Delete a role other than Owner; see `role_in_use`."""
        role = self._role(body["id"])
        if role["role_name"] == "Owner":
            raise RefusedError(403, "This role cannot be deleted")
        del self._roles[role["id"]]
        if self._role_in_use == "strip":
            self._replaced(role["role_name"], [])
        return {}, "Role deleted successfully"

    # Users

    def find_user(self, email: str) -> dict[str, Any]:
        """Find an account by its address, in any case."""
        account = self._by_email(email)
        if account is None:
            raise RefusedError(404, "User not found")
        return account

    def invite(self, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Invite somebody, or once more somebody who has not registered yet."""
        account = self._by_email(body["email"])
        if body.get("resend", False) != (account is not None) and not (account and self._invite_again == "accept"):
            raise RefusedError(400, "User does not exist" if account is None else "User already exists")
        if account is None:
            self._store_user(body["email"])
        return {}, "User invitation link sent successfully"

    def get_users(self) -> tuple[dict[str, Any], str]:
        """Show everybody, hashes of passwords included, as the page does."""
        return {"users": list(self._accounts.values())}, ""

    def delete_user(self, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Delete whoever is no superuser."""
        account = self.find_user(body["email"])
        if account["is_superuser"]:
            raise RefusedError(403, "This user cannot be deleted")
        del self._accounts[account["email"]]
        return {}, "User does deleted successfully!"

    def set_roles(self, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Write the whole list of a user's roles, by name."""
        account = next((each for each in self._accounts.values() if each["id"] == body["user_id"]), None)
        if account is None:
            raise RefusedError(404, "User not found")
        names = {role["role_name"] for role in self._roles.values()}
        if unknown := sorted(set(body["groups"]) - names):
            raise RefusedError(400, f"Role {unknown[0]} does not exist")
        account["user_groups"] = list(dict.fromkeys(body["groups"]))
        return {}, "User roles updated successfully"

    # Rules

    def _role(self, id_: int) -> dict[str, Any]:
        if id_ not in self._roles:
            raise RefusedError(404, "Role not found")
        return self._roles[id_]

    def _renamed(self, old: str, new: str) -> None:
        if old != new:
            self._replaced(old, [new] if self._rename == "keep" else [])

    def _replaced(self, name: str, by: list[str]) -> None:
        for account in self._accounts.values():
            groups = [by if group == name else [group] for group in account["user_groups"]]
            account["user_groups"] = [group for each in groups for group in each]

    def _holders(self, role: str) -> list[dict[str, Any]]:
        return [user for user in self._accounts.values() if role in user["user_groups"]]

    def _by_email(self, email: str) -> dict[str, Any] | None:
        same = (user for user in self._accounts.values() if user["email"].casefold() == email.casefold())
        return next(same, None)

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _store_role(self, id_: int, name: str, permissions: list[str]) -> None:
        self._roles[id_] = {"id": id_, "permissions": permissions, "role_name": name}

    def _store_user(self, email: str, **more: Any) -> None:
        self._accounts[email] = {
            "date_joined": "Fri, 20 Mar 2020 05:50:56 GMT",
            "email": email,
            "first_name": "",
            "id": self._new_id(),
            "is_active": True,
            "is_staff": True,
            "is_superuser": False,
            "last_login": None,
            "last_name": "",
            "password": self.password_hash,
            "status": "Pending",
            "user_groups": [],
            "username": email,
            **more,
        }


def _named(codenames: list[str]) -> list[dict[str, str]]:
    return [{"codename": codename, "name": PERMISSIONS[codename][1]} for codename in codenames]


def _envelope(data: Any, error: str, message: str, status: int) -> dict[str, Any]:
    lists: dict[str, Any] = {"error_list": [], "metadata": {}}
    return {"data": data, "error": error, "message": message, "status": status, **lists}


SANDBOX = PrancerSandbox
