"""What may be begun when: nothing before what it waits for, and never more than may still go wrong."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from app.scim.bulk.order import Unit


@dataclass(frozen=True, slots=True)
class Turn:
    """A unit that may be begun now; it has to end when ``most_errors`` of its operations have gone wrong."""

    position: int
    unit: Unit
    most_errors: int


class Schedule:
    """Hands out units, the earliest in the request first.

    With ``fail_on_errors`` there are never more operations under way than errors still acceptable, so that they
    cannot exceed it: with 1, the operations run strictly one after the other.
    """

    def __init__(self, units: Sequence[Unit], fail_on_errors: int | None) -> None:
        self._units = units
        self._acceptable = sum(len(unit.operations) for unit in units) if fail_on_errors is None else fail_on_errors
        self._reserved: dict[int, int] = {}
        self._missing = [len(unit.after) for unit in units]
        self._behind: dict[int, list[int]] = defaultdict(list)
        for position, unit in enumerate(units):
            for other in unit.after:
                self._behind[other].append(position)
        self._free = [position for position, missing in enumerate(self._missing) if not missing]

    def next(self) -> Turn | None:
        """Return what may be begun now; nothing, until something is finished, or for good."""
        if not self._free or self._acceptable <= 0:
            return None
        position = heapq.heappop(self._free)
        unit = self._units[position]
        most = min(len(unit.operations), self._acceptable)
        self._acceptable -= most
        self._reserved[position] = most
        return Turn(position, unit, most)

    def finish(self, turn: Turn, errors: int) -> None:
        """Note that a unit has ended, with so many errors."""
        self._acceptable += self._reserved.pop(turn.position) - errors
        for other in self._behind[turn.position]:
            self._missing[other] -= 1
            if not self._missing[other]:
                heapq.heappush(self._free, other)
