"""Teamdesk: agents and teams. A SCIM User is an agent, a SCIM Group is a team.

https://teamdesk.example/api
"""

from __future__ import annotations

from typing import ClassVar

from mappings import PROTECTED, Attribute, Calls, Change, Flow, Group, Login, Readers, Setting, at_once, unsupported
from mappings.readers import display_name, extension, full_name, primary_email
from mappings.rest import Collection, RestMapping, usual_calls

SEATS = ("light", "full")
NO_RENAME = "Teamdesk cannot rename a team: make a group of the new name"


class Teamdesk(RestMapping):
    """Agents and teams of one company."""

    vendor = "teamdesk"
    title = "Teamdesk"
    documents = "https://teamdesk.example/api"
    group_word = "team"
    passwords = "none"
    credentials = ((Setting("api_key", "a key that an administrator has made under Settings, API"),),)
    options = (Setting("seat", "the seat of whom the IdP gives none", default="light", choices=SEATS), *PROTECTED)
    user_attributes = (
        Attribute("seat", "What the agent may do: full answers tickets and is paid for.", choices=SEATS),
    )
    user_fields: ClassVar[Readers] = {
        "email": primary_email,
        "full_name": full_name,
        "seat": extension(vendor, "seat"),
    }
    group_fields: ClassVar[Readers] = {"name": display_name}
    accounts = Collection(("v1", "agents"), "agent", key="email", listed="agents", update="PUT")
    teams = Collection(("v1", "teams"), "team", listed="teams", look_first=True)
    tier = "silver"
    calls: ClassVar[Calls] = {
        **usual_calls(accounts, teams),
        "set password": "Teamdesk has no passwords",
        "rename group": NO_RENAME,
    }

    def login(self) -> Flow[Login]:
        return at_once(Login({"X-Api-Key": self.secrets["api_key"]}))

    rename_group = unsupported(NO_RENAME)

    def update_group(self, group: Group, change: Change) -> Flow[None]:
        yield from self.rename_group()


MAPPING = Teamdesk
