"""The schemas and resource types that every target starts from; a mapping may add an extension to them."""

from __future__ import annotations

from app.scim.attributes import Attribute, Schema
from app.scim.definitions import COMMON, ENTERPRISE_USER, GROUP, USER
from app.scim.resource_type import AttributePath, ResourceType

__all__ = [
    "COMMON",
    "ENTERPRISE_USER",
    "GROUP",
    "GROUP_TYPE",
    "USER",
    "USER_TYPE",
    "Attribute",
    "AttributePath",
    "ResourceType",
    "Schema",
]

USER_TYPE = ResourceType("User", "/Users", USER, (ENTERPRISE_USER,))
GROUP_TYPE = ResourceType("Group", "/Groups", GROUP)
