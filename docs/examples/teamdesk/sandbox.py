"""Teamdesk's API as its one page has it: https://teamdesk.example/api."""

from typing import Any, ClassVar

from werkzeug.wrappers import Request

from mappings.sandbox_calls import Operation, RefusedError
from mappings.sandbox_fields import TEXT, Fields, one_of
from mappings.sandbox_rest import RestSandbox, collection, membership

AGENT = Fields({"email": TEXT, "full_name": TEXT, "seat": one_of("light", "full")})
NOT_DOCUMENTED = ("get_user", "get_group", "update_group")


class TeamdeskSandbox(RestSandbox):
    """A team has no update, and neither kind can be read alone."""

    vendor: ClassVar[str] = "teamdesk"
    operations: ClassVar[tuple[Operation, ...]] = tuple(
        operation
        for operation in (
            *collection("/v1/agents", "user", AGENT, update="PUT"),
            *collection("/v1/teams", "group", Fields({"name": TEXT})),
            *membership("/v1/teams"),
        )
        if operation.handler not in NOT_DOCUMENTED
    )

    def __init__(self, **frame: Any) -> None:
        super().__init__(**frame)
        self.credentials = {"api_key": "sandbox-api-key"}
        self.accounts.create(self.new_id(), {"email": "boss@acme.example", "full_name": "The Boss", "seat": "full"})

    def authenticate(self, request: Request) -> None:
        """Admit the key."""
        if request.headers.get("X-Api-Key") != self.credentials["api_key"]:
            raise RefusedError(401, "unknown key")

    def error_body(self, reason: str) -> dict[str, str]:
        """Write an error as the page shows it."""
        return {"message": reason}

    def get_users(self) -> dict[str, Any]:
        """Wrap the list."""
        return {"agents": super().get_users()}

    def get_groups(self) -> dict[str, Any]:
        """Wrap the list."""
        return {"teams": super().get_groups()}


SANDBOX = TeamdeskSandbox
