"""What a Datasentinel account cannot be given by an update, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mappings import Change, Rejected, User
from mappings.datasentinel.attributes import PRIVILEGES

ONLY_NEW = {
    "email": "Datasentinel knows a user by the e-mail address: it cannot be changed (option recreate)",
    "access": "Datasentinel takes ldap only with a new account (option recreate)",
    "live_360": "Datasentinel documents live_360 only for a new account (options live_360_in_put, recreate)",
}

NO_RESTRICTION = "No restriction"
"""What the vendor calls having no role."""


def problem(option: Mapping[str, Any]) -> str | None:
    """Return what is wrong with options that are right by themselves."""
    if PRIVILEGES.index(option["privilege"]) > PRIVILEGES.index(option["max_privilege"]):
        return "privilege is more than max_privilege"
    open_roles = [name for name in ("fallback_role", "quarantine_role") if option[name] == NO_RESTRICTION]
    return f"{open_roles[0]} must restrict what a user sees" if open_roles else None


def only_new(user: User, change: Change, option: Mapping[str, Any]) -> str | None:
    """Return why no update can make this change; ``None`` if one can."""
    key = str(user.vendor_id).lower()
    before, now = (fields.get("access") for fields in (change.before, change.fields))
    changed = {
        "email": change.fields.get("email", key) != key,
        "access": None not in (before, now) and "ldap" in (before, now),
        "live_360": "live_360" in change.fields and not option["live_360_in_put"],
    }
    return next((ONLY_NEW[name] for name, is_changed in changed.items() if is_changed), None)


def may_recreate(user: User, change: Change, option: Mapping[str, Any]) -> bool:
    """Whether the account may be deleted and made anew: by default if nobody loses a password that is in use."""
    ways = {user.fields["access"], change.before.get("access")}
    safe = bool(ways & {"ldap", "locked"}) or change.password is not None
    allowed = {"always": True, "safe": safe, "never": False}[option["recreate"]]
    return allowed or user.fields["access"] == "locked"  # a leaver is locked out, whatever else is wanted


def excess(user: User, option: Mapping[str, Any]) -> Rejected | None:
    """Return the refusal of a privilege above ``max_privilege``."""
    reason = too_much(user.fields["privilege"], option)
    return None if reason is None else Rejected(reason)


def too_much(privilege: str, option: Mapping[str, Any]) -> str | None:
    """Return why nobody is given a privilege; ``None`` if it is not above ``max_privilege``."""
    most = option["max_privilege"]
    if PRIVILEGES.index(privilege) <= PRIVILEGES.index(most):
        return None
    return f"privilege {privilege!r} is more than {most!r}, which is the most here (option max_privilege)"
