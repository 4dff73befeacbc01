"""How many calls a vendor is sent at one time, and how often: shared by all processes and replicas."""

from __future__ import annotations

import heapq
import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from app.directory.volatile import NotChanged, Volatile
from app.provisioning import line
from app.provisioning.line import HEAD_START, Limits, Turn, Wish

POLL_SECONDS = 0.01
"""How often a process looks whether another one has given back a place."""
LOOK_AGAIN_SECONDS = 0.25
"""How often at least: less than the line's patience."""


class NoPlace(TimeoutError):
    """There was no place before the deadline: nothing was sent."""


@dataclass(order=True, slots=True)
class _Ticket:
    """One call that waits, by when it came; it is woken when it may be its turn."""

    came: float
    place: str = field(default_factory=lambda: uuid.uuid4().hex[:16])
    woken: threading.Event = field(default_factory=threading.Event, compare=False)


class Budget:
    """Hands out the places of one target. Safe to use from many threads.

    Of the calls of this process that wait, the first one alone asks for a place of those that all processes share.
    """

    def __init__(self, target: str, volatile: Volatile, limits: Limits) -> None:
        self.limits = limits
        self._target = target
        self._volatile = volatile
        self._process = uuid.uuid4().hex[:16]
        self._lock = threading.Lock()
        self._tickets: list[_Ticket] = []

    @contextmanager
    def place(self, deadline: float, *, urgent: bool = False) -> Iterator[None]:
        """Hold a place for one call. Raises :class:`NoPlace`; ``deadline`` is on the monotonic clock.

        ``urgent`` are calls that take access away: they go before others, but for those that have waited long.
        """
        ticket = _Ticket(time.monotonic() - (HEAD_START if urgent else 0.0))
        self._take(ticket, deadline)
        try:
            yield
        finally:
            self._give_back(ticket)

    def in_flight(self) -> int:
        """Count the calls of all processes that have a place now."""
        return self._volatile.change(self._target, line.in_flight)

    def _take(self, ticket: _Ticket, deadline: float) -> None:
        self._join(ticket)
        granted = False
        try:
            while not granted:
                granted = self._try(ticket, deadline)
        finally:
            self._leave(ticket, granted=granted)

    def _try(self, ticket: _Ticket, deadline: float) -> bool:
        """Ask if it is this ticket's turn, and wait until it is time to go on: with a place, or to try again."""
        asked = time.monotonic()
        left = deadline - asked
        if left <= 0:
            raise NoPlace(self._target)
        ticket.woken.clear()
        if not self._is_first(ticket):
            ticket.woken.wait(min(left, threading.TIMEOUT_MAX))
            return False
        turn = self._ask(ticket, asked)
        if turn.granted:
            if turn.after:
                time.sleep(turn.after)
            # or this process was paused, and the place has ended
            return time.monotonic() < asked + self.limits.hold
        if turn.after > left:
            raise NoPlace(self._target)
        pause = max(turn.after, POLL_SECONDS * random.uniform(0.5, 1.5))
        ticket.woken.wait(min(pause, left, LOOK_AGAIN_SECONDS))
        return False

    def _ask(self, ticket: _Ticket, at: float) -> Turn:
        wish = Wish(self._process, ticket.place, at - ticket.came)
        try:
            return self._volatile.change(self._target, partial(line.ask, wish=wish, limits=self.limits))
        except NotChanged:
            return Turn(granted=False, after=0.0)

    def _join(self, ticket: _Ticket) -> None:
        with self._lock:
            heapq.heappush(self._tickets, ticket)

    def _is_first(self, ticket: _Ticket) -> bool:
        with self._lock:
            return self._tickets[0] is ticket

    def _leave(self, ticket: _Ticket, *, granted: bool) -> None:
        with self._lock:
            self._tickets.remove(ticket)
            heapq.heapify(self._tickets)
            last = not self._tickets
        if last and not granted:
            with suppress(NotChanged):
                self._volatile.change(self._target, partial(line.withdraw, process=self._process))
        self._wake()

    def _give_back(self, ticket: _Ticket) -> None:
        with suppress(NotChanged):  # it ends by itself
            self._volatile.change(self._target, partial(line.give_back, place=ticket.place))
        self._wake()

    def _wake(self) -> None:
        """Let the first one ask at once."""
        with self._lock:
            if self._tickets:
                self._tickets[0].woken.set()
