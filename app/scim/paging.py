"""Which part of an ordered list a page is: by index (RFC 7644 §3.4.2.4) or from a cursor (RFC 9865).

A cursor stands in a gap between two resources, not on one, and names the gap by what a resource beside it is
sorted by. So a page begins at the same place whatever has been inserted or deleted meanwhile.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.scim.sorting import Order, Position

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Gap:
    """The place before or after a resource in the order of the list."""

    beside: Position
    after: bool


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins, and whether it goes on forward or backward; without a gap, at the start of the list."""

    gap: Gap | None = None
    forward: bool = True


@dataclass(frozen=True, slots=True)
class Window:
    """At most so many resources: from a cursor, or else after so many others."""

    limit: int
    offset: int = 0
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """Part of a list, how many there are in all, and from where the next and the previous part are to be had."""

    items: Sequence[T_co]
    total: int
    next: Cursor | None = None
    previous: Cursor | None = None


def cut(items: Iterable[T], position: Callable[[T], Position], order: Order, window: Window) -> Page[T]:
    """Sort resources and take a page of them."""
    placed = sorted(((position(item), item) for item in items), key=lambda pair: pair[0].rank)
    if order.descending:
        placed.reverse()
    if window.cursor is None:
        found = placed[window.offset : window.offset + window.limit]
        return Page([item for _, item in found], len(placed))
    start = _index([each for each, _ in placed], window.cursor.gap, order)
    if not window.cursor.forward:
        found = placed[max(0, start - window.limit) : start]
        walked, rest = start, len(placed) - start
    else:
        found = placed[start : start + window.limit]
        walked, rest = len(placed) - start, start
    following, preceding = neighbours(
        window.cursor, [each for each, _ in found], more=walked > len(found), rest=rest > 0
    )
    return Page([item for _, item in found], len(placed), following, preceding)


def neighbours(
    cursor: Cursor, shown: Sequence[Position], *, more: bool, rest: bool
) -> tuple[Cursor | None, Cursor | None]:
    """Give the cursors of the next and of the previous page.

    `more`: there is more where this page was going to; `rest`: there is something where it came from. A page with
    nothing on it lies in the gap where it was asked for.
    """
    last = Gap(shown[-1], after=True) if shown else cursor.gap
    first = Gap(shown[0], after=False) if shown else cursor.gap
    has_next, has_previous = (more, rest) if cursor.forward else (rest, more)
    return (
        Cursor(last, forward=True) if has_next else None,
        Cursor(first, forward=False) if has_previous else None,
    )


def _index(positions: Sequence[Position], gap: Gap | None, order: Order) -> int:
    """Count the resources before a gap."""
    if gap is None:
        return 0
    ranks = [each.rank for each in (reversed(positions) if order.descending else positions)]
    bisect = bisect_right if gap.after != order.descending else bisect_left
    below = bisect(ranks, gap.beside.rank)
    return len(ranks) - below if order.descending else below
