"""Which operations wait for which: a graph, whose circles run one after the other and the rest side by side."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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
    position = {at: index for index, circle in enumerate(circles) for at in circle}
    return tuple(
        Unit(
            circle,
            frozenset(position[other] for at in circle for other in before[at] | operations[at].refers_to)
            - {index},
        )
        for index, circle in enumerate(circles)
    )


def one_after_the_other(operations: Sequence[Operation]) -> list[tuple[int, ...]]:
    """Return the order of the request, in which what refers to later ones is put off until they are there.

    What refers to each other in a circle, creations all of them, stays together: users before groups, since what
    a user refers to need not be there yet, and members of a group have to be.
    """
    circles = sorted(components([each.refers_to for each in operations]), key=min)
    position = {at: index for index, circle in enumerate(circles) for at in circle}
    waits = [
        {position[to] for at in circle for to in operations[at].refers_to} - {index}
        for index, circle in enumerate(circles)
    ]
    behind: dict[int, list[int]] = defaultdict(list)
    for index, others in enumerate(waits):
        for other in others:
            behind[other].append(index)
    free = [index for index, others in enumerate(waits) if not others]
    order = []
    while free:
        index = heapq.heappop(free)
        order.append(tuple(sorted(circles[index], key=lambda at: (operations[at].endpoint != "Users", at))))
        for other in behind[index]:
            waits[other].discard(index)
            if not waits[other]:
                heapq.heappush(free, other)
    return order


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


@dataclass(slots=True)
class _Search:
    """Tarjan's search for strongly connected components, without recursion."""

    waits: Sequence[Collection[int]]
    seen: dict[int, int] = field(default_factory=dict)
    low: dict[int, int] = field(default_factory=dict)
    open: list[int] = field(default_factory=list)
    is_open: set[int] = field(default_factory=set)
    found: list[frozenset[int]] = field(default_factory=list)

    def visit(self, root: int) -> None:
        path = [(root, iter(self._enter(root)))]
        while path:
            at, rest = path[-1]
            fresh = next((other for other in rest if self._is_fresh(at, other)), None)
            if fresh is not None:
                path.append((fresh, iter(self._enter(fresh))))
                continue
            path.pop()
            if path:
                above = path[-1][0]
                self.low[above] = min(self.low[above], self.low[at])
            if self.low[at] == self.seen[at]:
                self._close(at)

    def _enter(self, at: int) -> Collection[int]:
        self.seen[at] = self.low[at] = len(self.seen)
        self.open.append(at)
        self.is_open.add(at)
        return self.waits[at]

    def _is_fresh(self, at: int, other: int) -> bool:
        if other in self.is_open:
            self.low[at] = min(self.low[at], self.seen[other])
        return other not in self.seen

    def _close(self, at: int) -> None:
        cut = self.open.index(at)
        self.found.append(frozenset(self.open[cut:]))
        self.is_open.difference_update(self.open[cut:])
        del self.open[cut:]


def components(waits: Sequence[Collection[int]]) -> list[frozenset[int]]:
    """Return the sets of those that wait for each other; who waits for nobody that waits for it is alone in one."""
    search = _Search(waits)
    for at in range(len(waits)):
        if at not in search.seen:
            search.visit(at)
    return search.found
