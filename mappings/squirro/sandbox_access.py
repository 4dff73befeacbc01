"""How one gets into Squirro's sandbox: grants, sessions, access tokens, passwords."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.wrappers import Request

from mappings.sandbox import Sandbox, Tokens
from mappings.sandbox_calls import RefusedError

REFRESH_TOKEN = "sandbox-refresh-token"  # noqa: S105 - opens nothing but a sandbox
TENANT = "lW8-FnZlQYWBimxFknYitw"
SHORTEST_PASSWORD = 8
TEN_YEARS = timedelta(days=3650)


class AccessSandbox(Sandbox):
    """The half of the sandbox that decides who may call.

    A session is a grant in use: both have one id, and deleting it ends the refresh token and what came of it.
    """

    def __init__(
        self,
        *,
        token_seconds: float | None = 600,
        token_calls: int | None = None,
        client: tuple[str, str] | None = None,
        **frame: Any,
    ) -> None:
        super().__init__(**frame)
        self.tokens = Tokens(self.clock, token_seconds, token_calls)
        self.credentials = {"refresh_token": REFRESH_TOKEN}
        if client is not None:
            self.credentials |= {"client_id": client[0], "client_secret": client[1]}
        self._client = client
        self.tenant = TENANT
        self._accounts: dict[str, dict[str, Any]] = {}
        self._passwords: dict[str, str] = {}
        self._grants: dict[str, dict[str, Any]] = {}
        self._refresh_tokens: dict[str, str] = {}
        self._authentications: dict[tuple[str, str], dict[str, Any]] = {}

    def authenticate(self, request: Request) -> dict[str, Any]:
        """Admit an administrator's live access token; return the account."""
        self.tenant = TENANT
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        grant = self._grants.get(self.tokens.owner(token) or "")
        if scheme != "Bearer" or grant is None:
            raise RefusedError(401, "Not authenticated")
        user = self._accounts[grant["user_id"]]
        if user["role"] != "admin":
            raise RefusedError(403, "Not allowed")
        return user

    def create_access_token(self, body: dict[str, str]) -> dict[str, Any]:
        """Exchange a refresh token: 404 for one that never was, 410 for one whose grant is gone."""
        if self._client and (body.get("client_id"), body.get("client_secret")) != self._client:
            raise RefusedError(403, "The client is refused")
        if body["refresh_token"] not in self._refresh_tokens or body.get("tenant", TENANT) != TENANT:
            raise RefusedError(404, "The refresh token is invalid")
        grant = self._grants.get(self._refresh_tokens[body["refresh_token"]])
        if grant is None:
            raise RefusedError(410, "The refresh token has expired")
        user = self._accounts[grant["user_id"]]
        return {
            "access_token": self.tokens.issue(f"{self.random.getrandbits(256):064x}", grant["id"]),
            "refresh_token": body["refresh_token"],
            "tenant": TENANT,
            "user_id": user["id"],
            "role": user["role"],
            "role_permissions": [user["role"]],
            "project_permissions": {},
            "session_id": grant["id"],
        }

    def signup(self, body: dict[str, str]) -> None:
        """Refuse: there is a user already, and then "signup always fails"."""
        raise RefusedError(403, f"{body['email']} cannot sign up: the cluster has its first user")

    # Grants and sessions

    def create_grant(self, user: dict[str, Any], body: dict[str, str]) -> dict[str, str]:
        """Give the user a refresh token."""
        token = f"{self.random.getrandbits(256):064x}"
        return {"id": self._grant(user["id"], body["type"], token)["id"], "refresh_token": token}

    def get_grants(self, user: dict[str, Any]) -> dict[str, Any]:
        """Show a user's grants."""
        shown = ("created_at", "valid_to", "id", "type")
        mine = [grant for grant in self._grants.values() if grant["user_id"] == user["id"]]
        return {"grants": [{name: grant[name] for name in shown} for grant in mine]}

    def get_session(self, user: dict[str, Any], session_id: str) -> dict[str, Any]:
        """Show a session of the user."""
        grant = self._grants.get(session_id)
        if grant is None or grant["user_id"] != user["id"]:
            raise RefusedError(404, "No such session")
        return grant

    def delete_session(self, user: dict[str, Any], session_id: str) -> None:
        """End a session of the user."""
        del self._grants[self.get_session(user, session_id)["id"]]

    # Passwords

    def get_password_policy(self) -> dict[str, int]:
        """Show what a password must be."""
        return {"min_length": SHORTEST_PASSWORD}

    def change_password(self, user: dict[str, Any], body: dict[str, str]) -> dict[str, Any]:
        """Change a password, which takes the current one."""
        if body["current_password"] != self._passwords.get(user["id"]):
            raise RefusedError(403, "The current password is wrong")
        if body["new_password"] != body["new_password_confirm"]:
            raise RefusedError(400, "The new passwords differ")
        self._check_password(body["new_password"])
        self._passwords[user["id"]] = body["new_password"]
        return {}

    # Other services

    def get_authentication(self, service: str, user: dict[str, Any]) -> dict[str, Any]:
        """Show a user's log-in at another service."""
        if (service, user["id"]) not in self._authentications:
            raise RefusedError(404, "No such authentication")
        return self._authentications[service, user["id"]]

    def set_authentication(self, service: str, user: dict[str, Any], body: dict[str, str]) -> dict[str, Any]:
        """Make or change a user's log-in at another service."""
        known = self._authentications.get((service, user["id"]), {"state": "ok"})
        self._authentications[service, user["id"]] = {**known, **body}
        return self._authentications[service, user["id"]]

    def delete_authentication(self, service: str, user: dict[str, Any]) -> None:
        """Delete a user's log-in at another service."""
        self.get_authentication(service, user)
        del self._authentications[service, user["id"]]

    def _grant(self, user_id: str, kind: str, refresh_token: str) -> dict[str, Any]:
        now = datetime.fromtimestamp(self.clock(), UTC)
        created, valid_to = (f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (now, now + TEN_YEARS))
        grant = {
            "id": self._new_id(),
            "user_id": user_id,
            "type": kind,
            "created_at": created,
            "valid_to": valid_to,
        }
        self._grants[grant["id"]] = grant
        self._refresh_tokens[refresh_token] = grant["id"]
        return grant

    def _check_password(self, password: str) -> None:
        if len(password) < SHORTEST_PASSWORD:
            raise RefusedError(400, f"A password has at least {SHORTEST_PASSWORD} characters")

    def _forget_access(self, user_id: str) -> None:
        self._passwords.pop(user_id, None)
        self._grants = {key: grant for key, grant in self._grants.items() if grant["user_id"] != user_id}
        self._authentications = {key: held for key, held in self._authentications.items() if key[1] != user_id}

    def _new_id(self) -> str:
        return base64.urlsafe_b64encode(self.random.randbytes(16)).rstrip(b"=").decode()


def is_set(flag: str) -> bool:
    """Read a query flag, which the vendor's client writes in Python's words."""
    return flag.lower() == "true"
