"""Which operations wait for which: a graph, whose circles run one after the other and the rest side by side."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from app.scim.bulk.circles import components
from app.scim.bulk.claims import Claims, Thing, claims
from app.scim.bulk.operation import Operation
from app.scim.types import Document


@dataclass(frozen=True, slots=True)
class Unit:
    """Operations that run one after the other: one alone, or a circle of those that refer to each other.

    ``after`` are the positions of the units that have to be finished before.
    """

    operations: tuple[int, ...]
    after: frozenset[int]


def units(operations: Sequence[Operation], stored: Mapping[str, Document]) -> tuple[Unit, ...]:
    """Order operations, as far as anything orders them; ``stored`` is what the resources in their paths are now.

    First comes an order in which they could run one after the other. What touches the same thing then keeps that
    order, and the rest need not.
    """
    circles = one_after_the_other(operations)
    before = in_order(claims(operations, stored), [at for circle in circles for at in circle])
    waits = {at: before[at] | operations[at].refers_to for at in before}
    position = _positions(circles)
    return tuple(
        Unit(circle, frozenset(position[other] for at in circle for other in waits[at]) - {index})
        for index, circle in enumerate(circles)
    )


def one_after_the_other(operations: Sequence[Operation]) -> list[tuple[int, ...]]:
    """Return the order of the request, in which what refers to later ones is put off until they are there.

    What refers to each other in a circle, creations all of them, stays together: users before groups, since what
    a user refers to need not be there yet, and members of a group have to be.
    """
    circles = sorted(components([each.refers_to for each in operations]), key=min)
    position = _positions(circles)
    sorter = TopologicalSorter(
        {
            index: {position[to] for at in circle for to in operations[at].refers_to} - {index}
            for index, circle in enumerate(circles)
        }
    )
    sorter.prepare()
    free: list[int] = []
    order = []
    while sorter.is_active():
        for index in sorter.get_ready():
            heapq.heappush(free, index)
        first = heapq.heappop(free)
        order.append(tuple(sorted(circles[first], key=lambda at: (operations[at].endpoint != "Users", at))))
        sorter.done(first)
    return order


def _positions(circles: Iterable[Iterable[int]]) -> dict[int, int]:
    """Return in which circle each operation is."""
    return {at: index for index, circle in enumerate(circles) for at in circle}


def in_order(touched: Sequence[Claims], order: Iterable[int]) -> dict[int, set[int]]:
    """Return for each operation those earlier in an order that it must not overtake, as few as say so."""
    writer: dict[Thing, int] = {}
    readers: dict[Thing, list[int]] = defaultdict(list)
    before: dict[int, set[int]] = {}
    for at in order:
        each = touched[at]
        found = {writer[thing] for thing in each.writes | each.reads if thing in writer}
        found.update(reader for thing in each.writes for reader in readers.pop(thing, ()))
        for thing in each.writes:
            writer[thing] = at
        for thing in each.reads:
            readers[thing].append(at)
        before[at] = found
    return before
