"""The messages that are no resources: lists and the discovery documents, to the letter of the RFCs.

Conformance suites refuse keys that the RFCs do not name, so there are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.scim.resource_type import ResourceType
from app.scim.types import Document

LIST_URN = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH_URN = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
CONFIG_URN = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"

BEARER = {
    "type": "oauthbearertoken",
    "name": "OAuth Bearer Token",
    "description": "Authentication with a bearer token in the Authorization header.",
    "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
    "primary": True,
}


def list_response(resources: Sequence[Document], total: int, start_index: int = 1) -> Document:
    """Make a page of a list (RFC 7644 §3.4.2); `start_index` counts from 1."""
    return {
        "schemas": [LIST_URN],
        "totalResults": total,
        "startIndex": start_index,
        "itemsPerPage": len(resources),
        "Resources": list(resources),
    }


def cursor_response(
    resources: Sequence[Document], total: int, next_cursor: str | None, previous_cursor: str | None
) -> Document:
    """Make a page of a list that is read by cursor (RFC 9865 §2): there is no next one after the last page."""
    cursors = {"nextCursor": next_cursor, "previousCursor": previous_cursor}
    return {
        "schemas": [LIST_URN],
        "totalResults": total,
        "itemsPerPage": len(resources),
        **{name: cursor for name, cursor in cursors.items() if cursor is not None},
        "Resources": list(resources),
    }


def service_provider_config(
    base_url: str,
    *,
    etag: bool = True,
    sort: bool = True,
    bulk: bool = False,
    change_password: bool = False,
    max_results: int = 200,
    max_operations: int = 0,
    max_payload_size: int = 0,
) -> Document:
    """Describe what the server does (RFC 7643 §5, RFC 9865 §4); `max_results` is the largest page of a list."""
    return {
        "schemas": [CONFIG_URN],
        "patch": {"supported": True},
        "bulk": {"supported": bulk, "maxOperations": max_operations, "maxPayloadSize": max_payload_size},
        "filter": {"supported": True, "maxResults": max_results},
        "changePassword": {"supported": change_password},
        "sort": {"supported": sort},
        "etag": {"supported": etag},
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": max_results,
            "maxPageSize": max_results,
        },
        "authenticationSchemes": [dict(BEARER)],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{base_url}/ServiceProviderConfig",
        },
    }


def schema_documents(base_url: str, types: Iterable[ResourceType]) -> dict[str, Document]:
    """Describe the schemas of these resource types by their URN, as /Schemas/{urn} does."""
    used = {schema.id: schema for each in types for schema in (each.schema, *each.extensions)}
    return {
        urn: {
            **schema.document(),
            "meta": {"resourceType": "Schema", "location": f"{base_url}/Schemas/{urn}"},
        }
        for urn, schema in used.items()
    }
