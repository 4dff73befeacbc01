"""What an administrator sends with a token of the target, because identity providers do not: what is in a group."""

from __future__ import annotations

from urllib.parse import quote

from app.demo.provider import Provider, Request
from app.demo.story import BOTH, FINANCE, STORY, Chapter, Content
from mappings import Mapping
from mappings.attributes import urn
from mappings.sandbox_offers import Offer

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
KEY = "by hand"
TITLE = "by hand: fills Finance"


def chapter(offer: Offer) -> Chapter:
    """Return the step: Finance then has what was asked for, and what that brings along."""
    return Chapter(KEY, TITLE, STORY[-1].people, BOTH, {FINANCE: Content((offer.name,), offer.brings)})


def provider(mapping: Mapping, offer: Offer) -> Provider:
    """Return the requests: look the offer up in the vendor's catalogue by name, and put it into the group by id."""
    attribute = next(each for each in mapping.group_attributes if each.name == offer.attribute)
    value = {"value": "{offer}", "display": offer.name} if attribute.parts else "{offer}"
    path = f"{urn(mapping.vendor, 'Group')}:{attribute.name}"
    named = quote(f'display eq "{offer.name}"')
    body = {"schemas": [PATCH], "Operations": [{"op": "add", "path": path, "value": [value]}]}
    return Provider(
        idp="",
        title="by hand",
        headers={"Accept": "application/scim+json"},
        body_headers={"Content-Type": "application/scim+json"},
        requests={
            KEY: (
                Request("GET", f"/Entitlements?filter={named}", keep="offer"),
                Request("PATCH", "/Groups/{finance}", body, 204),
            )
        },
    )
