"""The resource types of one target: SCIM's own, with the vendor's extension and without what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC

from app.provisioning import no_users
from app.scim.catalogue import ROLE_SCHEMAS
from app.scim.schemas import GROUP_TYPE, USER_TYPE, Attribute, ResourceType, Schema
from app.scim.types import Document
from mappings import Attribute as VendorAttribute
from mappings import Mapping
from mappings.attributes import urn

NOTE = "note"
"""The attribute that says what has not reached the vendor."""


def resource_types(mapping: Mapping) -> dict[str, ResourceType]:
    """Return what requests are read with, by name."""
    return {
        "User": _extended(USER_TYPE, mapping, mapping.user_attributes),
        "Group": _extended(GROUP_TYPE, mapping, mapping.group_attributes),
    }


def published(mapping: Mapping, types: MappingABC[str, ResourceType], role_schemas: str) -> dict[str, ResourceType]:
    """Return what ``/Schemas`` shows: no password where none can be changed, and an address where one is needed.

    What the vendor offers to be assigned is shown by the schemas that ``role_schemas`` names.
    """
    user = types["User"] if mapping.passwords == "settable" else types["User"].without("password")
    if mapping.needs_email and mapping.users == "managed":
        user = user.requiring("emails")
    offered = {
        name: each for name, each in ROLE_SCHEMAS[role_schemas].items() if each.endpoint[1:] in mapping.catalogues
    }
    return {**types, "User": user, **offered}


def listed(
    types: MappingABC[str, ResourceType], shown: MappingABC[str, ResourceType], role_schemas: str
) -> dict[str, ResourceType]:
    """Return what ``/ResourceTypes`` lists of what ``/Schemas`` shows."""
    return {name: each for name, each in shown.items() if name in types or role_schemas != "unlisted"}


def note(mapping: Mapping, kind: str) -> dict[str, Document]:
    """Return the extension that tells the IdP what does not reach the vendor; empty where everything does."""
    if mapping.users != "directory":
        return {}
    what = "This user is" if kind == "User" else "The members are"
    return {urn(mapping.vendor, kind): {NOTE: f"{what} {no_users.kept(mapping)}."}}


def _extended(base: ResourceType, mapping: Mapping, attributes: tuple[VendorAttribute, ...]) -> ResourceType:
    own = [_attribute(each) for each in attributes]
    if mapping.users == "directory":
        own.append(Attribute(NOTE, mutability="readOnly", description="What has not reached the vendor, and why."))
    if not own:
        return base
    name = f"{mapping.title} {base.name}"
    text = f"What {mapping.title} stores of a {base.name} beyond the SCIM core."
    return base.with_extension(Schema(urn(mapping.vendor, base.name), name, text, tuple(own)))


def _attribute(declared: VendorAttribute) -> Attribute:
    return Attribute(
        declared.name,
        declared.type,
        multi_valued=declared.multi_valued,
        mutability="readOnly" if declared.read_only else "readWrite",
        case_exact=True,
        description=declared.about,
        canonical_values=declared.choices or declared.examples,
        closed=bool(declared.choices),
        takes_numbers=declared.type == "string",
        sub_attributes=tuple(_attribute(part) for part in declared.parts),
    )
