"""Teamdesk: agents and teams. A SCIM User is an agent, a SCIM Group is a team.

https://teamdesk.example/api
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from mappings import Attribute, Change, Document, Flow, Group, Login, Readers, Setting, User, at_once, unsupported
from mappings.operations import Calls
from mappings.readers import display_name, full_name, primary_email
from mappings.rest import Collection, RestMapping

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
    options = (
        Setting("seat", "the seat of whom the IdP gives none", default="light", choices=SEATS),
        Setting("protected_users", "e-mail addresses of agents that are never touched", list, default=[]),
    )
    user_attributes = (
        Attribute("seat", "What the agent may do: full answers tickets and is paid for.", choices=SEATS),
    )
    user_fields: ClassVar[Readers] = {"email": primary_email, "full_name": full_name}
    group_fields: ClassVar[Readers] = {"name": display_name}
    accounts = Collection(("v1", "agents"), "agent", key="email", listed="agents", update="PUT")
    teams = Collection(("v1", "teams"), "team", listed="teams")
    tier = "silver"
    calls: ClassVar[Calls] = {
        "create user": ("create agent",),
        "change name": ("update agent",),
        "change e-mail": ("update agent",),
        "set password": "Teamdesk has no passwords",
        "deactivate": ("delete agent",),
        "reactivate": ("create agent",),
        "delete user": ("delete agent",),
        "create group": ("create team",),
        "create group with a member": ("create team", "add member"),
        "rename group": NO_RENAME,
        "add member": ("add member",),
        "remove member": ("remove member",),
        "delete group": ("delete team",),
        "delete group with a member": ("delete team",),
    }

    def user(self, document: Document, roles: frozenset[str], password: str | None = None) -> User:
        user = super().user(document, roles, password)
        seat = self.extension(document).get("seat", self.option["seat"])
        return replace(user, fields={**user.fields, "seat": seat})

    def read_user(self, record: dict[str, str]) -> User:
        user = super().read_user(record)
        return replace(user, fields={**user.fields, "seat": record.get("seat")})

    def login(self) -> Flow[Login]:
        return at_once(Login({"X-Api-Key": self.secrets["api_key"]}))

    rename_group = unsupported(NO_RENAME)

    def update_group(self, group: Group, change: Change) -> Flow[None]:
        yield from self.rename_group()


MAPPING = Teamdesk
