"""What may be begun when: nothing before what it waits for, and never more than may still go wrong."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

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
        self._sorter = TopologicalSorter({position: unit.after for position, unit in enumerate(units)})
        self._sorter.prepare()
        self._free: list[int] = []

    def next(self) -> Turn | None:
        """Return what may be begun now; nothing, until something is finished, or for good."""
        for position in self._sorter.get_ready():
            heapq.heappush(self._free, position)
        if not self._free or self._acceptable <= 0:
            return None
        position = heapq.heappop(self._free)
        unit = self._units[position]
        most = min(len(unit.operations), self._acceptable)
        self._acceptable -= most
        return Turn(position, unit, most)

    def finish(self, turn: Turn, errors: int) -> None:
        """Note that a unit has ended, with so many errors."""
        self._acceptable += turn.most_errors - errors
        self._sorter.done(turn.position)
