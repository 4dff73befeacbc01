"""How fast a target is delivered to: everything at once, or one probe at a time while its vendor is down."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from app.provisioning.backoff import Jitter, backoff
from app.provisioning.outcomes import got_through, outage_met
from app.provisioning.state import State

BATCH = 100
"""How many links one lease of the worker covers."""
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0


@dataclass(slots=True)
class Pace:
    """What the worker knows of one vendor: how often in a row nobody got through to it."""

    jitter: Jitter = random.uniform
    failures: int = 0

    @property
    def probing(self) -> bool:
        """Whether the vendor is taken to be down."""
        return self.failures > 0

    @property
    def width(self) -> int:
        """How many links to deliver next."""
        return 1 if self.probing else BATCH

    def note(self, states: Sequence[State]) -> float:
        """Take in how a delivery went and return how many seconds to wait before the next.

        The pause doubles, up to :data:`LONGEST_PAUSE`, a quarter more or less, and is never shorter than the
        vendor's ``Retry-After``. A delivery that asked the vendor nothing says nothing about it.
        """
        if outage_met(states) is not None:
            self.failures += 1
            asked = max((state.error.retry_after or 0 for state in states if state.error), default=0)
            return max(backoff(self.failures, FIRST_PAUSE, LONGEST_PAUSE, self.jitter), float(asked))
        if any(got_through(state) for state in states):
            self.failures = 0
        return 0.0
