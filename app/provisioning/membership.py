"""What a request changes in a group's members, as row statements: the cost is the change's, not the group's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.directory import links, members
from app.provisioning import no_users
from app.provisioning.target import Target
from app.scim import errors
from app.scim.filter import Filter, entry_matches
from app.scim.members import MemberChange


@dataclass(frozen=True, slots=True)
class Difference:
    """The user links that come into a group and those that leave it.

    ``again`` are those that were asked for before and are not yet true at the vendor, or that another request may
    still take back; ``awaited`` are those of them that are to come; ``unknown`` are ids that nobody has.
    """

    added: Sequence[int] = ()
    removed: Sequence[int] = ()
    again: Sequence[int] = ()
    unknown: Sequence[str] = ()
    awaited: Sequence[int] = ()
    added_set: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "added_set", frozenset(self.added))

    @property
    def users(self) -> list[int]:
        """Everybody whose account has to change: who leaves comes first."""
        return [*self.removed, *self.again, *self.added]

    def word(self, user_link: int) -> str:
        """Say what becomes of one of the users."""
        if user_link in self.added_set:
            return "added to"
        return "again: member of" if user_link in self.again else "removed from"

    def __bool__(self) -> bool:
        """Whether anybody's account has to follow."""
        return bool(self.added or self.removed or self.again)


def difference(
    connection: Connection, target: Target, group_link: int, changes: Sequence[MemberChange]
) -> Difference:
    """Apply member changes to what is desired, in their order, and return what that changed.

    Raises ``InvalidValue`` for members that the bridge does not know, unless the dialect skips them and others
    beside them are known.
    """
    if not changes:
        return Difference()
    if target.mapping.users == "reject" and any(change.ids for change in changes if change.kind != "remove"):
        raise errors.MutabilityError(no_users.refusal(target.mapping))
    ids = list(dict.fromkeys(id_ for change in changes for id_ in change.ids))
    known = links.resolve(connection, target.name, ids)
    whole = any(change.kind in WHOLE for change in changes)
    members_now = members.flags(connection, group_link) if whole else {}
    leased = links.lock(connection, [*{*members_now, *known.values()}])  # before their rows, as everybody does
    known = {id_: user for id_, user in known.items() if user in leased}
    rows = members.flags(connection, group_link, None if whole else list(known.values()))
    before = {user for user, row in rows.items() if row.desired}
    after = set(before)
    for change in changes:
        users = [known[id_] for id_ in change.ids if id_ in known]
        if change.filter is not None:
            users = _matching(connection, target, group_link, change.filter)
        after = APPLY[change.kind](after, users)
    unknown = _unknown(target, changes, known)
    added, removed = sorted(after - before), sorted(before - after)
    same = {user for user, row in rows.items() if row.desired == (user in after)}
    named = set(known.values())
    uncertain = {user for user in same & after & named if leased[user]}
    again = sorted(uncertain | {user for user in same if rows[user].desired != rows[user].applied})
    if added:
        members.want(connection, group_link, added, rows)
    if removed:
        members.unwant(connection, group_link, removed)
    return Difference(added, removed, again, unknown, awaited=[user for user in again if user in after])


WHOLE = {"replace", "clear", "remove_where"}
"""Changes that need to know every member; the others look at the named rows only."""

APPLY: dict[str, Callable[[set[int], list[int]], set[int]]] = {
    "add": lambda members_, ids: members_ | set(ids),
    "remove": lambda members_, ids: members_ - set(ids),
    "replace": lambda _members, ids: set(ids),
    "clear": lambda _members, _ids: set(),
    "remove_where": lambda members_, ids: members_ - set(ids),
}


def _matching(connection: Connection, target: Target, group_link: int, filter_: Filter) -> list[int]:
    attribute = target.types["Group"].attributes["members"]
    entries = members.entries(connection, group_link)
    return [user for user, entry in entries.items() if entry_matches(filter_, entry, attribute)]


def _unknown(target: Target, changes: Sequence[MemberChange], known: dict[str, int]) -> list[str]:
    wanted = [id_ for change in changes if change.kind in {"add", "replace"} for id_ in change.ids]
    unknown = [id_ for id_ in wanted if id_ not in known]
    some_are_known = len(unknown) < len(wanted)
    if unknown and not (target.dialect.unknown_members == "skip" and some_are_known):
        raise errors.InvalidValue(f"members: no User with the id {', '.join(unknown[:20])}")
    return unknown
