"""Teamdesk's API as its one page has it: https://teamdesk.example/api."""

from typing import Any, ClassVar

from mappings.sandbox_calls import Operation
from mappings.sandbox_fields import TEXT, Fields, one_of
from mappings.sandbox_rest import RestSandbox, collection, membership

AGENT = Fields({"email": TEXT, "full_name": TEXT, "seat": one_of("light", "full")})


class TeamdeskSandbox(RestSandbox):
    """A team has no update and does not show its members, and neither kind can be read alone."""

    vendor: ClassVar[str] = "teamdesk"
    operations: ClassVar[tuple[Operation, ...]] = (
        *collection("/v1/agents", "user", AGENT, update="PUT", without=("get",)),
        *collection("/v1/teams", "group", Fields({"name": TEXT}), without=("get", "update")),
        *membership("/v1/teams"),
    )
    admits: ClassVar[dict[str, str]] = {"X-Api-Key": "{api_key}"}
    users_listed = "agents"
    groups_listed = "teams"
    hidden = frozenset({"members"})
    seed_users: ClassVar[tuple[dict[str, Any], ...]] = (
        {"email": "boss@acme.example", "full_name": "The Boss", "seat": "full"},
    )
    seed_groups: ClassVar[tuple[dict[str, Any], ...]] = ({"name": "Operations"},)

    def error_body(self, reason: str) -> dict[str, str]:
        """Write an error as the page shows it."""
        return {"message": reason}


SANDBOX = TeamdeskSandbox
