"""Readers of a SCIM document: what a mapping's attribute tables are made of.

Each takes a SCIM User or Group (RFC 7643 §4) as a plain document and returns one value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from mappings.attributes import urn

Document = Mapping[str, Any]


def primary_email(user: Document) -> str | None:
    """Return the primary e-mail address, else the work one, else the first; else a userName that is one."""
    emails = [email for email in user.get("emails", ()) if email.get("value")]
    ranked = sorted(emails, key=lambda email: (not email.get("primary"), email.get("type") != "work"))
    if ranked:
        return str(ranked[0]["value"])
    name = str(user.get("userName", ""))
    return name if "@" in name else None


def assigned(user: Document, attribute: str) -> list[str]:
    """Return the values of ``roles`` or ``entitlements``, in order and each once; Entra may send JSON texts."""
    entries = (entry.get("value") for entry in user.get(attribute, ()))
    return list(dict.fromkeys(_plain(value) for value in entries if isinstance(value, str) and value))


def _plain(value: str) -> str:
    """Return the ``value`` inside a JSON object: what Entra makes of an app role."""
    try:
        inner = json.loads(value) if value.startswith("{") else None
    except ValueError:
        return value
    return str(inner["value"]) if isinstance(inner, dict) and inner.get("value") else value


def display_name(resource: Document) -> str:
    """Return ``displayName``, or an empty string."""
    return str(resource.get("displayName", ""))


def provenance(resource: Document) -> str:
    """Return a text that only this resource's account or role can have: proof of who created it."""
    return f"Provisioned over SCIM ({resource['id']})"


def given_name(user: Document) -> str:
    """Return ``name.givenName``; without any name, the first word of the full name."""
    name = user.get("name", {})
    if name.get("givenName") or name.get("familyName"):
        return str(name.get("givenName", ""))
    return full_name(user).partition(" ")[0]


def family_name(user: Document) -> str:
    """Return ``name.familyName``; without any name, the full name from its second word on."""
    name = user.get("name", {})
    if name.get("givenName") or name.get("familyName"):
        return str(name.get("familyName", ""))
    return full_name(user).partition(" ")[2]


def full_name(user: Document) -> str:
    """Return ``displayName``, else the formatted name, else given and family name, else the e-mail's local part."""
    name = user.get("name", {})
    parts = " ".join(part for part in (name.get("givenName"), name.get("familyName")) if part)
    local_part = str(user.get("userName", "")).partition("@")[0]
    return str(user.get("displayName") or name.get("formatted") or parts or local_part)


def extension(vendor: str, name: str) -> Callable[[Document], Any]:
    """Return the reader of one of the vendor's own attributes; ``None`` where the IdP says nothing of it."""

    def read(resource: Document) -> Any:
        given = (resource.get(urn(vendor, kind), {}) for kind in ("User", "Group"))
        return next((own[name] for own in given if name in own), None)

    return read
