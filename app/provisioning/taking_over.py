"""Accounts and roles that were there before the bridge: when one becomes a resource's, and how it is let go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.provisioning.doubting import doubting
from app.provisioning.policy import Policy
from app.provisioning.reading import documented
from app.provisioning.state import Claimed, State
from mappings import Change, Conflict, Flow, Group, Protected, Unsupported, User, difference


def foreign(key: str) -> Conflict:
    """Return the refusal to touch what the bridge did not create."""
    return Conflict(f"{key} exists at the vendor, and the bridge did not create it")


def look_and_claim(
    policy: Policy, state: State, find: Callable[[Any], Flow[Any]], desired: User | Group, refusal: Conflict
) -> Flow[None]:
    """The vendor has the key already: make that account the resource's, if the target allows; else raise."""
    if policy.adopt == "never" or state.vendor_id is not None:
        raise refusal
    try:
        found = yield from documented(find(desired))
    except Unsupported as missing:
        raise Conflict(f"{refusal.detail}; it cannot be adopted: {missing.detail}", status=refusal.status) from None
    if found is None:
        raise refusal
    yield from claim(policy, state, found, desired, refusal)


def claim(
    policy: Policy, state: State, found: User | Group, desired: User | Group, refusal: Conflict
) -> Flow[None]:
    """Make ``found`` the resource's, if the target allows and it is not protected; else raise.

    Roles that it has and that nobody wants are not the bridge's: they are neither noted nor taken.
    """
    if policy.adopt == "never" or state.vendor_id is not None:
        raise refusal
    reason = policy.mapping.protection(found)
    if reason is not None:
        raise Protected(reason)
    if policy.adopt == "equal" and not _is_equal(found, desired):
        raise Conflict(f'{refusal.detail}; it is not what is wanted (adopt = "equal")', status=refusal.status)
    wanted = found.roles & desired.roles if isinstance(found, User) and isinstance(desired, User) else frozenset()
    yield Claimed(found, wanted)  # type: ignore[misc]
    state.notes.append(f"{found.key} was at {policy.mapping.title} before and has been adopted")


def _is_equal(found: User | Group, desired: User | Group) -> bool:
    """Whether nothing of an account has to change, but for roles that it is to be given."""
    if difference(found.fields, frozenset(), desired).fields:
        return False
    if isinstance(found, User) and isinstance(desired, User):
        return found.roles <= desired.roles
    return isinstance(found, Group) and isinstance(desired, Group) and found.members <= desired.members


def make_follow(
    policy: Policy, state: State, update: Callable[[Any, Change], Flow[None]], desired: User | Group
) -> Flow[None]:
    """Change an account that has just been claimed to what is wanted; it is never made anew."""
    change = state.change(desired)
    if change.password is not None and policy.mapping.passwords != "settable":
        change = replace(change, password=None)
        state.notes.append(f"it keeps its password: {policy.mapping.title} documents no call that changes one")
    if change:
        yield from doubting(state, change, update(replace(desired, vendor_id=state.vendor_id), change))


def let_go(state: State, update: Callable[[Any, Change], Flow[None]]) -> Flow[None]:
    """Leave an adopted account to itself, without the roles that the bridge has given it."""
    taken = state.given
    if state.kind == "User" and taken:
        account = User(
            state.vendor_key, dict(state.fields), state.adopted or frozenset(), vendor_id=state.vendor_id
        )
        change = Change(roles_removed=taken)
        yield from doubting(state, change, update(account, change))
