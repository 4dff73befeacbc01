"""What Okta sends: look-ups before creates, GET and PUT for a profile, PATCH for everything else.

https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/
"""

from __future__ import annotations

from typing import Any

from app.demo.provider import Provider, Request
from app.demo.story import TITLE

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def _look_up(endpoint: str, attribute: str, value: str) -> Request:
    return Request("GET", f"/{endpoint}?filter={attribute}%20eq%20%22{value}%22&startIndex=1&count=100")


def _patch(path: str, expects: int, *operations: dict[str, Any]) -> Request:
    return Request("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, expects)


def _hire(person: str, given: str, family: str, external_id: str, password: str) -> tuple[Request, ...]:
    email = f"{person}@acme.example"
    body = {
        "schemas": [USER],
        "userName": email,
        "name": {"givenName": given, "familyName": family},
        "emails": [{"primary": True, "value": email, "type": "work"}],
        "displayName": f"{given} {family}",
        "locale": "en-US",
        "externalId": external_id,
        "groups": [],
        "password": password,
        "active": True,
    }
    return _look_up("Users", "userName", f"{person}%40acme.example"), Request("POST", "/Users", body, 201, person)


def _members(group: str, name: str, operation: dict[str, Any]) -> tuple[Request, ...]:
    """Change members; Okta sends the group's name again with every such change, and its id with the name."""
    again = {"op": "replace", "value": {"id": f"{{{group}}}", "displayName": name}}
    return _patch(f"/Groups/{{{group}}}", 204, again), _patch(f"/Groups/{{{group}}}", 204, operation)


def _push(group: str, name: str, *people: str) -> tuple[Request, ...]:
    members = [{"value": f"{{{person}}}", "display": f"{person}@acme.example"} for person in people]
    return (
        _look_up("Groups", "displayName", name),
        Request("POST", "/Groups", {"schemas": [GROUP], "displayName": name, "members": []}, 201, group),
        *_members(group, name, {"op": "add", "path": "members", "value": members}),
    )


def _active(person: str, *, active: bool) -> tuple[Request, ...]:
    return (_patch(f"/Users/{{{person}}}", 200, {"op": "replace", "value": {"active": active}}),)


RENAMED = {
    "schemas": [USER],
    "id": "{ada}",
    "userName": "ada@acme.example",
    "name": {"givenName": "Ada", "middleName": "", "familyName": "Lovelace"},
    "emails": [{"primary": True, "value": "ada@acme.example", "type": "work", "display": "ada@acme.example"}],
    "displayName": "Ada Lovelace",
    "locale": "en-US",
    "externalId": "00ujl29u0le5T6Aj10h7",
    "active": True,
    "groups": [],
    "meta": {"resourceType": "User"},
}
PROMOTED = {**RENAMED, "title": TITLE}
JOINING_ADA = {"op": "add", "path": "members", "value": [{"value": "{ada}", "display": "ada@acme.example"}]}

OKTA = Provider(
    idp="okta",
    title="Okta",
    headers={
        "User-Agent": "Okta SCIM Client 1.0.0",
        "Accept": "application/scim+json",
        "Accept-Charset": "utf-8",
        "Accept-Encoding": "gzip,deflate",
        "Connection": "Keep-Alive",
    },
    body_headers={"Content-Type": "application/scim+json; charset=utf-8"},
    requests={
        "connect": (
            Request("GET", "/Users?startIndex=1&count=2"),
            Request("GET", "/Groups?startIndex=1&count=100"),
        ),
        "hire ada": _hire("ada", "Ada", "Byron", "00ujl29u0le5T6Aj10h7", "1mz050nq"),
        "hire grace": _hire("grace", "Grace", "Hopper", "00ujl2aelgmJIkq2E0h7", "7kq318xd"),
        "push finance": _push("finance", "Finance", "ada", "grace"),
        "push engineering": _push("engineering", "Engineering", "grace"),
        "transfer": (
            *_members("finance", "Finance", {"op": "remove", "path": 'members[value eq "{ada}"]'}),
            *_members("engineering", "Engineering", JOINING_ADA),
        ),
        "rename": (Request("GET", "/Users/{ada}"), Request("PUT", "/Users/{ada}", RENAMED)),
        "promote": (Request("GET", "/Users/{ada}"), Request("PUT", "/Users/{ada}", PROMOTED)),
        "leave": _active("ada", active=False),
        "re-hire": _active("ada", active=True),
        "leave for good": _active("grace", active=False),
    },
)
