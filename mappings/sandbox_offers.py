"""What a sandbox's seed data have that somebody, or a group, can be given for show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to give, as SCIM names it and as the sandbox shows it.

    ``attribute`` is ``roles`` or ``entitlements`` of a User, or one of the vendor's own attributes of a Group;
    ``value`` goes in there. Whoever has it shows ``name`` among the sandbox's ``roles`` or ``grants``, and the
    names that it ``brings`` along.
    """

    attribute: str
    value: str
    name: str
    brings: tuple[str, ...] = ()
