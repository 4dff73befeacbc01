"""Prancer: the Permissions API and, if the option ``users`` asks for it, the public page of user calls.

A SCIM Group is a role. A role is written by one call that creates without an ``id`` and updates with one, and that
replaces the list of permissions; so nothing is written before the roles have been read.
https://docs.prancer.io/api/permissions
"""

from __future__ import annotations

from typing import Any, ClassVar

from mappings import (
    EMPTY,
    Applied,
    Attribute,
    Call,
    Change,
    Conflict,
    Definite,
    Document,
    Entry,
    Flow,
    Group,
    Intent,
    Login,
    NotFound,
    Readers,
    Rejected,
    Settings,
    Unavailable,
    Unknown,
    Variable,
)
from mappings.answers import identifier, text
from mappings.operations import Calls
from mappings.prancer.managing import Managing
from mappings.prancer.reading import Role, data, hidden_status, number
from mappings.prancer.settings import CALLS, CREDENTIALS, MANAGED_CALLS, NO_USERS, OPTIONS
from mappings.readers import display_name, primary_email

NAME_WAS_FREE = "name_was_free"
"""The field of an intent that says so: without it nothing was sent yet, and what is found is somebody else's."""
NEW = {"data": {"id": "(new)"}}


class Prancer(Managing):
    """Roles of one Prancer customer; its users by option."""

    vendor = "prancer"
    title = "Prancer"
    documents = "https://docs.prancer.io/api/permissions"
    group_word = "role"
    passwords = "none"
    tier = "gold"
    no_users = NO_USERS
    role_values = True
    catalogues = frozenset({"Roles", "Entitlements"})
    credentials = CREDENTIALS
    options = OPTIONS
    group_attributes = (
        Attribute("permissions", "codenames of the role's permissions, as in /Entitlements", multi_valued=True),
    )
    user_fields: ClassVar[Readers] = {"email": primary_email}
    group_fields: ClassVar[Readers] = {"role_name": display_name}
    calls = CALLS

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.api = (self.secrets["customer"], "api")

    @property
    def costs(self) -> Calls:
        return MANAGED_CALLS if self.users == "managed" else CALLS

    def hidden_status(self, answer: Any) -> int | None:
        return hidden_status(answer)

    def group(self, document: Document) -> Group:
        """Return the role; ``permissions`` are ``None`` while the IdP leaves them to the vendor's own product."""
        group = super().group(document)
        given = self.extension(document).get("permissions")
        return Group(group.key, {**group.fields, "permissions": sorted(set(given)) if given else None})

    def login(self) -> Flow[Login]:
        body = {name: value for name, value in self.secrets.items() if name in ("email", "password")}
        path: tuple[str | Variable, ...] = (*self.api, "login", EMPTY)
        meaning = "get JWT for password"
        if "access_token" in self.secrets:
            body = {"token": self.secrets["access_token"]}
            path, meaning = (*self.api, "validate", "accesstoken", EMPTY), "get JWT for access token"
        answer = yield Call("POST", path, meaning, json={**body, "customer_id": self.secrets["customer"]})
        bearer = f"Bearer {text(data(answer), 'token')}"
        return Login({"Authorization": bearer, "Content-Type": "application/json"})

    def check(self) -> Flow[str]:
        roles = yield from self.list_roles()
        return f"{len(roles)} roles"

    # -- groups

    def create_group(self, group: Group) -> Flow[None]:
        before = yield from self._look_first(group)
        if any(role.is_named(group.key) for role in before):
            raise Conflict(f"{self.title} already has a role {group.key}")
        yield Intent(Group(group.key, {**group.fields, NAME_WAS_FREE: True}))
        body = {"role_name": group.key, "permissions": self._wanted_permissions(group)}
        answer = yield self._save(body, repeatable=False)
        yield Applied((yield from self._new_id(answer, group, before)), group.fields)

    def update_group(self, group: Group, change: Change) -> Flow[None]:
        roles = yield from self.list_roles()
        role = next((role for role in roles if role.id == group.vendor_id), None)
        if role is None:
            raise NotFound(f"{self.title} lists no role {group.vendor_id}")
        name = str(change.fields.get("role_name", role.name))
        if name != role.name and any(other.is_named(name) for other in roles if other is not role):
            raise Conflict(f"{self.title} already has a role {name}")
        asked = "permissions" in change.fields  # if not, what was given by hand stays
        permissions = self._wanted_permissions(group) if asked else list(role.permissions)
        holders = yield from self.holders(role.name if name != role.name else None)
        yield self._save({"id": number(role.id), "role_name": name, "permissions": permissions})
        yield Applied(role.id, change.fields)
        yield from self.give_back(holders, role.name, name)

    def deletion_removes_members(self, vendor_id: str) -> bool:
        return self.users != "managed"  # what it does to users is not documented, and a dangling name may revive

    @property
    def rename_writes_users(self) -> bool:
        return self.users == "managed"  # who refer to roles by name

    def delete_group(self, vendor_id: str) -> Flow[None]:
        try:
            yield Call("DELETE", self._roles_path, "delete role", json={"id": number(vendor_id)})
        except Rejected:  # how an unknown id is refused is not documented: look
            if vendor_id in {role.id for role in (yield from self.list_roles())}:
                raise

    def find_group(self, group: Group) -> Flow[Group | None]:
        roles = yield from self.list_roles()
        same = [role for role in roles if role.id == group.vendor_id]
        same = same or [role for role in roles if role.is_named(group.key)]
        if group.vendor_id is None and len(same) > 1:
            raise Conflict(f"{self.title} has {len(same)} roles named {group.key}")
        return next(map(_group, same), None)

    def created_group(self, sent: Group, found: Group) -> bool:
        """Compare name and permissions, if the name was seen to be free just before the role was sent."""
        same = found.key == sent.key and found.fields["permissions"] == self._wanted_permissions(sent)
        return same and bool(sent.fields.get(NAME_WAS_FREE))

    # -- the catalogue

    def roles(self) -> Flow[list[Entry]]:
        protected = {name.casefold() for name in self.option["protected_groups"]}
        return [
            Entry(
                role.id,
                role.name,
                supported=self.takes_roles and role.name.casefold() not in protected,
                contains=role.permissions,
            )
            for role in (yield from self.list_roles())
        ]

    def entitlements(self) -> Flow[list[Entry]]:
        path = (*self.api, "permission", EMPTY)
        answer = yield Call("GET", path, "list permissions")
        found = data(answer)["results"]
        return [Entry(text(each, "codename"), text(each, "name"), supported=False) for each in found]

    # -- the one call that writes, and the one that reads

    @property
    def _roles_path(self) -> tuple[str | Variable, ...]:
        return (*self.api, "permission", "role", EMPTY)

    def list_roles(self) -> Flow[list[Role]]:
        """Read all roles."""
        answer = yield Call("GET", self._roles_path, "list roles")
        return [Role.of(each) for each in data(answer)["results"]]

    def _look_first(self, group: Group) -> Flow[list[Role]]:
        """Read all roles before one is made: as long as this fails, nothing was sent that could have made it."""
        try:
            return (yield from self.list_roles())
        except Unknown as lost:
            raise Unavailable(lost.detail, status=lost.status, retry_after=lost.retry_after) from lost
        except (LookupError, TypeError, ValueError, AttributeError) as odd:
            raise Unavailable(f"{self.title}'s list of roles is not of the documented shape") from odd

    def _new_id(self, answer: Any, group: Group, before: list[Role]) -> Flow[str]:
        """Find the role that was saved: the answer names none. Until it is seen, nobody knows that there is one."""
        if data(answer).get("id") is not None:  # not documented
            return identifier(data(answer))
        try:
            after = yield from self.list_roles()
        except Definite as refusal:
            raise Unknown(refusal.detail, status=refusal.status, retry_after=refusal.retry_after) from refusal
        known = {role.id for role in before}
        new = [role.id for role in after if role.id not in known and role.is_named(group.key)]
        if len(new) != 1:
            raise Unknown(f"{self.title} said that it saved {group.key}, and lists {len(new)} new roles so named")
        return new[0]

    def _save(self, body: dict[str, Any], *, repeatable: bool = True) -> Call:
        return Call("POST", self._roles_path, "save role", json=body, repeatable=repeatable, planned=NEW)

    def _wanted_permissions(self, group: Group) -> list[str]:
        given = group.fields["permissions"]
        return sorted(set(self.option["default_permissions"])) if given is None else list(given)


def _group(role: Role) -> Group:
    fields = {"role_name": role.name, "permissions": list(role.permissions)}
    return Group(role.name, fields, vendor_id=role.id)


MAPPING = Prancer
