"""What an identity provider may expect: for each thing it writes, the values that may be true in the end.

A register keeps every write with the time it began and the time it was over. A write may be the last one unless a
later one, begun after it was over, was acknowledged: so concurrent writes need no order, and a write that was never
answered may have happened or not.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

ALWAYS = float("-inf")


@dataclass(slots=True)
class Write:
    """``fate``: ``true`` (acknowledged, or a revocation that must become true), ``maybe``, or ``false``."""

    value: Any
    begun: float
    over: float = float("inf")
    fate: str = "maybe"


@dataclass(slots=True)
class Register:
    """One thing that is written: an attribute, a membership, whether somebody exists."""

    writes: list[Write] = field(default_factory=list)

    @classmethod
    def of(cls, *values: Any, fate: str = "true") -> Register:
        return cls([Write(value, ALWAYS, ALWAYS, fate) for value in values])

    def write(self, value: Any) -> Write:
        """Note a write that begins now."""
        self.writes.append(Write(value, time.monotonic()))
        return self.writes[-1]

    def possible(self, more: list[Write] | None = None) -> set[Any]:
        """Return the values that may be true now."""
        had = [write for write in [*self.writes, *(more or [])] if write.fate != "false"]
        latest = max((write.begun for write in had if write.fate == "true"), default=ALWAYS)
        return {write.value for write in had if write.over >= latest}


@dataclass(slots=True, eq=False)
class Person:
    """One resource of a userName: somebody hired again after a delete is another one.

    ``granted``: whether its ``roles`` or ``entitlements`` have the value that the vendor offers.
    """

    id: str
    name: str
    alive: Register
    active: Register
    given: Register
    family: Register
    email: Register
    granted: Register

    @property
    def attributes(self) -> dict[str, Register]:
        """What is written of it, by the names that a user shows it under."""
        return {
            "active": self.active,
            "givenName": self.given,
            "familyName": self.family,
            "email": self.email,
            "granted": self.granted,
        }


@dataclass(slots=True, eq=False)
class Team:
    """One group resource. ``lists`` are the writes of whole member lists, ``members`` those of single members."""

    id: str
    base: str
    alive: Register
    name: Register
    members: dict[str, Register] = field(default_factory=dict)
    lists: list[Write] = field(default_factory=list)

    def member(self, person: str) -> Register:
        return self.members.setdefault(person, Register.of(False))

    def may_hold(self, person: str) -> set[bool]:
        """Return whether somebody may be a member now."""
        wholes = [Write(person in w.value, w.begun, w.over, w.fate) for w in self.lists]
        return self.member(person).possible(wholes)


class Model:
    """Everything the provider has written, and what it believes."""

    def __init__(self, people: list[str], teams: list[str]) -> None:
        self.lock = threading.RLock()
        self.people: dict[str, Person] = {}
        self.teams: dict[str, Team] = {}
        self.current: dict[str, Person | None] = dict.fromkeys(people)
        self.groups: dict[str, Team | None] = dict.fromkeys(teams)
        self.busy = {name: threading.Lock() for name in [*people, *teams]}
        self.unanswered: dict[str, list[dict[str, Any]]] = {}  # creates by name that may have happened
        self.strange: list[str] = []

    def note(self, text: str) -> None:
        """Note an answer that no rule explains."""
        with self.lock:
            self.strange.append(text)

    def staff(self) -> list[Person]:
        with self.lock:
            return [person for person in self.current.values() if person is not None]

    def known_teams(self) -> list[Team]:
        with self.lock:
            return [team for team in self.groups.values() if team is not None]
