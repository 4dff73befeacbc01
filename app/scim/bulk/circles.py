"""The circles of a graph: those that wait for each other (Tarjan's strongly connected components)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field


def components(waits: Sequence[Collection[int]]) -> list[frozenset[int]]:
    """Return the sets of those that wait for each other; who waits for nobody that waits for it is alone in one."""
    search = _Search(waits)
    for at in range(len(waits)):
        if at not in search.seen:
            search.visit(at)
    return search.found


@dataclass(slots=True)
class _Search:
    """The search under way, without recursion: a circle may be as long as a request."""

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
