"""The roles that somebody can hold at Squirro, and what a change of them means at each place.

A role's id is ``project:<id>:<role>``, ``workspace:<domain>:<role>`` or ``server:<role>``; anything else is the id
of a group. Who is given several roles at one place holds the highest of them there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mappings import Change, User

ROLES = {
    "group": ("member",),
    "project": ("admin", "member", "reader"),
    "workspace": ("admin", "member", "reader"),
    "server": ("admin", "user", "demo", "reader"),
}
"""The roles of each kind of place, the highest first; the server's in the order in which the document has them."""

WITHOUT_GROUP = ("workspace", "server")
"""Where Squirro documents roles of users only, so that a SCIM Group of that meaning has no vendor group."""

_EXACT = re.compile("(project|workspace):[A-Za-z0-9_-]+:[a-z]+|server:[a-z]+")


@dataclass(frozen=True, slots=True)
class Role:
    """A role (``name``) at one place: a group, a project, a workspace, or the server (whose place is ``""``)."""

    kind: str
    place: str
    name: str

    @property
    def id(self) -> str:
        """The vendor id that stands for this role among a user's roles."""
        if self.kind == "group":
            return self.place
        return ":".join(part for part in (self.kind, self.place, self.name) if part)

    @property
    def documented(self) -> bool:
        """Whether there is such a role at such a place."""
        return self.name in ROLES[self.kind]


def read(vendor_id: str) -> Role:
    """Return the role that a vendor id stands for."""
    kind, _, rest = vendor_id.partition(":")
    if kind in ("project", "workspace"):
        place, _, name = rest.rpartition(":")
        return Role(kind, place, name)
    return Role("server", "", rest) if kind == "server" else Role("group", vendor_id, "member")


def named(value: str) -> str | None:
    """Return the vendor id of a role that a value names to the letter: ``User`` is not the server role ``user``."""
    if value in ROLES["server"]:
        return Role("server", "", value).id
    return value if _EXACT.fullmatch(value) and read(value).documented else None


def highest(kind: str, names: Iterable[str]) -> str | None:
    """Return the highest of several roles at one place; ``None`` of none."""
    held = set(names)
    return next((name for name in ROLES[kind] if name in held), None)


@dataclass(frozen=True, slots=True)
class Move:
    """What a change means at one place: the role held there before and after, and the ids that come and go."""

    kind: str
    place: str
    before: str | None
    after: str | None
    added: frozenset[str]
    removed: frozenset[str]

    @property
    def lowers(self) -> bool:
        """Whether less may be done afterwards: such a move goes first."""
        ranks = ROLES[self.kind]
        if self.before is None or self.after is None:
            return self.after is None
        return ranks.index(self.after) > ranks.index(self.before)


def moves(user: User, change: Change) -> list[Move]:
    """Return what ``change`` means to ``user``, who holds it afterwards, place by place."""
    before = [read(id_) for id_ in (user.roles - change.roles_added) | change.roles_removed]
    after = [read(id_) for id_ in user.roles]
    touched = {(role.kind, role.place) for role in map(read, change.roles_added | change.roles_removed)}
    return [
        Move(
            kind,
            place,
            _at(kind, place, before),
            _at(kind, place, after),
            _ids(kind, place, change.roles_added),
            _ids(kind, place, change.roles_removed),
        )
        for kind, place in sorted(touched)
    ]


def _at(kind: str, place: str, roles: Iterable[Role]) -> str | None:
    return highest(kind, (role.name for role in roles if (role.kind, role.place) == (kind, place)))


def _ids(kind: str, place: str, ids: Iterable[str]) -> frozenset[str]:
    return frozenset(id_ for id_ in ids if (read(id_).kind, read(id_).place) == (kind, place))
