"""Converge: the one flow that makes a vendor account or role what is wanted of it.

It composes the mapping's flows and decides what they must not have to: what to do after a lost answer, after
an account has vanished, and in which order to look, adopt, create, change and remove.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from app.provisioning import no_users
from app.provisioning.doubting import doubting
from app.provisioning.outcomes import InDoubt
from app.provisioning.policy import Policy
from app.provisioning.reading import documented
from app.provisioning.state import Claimed, Learned, State
from app.provisioning.taking_over import claim, foreign, let_go, look_and_claim, make_follow
from mappings import (
    Applied,
    Call,
    Change,
    Conflict,
    Definite,
    Flow,
    Gone,
    Group,
    Intent,
    Mapping,
    NotFound,
    Protected,
    Rejected,
    Unknown,
    Unsupported,
    User,
    VendorError,
)

T = TypeVar("T")
Converging = Generator[Call | Applied | Gone | Intent | Learned | Claimed, Any, None]

LOOKS = 4
"""How often to look for an account whose create was never answered before believing that there is none."""


@dataclass(frozen=True, slots=True)
class Operations:
    """The flows of a mapping for one kind of resource."""

    create: Callable[[Any], Flow[None]]
    update: Callable[[Any, Change], Flow[None]]
    delete: Callable[[str], Flow[None]]
    find: Callable[[Any], Flow[Any]]
    is_own: Callable[[Any, Any], bool]


def operations(mapping: Mapping, kind: str) -> Operations:
    """Return a mapping's flows for ``User`` or ``Group``."""
    name = kind.lower()
    return Operations(
        create=getattr(mapping, f"create_{name}"),
        update=getattr(mapping, f"update_{name}"),
        delete=getattr(mapping, f"delete_{name}"),
        find=getattr(mapping, f"find_{name}"),
        is_own=_never if kind in mapping.unproven else getattr(mapping, f"created_{name}"),
    )


def _never(_sent: Any, _found: Any) -> bool:
    return False


def converge(policy: Policy, state: State) -> Converging:
    """Close the difference between what is wanted and what is true, by the fewest documented calls."""
    mapping = policy.mapping
    do = operations(mapping, state.kind)
    if state.kind == "User" and mapping.users == "directory":
        state.notes.append(no_users.kept(mapping))
    yield from _learn(policy, state)
    refuse_protected(mapping, state, state.desired(policy))
    doubt = yield from _settle_intent(policy, do, state)
    left = yield from _end_former(do, state)
    yield from _close(policy, do, state)
    for undone in filter(None, (left, doubt)):
        raise undone


def _settle_intent(policy: Policy, do: Operations, state: State) -> Flow[VendorError | None]:
    """Find out what came of a create that was never answered; return what is still in doubt."""
    if state.unresolved is None:
        return None
    desired = state.desired(policy)
    wanted = desired is not None and desired.key.casefold() == state.unresolved.key.casefold()
    return (yield from _resolve(policy, do, state, desired if wanted else None))


def _close(policy: Policy, do: Operations, state: State) -> Flow[None]:
    """Make the account or role what it should be: nothing, a new one, or a changed one."""
    if state.ending and state.desired(policy) is not None:
        yield from _look_whether_ended(do, state)
    desired = state.desired(policy)
    if isinstance(desired, User):
        state.share(desired.roles)
    if desired is None:
        yield from _remove(do, state)
    elif state.claimed:
        yield from make_follow(policy, state, do.update, desired)
    elif state.vendor_id is None:
        yield from _create(policy, do, state, desired)
    else:
        yield from _update(policy, do, state, desired)


def refuse_protected(mapping: Mapping, state: State, desired: User | Group | None) -> None:
    """Raise :class:`Protected` if the account or role, as it is or as it is wanted, must not be touched."""
    there = _known(state) if state.vendor_id is not None else None
    for account in (there, desired):
        reason = mapping.protection(account) if account is not None else None
        if reason is not None:
            raise Protected(reason)


def _learn(policy: Policy, state: State) -> Converging:
    """Look up which roles the user's values name, where that is not known yet. Raises ``Unsupported``."""
    missing = [value for value in state.values(policy) if value not in state.references]
    if missing:
        yield Learned((yield from documented(policy.catalogue.resolve(missing))))
    for value in state.unproven(policy):
        _judge(policy, state, value)


def _judge(policy: Policy, state: State, value: str) -> None:
    """Note a value that means nothing here; refuse one that the vendor has and that nobody can be given."""
    role, title = state.references.get(value), policy.mapping.title
    entry = policy.catalogue.entry(role) if role is not None else None
    if role is None and policy.catalogue.is_ambiguous(value):
        state.notes.append(f"several roles at {title} are called {value!r}: it gives nothing, send the id")
    elif role is None:
        state.notes.append(f"{value!r} is no role that {title} has: it gives nothing")
    elif entry is not None and not entry.supported:
        raise Unsupported(f"{entry.display} ({value}) is nothing that a user at {title} can be given")


def _resolve(policy: Policy, do: Operations, state: State, wanted: User | Group | None) -> Flow[VendorError | None]:
    """A create was sent and never answered: adopt what it made, or prove that it made nothing.

    Returns what is still in doubt, where there is an account to go on with meanwhile; else that is raised.
    """
    sent = state.unresolved
    if sent is None:
        return None
    found = yield from documented(do.find(sent))
    if found is None and wanted is None and state.attempts < LOOKS:
        doubt = InDoubt(f"{sent.key} may still be being created: it will be looked for again")
        if state.vendor_id is None:
            raise doubt
        return doubt
    if found is not None and _is_own(do, state, sent, found):
        if wanted is not None or state.vendor_id is None:
            yield from _adopt(found)
        else:  # the account that it was to follow is wanted after all
            state.former, state.intent, state.unresolved = found.vendor_id, None, None
        return None
    yield from _nothing_made(state)
    state.sought = True
    if found is not None and wanted is not None:
        yield from claim(policy, state, found, wanted, foreign(sent.key))
    return None


def _is_own(do: Operations, state: State, sent: User | Group, found: User | Group) -> bool:
    """Whether a create of ours has made what is found; not if the vendor has said that it is somebody else's."""
    return not state.foreign and do.is_own(sent, found)


def _nothing_made(state: State) -> Flow[None]:
    """The create made no account; one that was there before, under another key, is still there."""
    if state.vendor_id is None:
        yield Gone()
    state.intent = state.unresolved = None


def _adopt(found: User | Group) -> Flow[None]:
    held = found.roles if isinstance(found, User) else frozenset()
    members = found.members if isinstance(found, Group) else frozenset()
    yield Applied(found.vendor_id, found.fields, roles_added=held, members=members)


def _create(policy: Policy, do: Operations, state: State, desired: User | Group) -> Flow[None]:
    before = state.vendor_id
    yield Intent(desired)
    try:
        yield from documented(do.create(desired))
    except Conflict as taken:
        if state.sought and (yield from _was_created(policy, do, state, desired)):
            return
        state.intent = None
        yield from look_and_claim(policy, state, do.find, desired, taken)
        yield from make_follow(policy, state, do.update, desired)
    except Definite:
        state.intent = None
        raise
    except Unknown:
        if state.vendor_id != before:  # created; a later step was lost
            state.doubt(state.change(desired))
            raise
        if not (yield from _was_created(policy, do, state, desired)):
            raise


def _was_created(policy: Policy, do: Operations, state: State, sent: User | Group) -> Flow[bool]:
    """The answer to a create was lost: look at once, so that the IdP gets a true answer if there is one."""
    intent = state.intent or sent  # a mapping may have noted in it what was there before
    try:
        found = yield from documented(do.find(intent))
    except Exception:  # noqa: BLE001 -- the lost answer is what matters; the next converge looks again
        return False
    if found is None:
        return False
    if not _is_own(do, state, intent, found):
        yield from _nothing_made(state)
        yield from claim(policy, state, found, sent, foreign(sent.key))
        yield from make_follow(policy, state, do.update, sent)
        return True
    yield from _adopt(found)
    rest = state.change(sent)
    unsaid = replace(rest, password=None)  # which went with the create
    if unsaid:
        yield from doubting(state, unsaid, do.update(replace(sent, vendor_id=state.vendor_id), unsaid))
    return True


def _update(policy: Policy, do: Operations, state: State, desired: User | Group) -> Flow[None]:
    mapping, change = policy.mapping, state.change(desired)
    if not change:
        return
    if isinstance(desired, User) and mapping.recreates(desired, change):
        yield from _recreate(policy, do, state, desired)
        return
    if change.password is not None and mapping.passwords != "settable":
        raise Unsupported(f"{mapping.title} documents no call that changes the password of an account")
    try:
        yield from doubting(state, change, do.update(desired, change))
    except NotFound as missing:
        yield from _replace_missing(policy, do, state, desired, missing)


def _recreate(policy: Policy, do: Operations, state: State, desired: User) -> Flow[None]:
    """Make the account anew: under another key first the new one, so that a refusal costs nobody the old one."""
    if desired.key.casefold() == str(state.vendor_id).casefold():
        yield from _remove(do, state)
    yield from _create(policy, do, state, replace(desired, vendor_id=None))
    left = yield from _end_former(do, state)
    if left is not None:
        raise left


def _end_former(do: Operations, state: State) -> Flow[VendorError | None]:
    """Delete the account that another one has taken the place of; return why it is still there, if it is."""
    if state.former is None:
        return None
    try:
        yield from _delete(do, User(state.former, {}, vendor_id=state.former))
    except VendorError as failure:
        return failure
    state.former = None
    return None


def _replace_missing(
    policy: Policy, do: Operations, state: State, desired: User | Group, missing: NotFound
) -> Flow[None]:
    """A known account was not found: look once, create it again if it is gone; a leaver's is not made again."""
    if (yield from _still_there(do, state, desired)) is not None:  # something else was not, a role perhaps
        raise Rejected(missing.detail, status=missing.status)
    yield Gone()
    anew = state.desired(policy)
    if anew is not None:
        yield from _create(policy, do, state, anew)


def _look_whether_ended(do: Operations, state: State) -> Flow[None]:
    """Nobody knows whether an account has ended that is wanted after all: look. Not every list shows its roles."""
    noted = User(state.vendor_key, dict(state.fields), state.held, vendor_id=state.vendor_id)
    found = yield from _still_there(do, state, noted)
    if found is None:
        yield Gone()
        return
    yield Applied(found.vendor_id, found.fields)
    state.doubt(Change(roles_removed=state.held))
    state.ending = False


def _still_there(do: Operations, state: State, known: User | Group) -> Flow[Any]:
    """Look for a known account; ``None`` if it is gone. Raises ``Conflict`` if another one has its key."""
    found = yield from documented(do.find(known))
    if found is not None and found.vendor_id != state.vendor_id:
        raise Conflict(f"{known.key} exists at the vendor under another id than the bridge's")
    return found


def _remove(do: Operations, state: State) -> Flow[None]:
    if state.vendor_id is None:
        return
    if state.lets_go:
        yield from let_go(state, do.update)
    else:
        yield from _end(do, state)
    yield Gone()


def _end(do: Operations, state: State) -> Flow[None]:
    """Delete the account; unless it is certain that it is still there, it is doubted after an error."""
    try:
        yield from _delete(do, _known(state), state.doubt_all)
    except VendorError as failure:
        if isinstance(failure, Unknown) or state.repeated:
            state.doubt_all()
        raise


def _delete(do: Operations, known: User | Group, doubt: Callable[[], None] = lambda: None) -> Flow[None]:
    try:
        yield from documented(do.delete(str(known.vendor_id)))
    except NotFound as missing:  # gone already, it should mean; a wrong 404 would leave somebody's access: look
        doubt()
        found = yield from documented(do.find(known))
        if found is not None and found.vendor_id == known.vendor_id:
            raise Rejected(missing.detail, status=missing.status) from missing


def _known(state: State) -> User | Group:
    """Return what to look for when all that counts is whether the vendor id still exists."""
    if state.kind == "User":
        return User(state.vendor_key, {}, vendor_id=state.vendor_id)
    return Group(state.name, {}, vendor_id=state.vendor_id)
