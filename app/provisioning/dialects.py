"""What identity providers mean differently, as a table keyed by a target's ``idp``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one identity provider wants to be answered.

    ``unknown_members`` says what becomes of a member the bridge does not know when others beside it are known:
    ``skip`` it (and report it in the event), or ``refuse`` the whole request.
    """

    name: str
    unknown_members: str = "refuse"


DIALECTS = {
    "okta": Dialect("okta", unknown_members="skip"),  # does not retry after a 400: one stale id would end the push
    "entra": Dialect("entra", unknown_members="skip"),  # sends members in batches
    "generic": Dialect("generic"),
}
