"""What a vendor offers to be assigned, for the identity provider's administrator to choose from.

``/Roles`` and ``/Entitlements`` show it (draft-ietf-scim-roles-entitlements).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One role or entitlement of a vendor.

    ``value`` is what the IdP sends in ``roles[].value`` or ``entitlements[].value``: stable, an id or a code, never
    a position. ``supported`` says whether it can be assigned to a user; ``contains`` are the values of the
    entitlements that a role holds.
    """

    value: str
    display: str
    type: str | None = None
    supported: bool = True
    contains: tuple[str, ...] = ()
