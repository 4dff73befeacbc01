"""The line before one vendor, pure: who has a place, who waits for one, and when the next call may start.

A text is what all processes share of it. Each place ends by itself, for its holder may have been killed; so does
each process's wish for one, unless it is repeated. Calls start one interval after another: the *theoretical arrival
time* of GCRA, without a burst. Whatever lies further ahead than it can have been written is from a clock that was
set back, and counts for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson

HEAD_START = 10.0
"""How much longer than it has a call that takes access away counts as waiting, in seconds."""
PATIENCE = 1.0
"""How long a wish counts that is not repeated."""
AHEAD = 0.05
"""How long before it may start a call gets its place, so that no time is lost between two."""
LONGEST_HOLD = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a vendor may be sent: ``most`` calls at one time and one an ``interval``.

    A place is held for at most ``hold`` seconds. All times are in seconds.
    """

    most: int
    interval: float
    hold: float


@dataclass(frozen=True, slots=True)
class Wish:
    """A process asks for ``place``, for the one of its calls that is first; that has ``waited`` so many seconds."""

    process: str
    place: str
    waited: float


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer: a place, the call to start ``after`` so many seconds; or none, so that is when to ask again."""

    granted: bool
    after: float


@dataclass(slots=True)
class Line:
    """One vendor's. Times are seconds of one clock that all processes share."""

    next_at: float = 0.0
    places: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str, now: float) -> Line:
        """Read what counts at this moment. A text that cannot be read, or is empty, is a line with nobody in it."""
        try:
            found = orjson.loads(text)
            places = {str(place): float(until) for place, until in found["places"].items()}
            waiting = {str(name): (float(since), float(until)) for name, (since, until) in found["waiting"].items()}
            next_at = float(found["next_at"])
        except (orjson.JSONDecodeError, LookupError, TypeError, ValueError, AttributeError):
            return cls()
        return cls(
            next_at,
            {place: until for place, until in places.items() if now < until <= now + LONGEST_HOLD},
            {name: wish for name, wish in waiting.items() if now < wish[1] <= now + PATIENCE},
        )

    def text(self) -> str:
        """Return what :meth:`read` reads."""
        return orjson.dumps({"next_at": self.next_at, "places": self.places, "waiting": self.waiting}).decode()


def ask(text: str, now: float, wish: Wish, limits: Limits) -> tuple[str, Turn]:
    """Ask for a place: who has waited longest is first. Return what the line is then, and the answer."""
    line = Line.read(text, now)
    since = now - wish.waited
    line.waiting.pop(wish.process, None)
    before = sum(other < since for other, _ in line.waiting.values())
    line.next_at = min(line.next_at, now + limits.interval + AHEAD)
    starts_in = max(0.0, line.next_at - now) + before * limits.interval
    if len(line.places) + before < limits.most and starts_in <= AHEAD:
        line.next_at = now + starts_in + limits.interval
        line.places[wish.place] = now + starts_in + limits.hold
        return line.text(), Turn(granted=True, after=starts_in)
    line.waiting[wish.process] = (since, now + PATIENCE)
    return line.text(), Turn(granted=False, after=max(0.0, starts_in - AHEAD))


def give_back(text: str, now: float, place: str) -> tuple[str, None]:
    """End a place; one that has ended by itself is nobody's."""
    line = Line.read(text, now)
    line.places.pop(place, None)
    return line.text(), None


def withdraw(text: str, now: float, process: str) -> tuple[str, None]:
    """Take back a process's wish."""
    line = Line.read(text, now)
    line.waiting.pop(process, None)
    return line.text(), None


def in_flight(text: str, now: float) -> tuple[str, int]:
    """Count the calls that have a place."""
    return text, len(Line.read(text, now).places)
