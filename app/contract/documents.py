"""What an identity provider sends: the documents and operations that the contract is asked with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

MEDIA_TYPE = "application/scim+json"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def person(name: str = "ann", /, **more: Any) -> dict[str, Any]:
    """Return a User as most providers send one: ann@acme.example is Ann Lee."""
    given = name.capitalize()
    email = f"{name}@acme.example"
    return {
        "schemas": [USER],
        "userName": email,
        "name": {"givenName": given, "familyName": "Lee"},
        "displayName": f"{given} Lee",
        "emails": [{"value": email, "type": "work", "primary": True}],
        "active": True,
        **more,
    }


def refs(ids: Iterable[str]) -> list[dict[str, str]]:
    """Return members as SCIM writes them."""
    return [{"value": id_} for id_ in ids]


def add(*ids: str) -> dict[str, Any]:
    """Return the operation that adds members."""
    return {"op": "add", "path": "members", "value": refs(ids)}


def remove(id_: str) -> dict[str, Any]:
    """Return the operation that removes a member."""
    return {"op": "remove", "path": f'members[value eq "{id_}"]'}


def replace(path: str, value: Any) -> dict[str, Any]:
    """Return a replace operation."""
    return {"op": "replace", "path": path, "value": value}
