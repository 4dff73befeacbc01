"""What an identity provider may say of a Datasentinel user: by the extension's attributes, or ``entitlements``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mappings import Attribute, Document, Entry

PRIVILEGES = ("read", "read write", "admin")
"""From the least to the most."""
PROFILES = ("developer", "data admin")

ATTRIBUTES = (
    Attribute("privilege", "what the user may do", choices=PRIVILEGES),
    Attribute("profile", "what the user works as", choices=PROFILES),
    Attribute("live360", "whether the user has live 360", "boolean"),
    Attribute("ldap", "whether the user logs in through LDAP; set when the account is made", "boolean"),
    Attribute("comment", "the comment on the account, instead of the user's name"),
)

ENTITLEMENTS: Mapping[str, tuple[str, Any]] = {
    f"{field}:{value}": (field, value)
    for field, values in (("privilege", PRIVILEGES), ("profile", PROFILES), ("live_360", (1, 0)))
    for value in values
}
"""The value of an entitlement -> the field that it sets, and what to."""


OFFERED = tuple(Entry(value, value.replace(":", ": "), type=field) for value, (field, _) in ENTITLEMENTS.items())
"""Every entitlement, as the catalogue shows it."""


def said(extension: Document, entitlements: Iterable[str]) -> dict[str, Any]:
    """Return the fields that the IdP has given: an attribute counts more than an entitlement, the first the most.

    Entitlements that nobody here knows say nothing.
    """
    fields: dict[str, Any] = {}
    for field, value in (ENTITLEMENTS[known] for known in entitlements if known in ENTITLEMENTS):
        fields.setdefault(field, value)
    fields.update({name: extension[name] for name in ("privilege", "profile", "comment") if name in extension})
    if "live360" in extension:
        fields["live_360"] = int(extension["live360"])
    if "ldap" in extension:
        fields["access"] = access(ldap=extension["ldap"])
    return fields


def access(*, ldap: bool) -> str:
    """Return how somebody logs in."""
    return "ldap" if ldap else "password"
