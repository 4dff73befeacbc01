"""What Microsoft Entra ID sends: capitalised operations, ``active`` as a string, members without a filter.

https://learn.microsoft.com/en-us/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups
"""

from __future__ import annotations

from typing import Any

from urllib3.util import SKIP_HEADER

from app.demo.provider import Provider, Request
from app.demo.story import TITLE

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTRA_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
NOBODY = "bd6b8c1e-0c3a-4a25-9d8d-8fd2a5a1f0f7"
"""A random GUID: a connection works if the search for it answers with an empty list."""


def _patch(path: str, expects: int, *operations: tuple[str, str, Any]) -> Request:
    spelt = [{"op": op, "path": attribute, "value": value} for op, attribute, value in operations]
    return Request("PATCH", path, {"schemas": [PATCH], "Operations": spelt}, expects)


def _hire(person: str, given: str, family: str, external_id: str) -> tuple[Request, ...]:
    email = f"{person}@acme.example"
    body = {
        "schemas": [USER, ENTERPRISE_USER],
        "externalId": external_id,
        "userName": email,
        "active": True,
        "displayName": f"{given} {family}",
        "emails": [{"primary": True, "type": "work", "value": email}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": f"{given} {family}", "familyName": family, "givenName": given},
        "roles": [],
    }
    return (
        Request("GET", f"/Users?filter=userName+eq+%22{person}%40acme.example%22"),
        Request("POST", "/Users", body, 201, person),
    )


def _members(op: str, group: str, *people: str) -> Request:
    value = [{"$ref": None, "value": f"{{{person}}}"} for person in people]
    return _patch(f"/Groups/{{{group}}}", 204, (op, "members", value))


def _push(group: str, name: str, external_id: str, *people: str) -> tuple[Request, ...]:
    body = {
        "schemas": [GROUP, ENTRA_GROUP],
        "externalId": external_id,
        "displayName": name,
        "meta": {"resourceType": "Group"},
    }
    return (
        Request("GET", f"/Groups?excludedAttributes=members&filter=displayName+eq+%22{name}%22"),
        Request("POST", "/Groups", body, 201, group),
        _members("Add", group, *people),
    )


def _active(person: str, active: str) -> tuple[Request, ...]:
    return (
        Request("GET", f"/Users/{{{person}}}"),
        _patch(f"/Users/{{{person}}}", 200, ("Replace", "active", active)),
    )


ENTRA = Provider(
    idp="entra",
    title="Microsoft Entra ID",
    headers={
        "User-Agent": SKIP_HEADER,  # Microsoft's examples show none: none is sent
        "Accept": "application/scim+json",
        "Accept-Encoding": SKIP_HEADER,
    },
    body_headers={"Content-Type": "application/scim+json; charset=utf-8"},
    requests={
        "connect": (Request("GET", f"/Users?filter=userName+eq+%22{NOBODY}%22"),),
        "hire ada": _hire("ada", "Ada", "Byron", "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"),
        "hire grace": _hire("grace", "Grace", "Hopper", "5d9e6a34-71c5-4c0e-9a53-16a51e39b1d8"),
        "push finance": _push("finance", "Finance", "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159", "ada", "grace"),
        "push engineering": _push("engineering", "Engineering", "c7d1f4be-6b0c-49f4-8a0e-6b4f5f1a2d90", "grace"),
        "transfer": (
            Request("GET", "/Groups/{finance}?excludedAttributes=members"),
            _members("Remove", "finance", "ada"),
            Request("GET", "/Groups/{engineering}?excludedAttributes=members"),
            _members("Add", "engineering", "ada"),
        ),
        "rename": (
            Request("GET", "/Users/{ada}"),
            _patch(
                "/Users/{ada}",
                200,
                ("Replace", "displayName", "Ada Lovelace"),
                ("Replace", "name.familyName", "Lovelace"),
                ("Replace", "name.formatted", "Ada Lovelace"),
            ),
        ),
        "promote": (
            Request("GET", "/Users/{ada}"),
            _patch("/Users/{ada}", 200, ("Add", "title", TITLE)),
        ),
        "leave": _active("ada", "False"),
        "re-hire": _active("ada", "True"),
        "leave for good": _active("grace", "False"),
    },
)
