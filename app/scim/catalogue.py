"""What a vendor offers to be assigned, as resources: Role and Entitlement (draft-ietf-scim-roles-entitlements-01).

Everything is readOnly: what there is to be assigned is decided at the vendor. Where this differs from the draft:

* `value`, `contains` and `containedBy` are caseExact, since they are vendors' ids.
* `primary` stands in the draft's sample of a schema and in no definition, so not here.
* the draft's RolesAndEntitlements is not in ServiceProviderConfig (docs/decisions/0007).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from app.scim.attributes import Attribute, Schema
from app.scim.definitions import text
from app.scim.resource_type import ResourceType

IDENTIFYING = (
    text("value", "What to send as a value of the user's {plural}.", required=True, case_exact=True),
    text("display", "A human-readable name, primarily used for display purposes."),
    text("type", "A label that tells what kind of {noun} it is."),
)
LIMITS = (
    Attribute(
        "limitedAssignmentsPermitted",
        "boolean",
        description="Whether only a limited number of users may be assigned this {noun}.",
    ),
    Attribute("totalAssignmentsPermitted", "integer", description="How many users may be assigned this {noun}."),
    Attribute("totalAssignmentsUsed", "integer", description="How many users are assigned this {noun} now."),
)
RELATIONS = (
    text("contains", "The values of what this {noun} grants too.", multi_valued=True, case_exact=True),
    text("containedBy", "The values of the roles that grant this {noun} too.", multi_valued=True, case_exact=True),
)
SUPPORTED = Attribute("supported", "boolean", description="Whether this {noun} can be assigned to a user.")


def _schema(urn: str, name: str, plural: str, *attributes: Attribute) -> Schema:
    """Define a schema of which nothing can be written."""
    read_only = (
        replace(
            each,
            mutability="readOnly",
            description=each.description.format(noun=name.casefold(), plural=plural),
        )
        for each in attributes
    )
    return Schema(urn, name, f"One of the {plural} that the vendor offers", tuple(read_only))


def _types(role: tuple[Schema, ...], entitlement: tuple[Schema, ...]) -> Mapping[str, ResourceType]:
    return {
        "Role": ResourceType("Role", "/Roles", role[0], role[1:]),
        "Entitlement": ResourceType("Entitlement", "/Entitlements", entitlement[0], entitlement[1:]),
    }


_ROLE = (*IDENTIFYING, replace(SUPPORTED, required=True), *LIMITS, *RELATIONS)
_ENTITLEMENT = (*IDENTIFYING, SUPPORTED, *LIMITS, *RELATIONS)
_DISPLAY_NAME = text("displayName", "The name of the {noun} as Okta shows it.", required=True)

ROLE = _schema("urn:ietf:params:scim:schemas:core:2.0:Role", "Role", "roles", *_ROLE)
ENTITLEMENT = _schema(
    "urn:ietf:params:scim:schemas:core:2.0:Entitlement", "Entitlement", "entitlements", *_ENTITLEMENT
)
OKTA_ROLE = _schema("urn:okta:scim:schemas:core:1.0:Role", "Role", "roles", _DISPLAY_NAME, *_ROLE)
OKTA_ENTITLEMENT = _schema(
    "urn:okta:scim:schemas:core:1.0:Entitlement", "Entitlement", "entitlements", _DISPLAY_NAME, *_ENTITLEMENT
)

ROLE_SCHEMAS: Mapping[str, Mapping[str, ResourceType]] = {
    "ietf": _types((ROLE,), (ENTITLEMENT,)),
    "okta": _types((OKTA_ROLE, ROLE), (OKTA_ENTITLEMENT, ENTITLEMENT)),
    "none": {},
}
"""What a target publishes, by its `role_schemas` and by the name of the resource type.

Okta knows its own URNs and `displayName` only (https://developer.okta.com/docs/guides/scim-with-entitlements/-/main);
the draft's attributes stand beside it, so that a resource is of both schemas.
"""


def resource_id(value: str) -> str:
    """Return the id of the resource that stands for a value: the value itself where a URL can carry it unchanged.

    Okta assigns what it has read by `id`, the draft by `value`, so they are one wherever they can be. Any other
    character is written `~` and two hexadecimal digits for each byte, and so are `~` and a name of only dots.
    """
    quoted = quote(value, safe=":@").replace("~", "%7E")
    return (quoted if quoted.strip(".") else quoted.replace(".", "%2E")).replace("%", "~")
