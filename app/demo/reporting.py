"""What a demo tells while it runs, whoever reads it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from app.demo.outcome import Outcome
from app.demo.stage import Stage


@dataclass(frozen=True, slots=True)
class Totals:
    """All outcomes of a demo in one; ``seconds`` is how long it took, start included."""

    outcomes: tuple[Outcome, ...]
    seconds: float

    @property
    def agrees(self) -> bool:
        """Whether every vendor holds what was asked for, after every step, and nothing else went wrong."""
        return bool(self.outcomes) and all(outcome.agrees for outcome in self.outcomes)

    @property
    def requests(self) -> int:
        """How many SCIM requests there were."""
        return sum(outcome.requests for outcome in self.outcomes)

    @property
    def calls(self) -> int:
        """How many calls the vendors got, logins apart."""
        return sum(outcome.calls for outcome in self.outcomes)

    @property
    def logins(self) -> int:
        """How many times the bridge logged in somewhere."""
        return sum(outcome.logins for outcome in self.outcomes)

    @property
    def undocumented(self) -> int:
        """How many calls no vendor's documents know."""
        return sum(outcome.undocumented for outcome in self.outcomes)


class Reporter(Protocol):
    """Tells people, or a program, what a demo does."""

    def opening(self, vendors: Sequence[str], providers: Sequence[str]) -> None:
        """Say what is about to happen."""

    def busy(self, text: str) -> AbstractContextManager[object]:
        """Show that something takes a moment."""

    def outcome(self, outcome: Outcome) -> None:
        """Tell how one target went."""

    def closing(self, totals: Totals, kept: Stage | None) -> None:
        """Say what was proved, or what differs; and how to reach what is ``kept`` running."""

    def failed(self, text: str) -> None:
        """Say why there is no result."""
