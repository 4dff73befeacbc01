"""What identity providers mean differently, as a table keyed by a target's ``idp`` (docs/decisions/0013)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from app.scim.members import MemberChange


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one identity provider wants to be understood and answered.

    ``unknown_members`` says what becomes of a member the bridge does not know when others beside it are known:
    ``skip`` it (and report it in the event), or ``refuse`` the whole request. ``replace_members`` says what a PATCH
    means that replaces ``members`` by a list with somebody in it: these ``exactly``, or ``add`` them to those who
    are there. An empty list empties a group in every dialect, and a PUT is always exact. ``patched_user`` and
    ``patched_group`` are the status that a PATCH is answered with; one that asks for attributes gets 200 and them.
    """

    name: str
    unknown_members: Literal["refuse", "skip"] = "refuse"  # RFC 7644 §3.5.2: all operations or none
    replace_members: Literal["exactly", "add"] = "exactly"  # RFC 7644 §3.5.2.3
    patched_user: Literal[200, 204] = 200  # RFC 7644 §3.5.2 allows both; clients compare the body
    patched_group: Literal[200, 204] = 204  # a list of all members would be the answer to one who comes

    def member_change(self, change: MemberChange) -> MemberChange:
        """Read a change that a PATCH asks for as this identity provider means it."""
        if change.kind == "replace" and self.replace_members == "add":
            return replace(change, kind="add")
        return change

    def patched(self, kind: str) -> int:
        """Return the status that answers a PATCH of a ``User`` or ``Group``."""
        return self.patched_group if kind == "Group" else self.patched_user


DIALECTS = {
    # https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20: a full push replaces the members by all
    # of them; 200 or 204. It does not try a 400 again: one stale id would end the push.
    "okta": Dialect("okta", unknown_members="skip"),
    # https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups: 204 for a
    # group, 200 for a user, members are sent in batches and removed by Remove. Its validator
    # (https://scimvalidator.microsoft.com) adds a member by a replace of `members`.
    "entra": Dialect("entra", unknown_members="skip", replace_members="add"),
    "generic": Dialect("generic"),  # RFC 7644
}
