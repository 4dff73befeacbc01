"""What a test must know of a vendor to ask it the same as the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mappings.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Facts:
    """``nobody`` are the roles of a user in no group; ``stranger`` makes an account that nobody pushed.

    ``creates_groups``: whether a new group is a call at all. ``own_names``: the roles that every account of the
    vendor has, so that no group of that name can be pushed.
    """

    vendor: str
    stranger: Callable[[Any, str], Any]
    nobody: frozenset[str] = frozenset()
    creates_groups: bool = True
    renames_groups: bool = True
    changes_email: bool = True
    stores_names: bool = True
    seed: dict[str, Any] = field(default_factory=dict)
    own_names: frozenset[str] = frozenset()

    def roles(self, *groups: str) -> set[str]:
        """Return the roles that a user in these groups has."""
        return set(groups) or set(self.nobody)


def _periscope(sandbox: Any, email: str) -> None:
    names = {"first_name": "Some", "last_name": "Body", "roles": ["0000-test-1111-role-id"]}
    sandbox.create_user({**names, "email": email, "invited_by_email": "admin@acme.example"})


def _datasentinel(sandbox: Any, email: str) -> None:
    sandbox.create_user(email, {"password": "of-a-stranger", "privilege": "read", "roles": ["role_1"]})


def _squirro(sandbox: Any, email: str) -> None:
    sandbox.create_user({"email": email, "role": "user"})
    sandbox.find_user(next(user["id"] for user in sandbox.users() if user["key"] == email))["full_name"] = (
        "Some Body"
    )


def _prancer(sandbox: Any, email: str) -> None:
    sandbox.invite({"email": email})
    sandbox._accounts[email].update(status="Registered", user_groups=["QC"])


VENDORS = {
    "periscope": Facts("periscope", _periscope, own_names=frozenset({"Everyone"})),
    "datasentinel": Facts(
        "datasentinel",
        _datasentinel,
        nobody=frozenset({"Least Access"}),
        creates_groups=False,
        renames_groups=False,
        changes_email=False,
    ),
    "squirro": Facts("squirro", _squirro),
    "prancer": Facts("prancer", _prancer, changes_email=False, stores_names=False),
}


def stranger(sandbox: Sandbox, email: str) -> dict[str, Any]:
    """Let somebody else make an account at the vendor, and return it."""
    VENDORS[sandbox.vendor].stranger(sandbox, email)
    return next(user for user in sandbox.users() if user["key"] == email)
