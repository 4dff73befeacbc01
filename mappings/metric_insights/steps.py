"""From the privileges that a set holds to those it should: what is assigned and what is removed, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mappings.metric_insights.privileges import Privileges

Assignments = Mapping[str, Sequence[str]]
"""Privileges that a set holds, and the ids of the assignments by which it does."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How the privileges ``held``, given by the bridge, become those that are ``wanted`` and what they require."""

    wanted: list[str]
    held: frozenset[str] = frozenset()
    add: Sequence[str] = ()
    remove: Sequence[str] = ()
    assignments: Assignments = field(default_factory=dict)


def added(privileges: Privileges, wanted: list[str], before: Sequence[str] = ()) -> Steps | None:
    """Plan what takes nothing away from a set that was given ``before``; ``None`` if something has to go."""
    given, target = privileges.closure(before), privileges.closure(wanted)
    if not given <= target:
        return None
    return Steps(wanted, frozenset(given), _missing(privileges, target - given))


def changed(privileges: Privileges, wanted: list[str], before: Sequence[str] | None, there: Assignments) -> Steps:
    """Plan a change of a set that holds what is ``there``; ``before`` is ``None``: nobody knows what was given.

    What somebody has given it by hand stays; but not without what it requires, nor if nobody knows who gave it.
    """
    target = privileges.closure(wanted)
    given = there.keys() if before is None else privileges.closure(before)
    doomed = given - target
    ended = {id_ for id_ in there.keys() - target if privileges.closure([id_]) & doomed}
    return Steps(
        wanted,
        frozenset(there.keys() & (given | target)),
        _missing(privileges, target - there.keys()),
        privileges.ordered(ended)[::-1],
        there,
    )


def _missing(privileges: Privileges, ids: set[str]) -> list[str]:
    """Return what can still be assigned of what was wanted, prerequisites first."""
    return [id_ for id_ in privileges.ordered(ids) if id_ in privileges.required]
