"""How long to wait before something that failed is tried again."""

from __future__ import annotations

import random
from collections.abc import Callable

Jitter = Callable[[float, float], float]
LEAST_JITTER, LONGEST_JITTER = 0.75, 1.25
"""What a pause is multiplied with, by chance: so that what failed together does not come back together."""


def backoff(failures: int, first: float, longest: float, jitter: Jitter = random.uniform) -> float:
    """Return the seconds to wait after so many failures in a row: twice as long each time, up to ``longest``."""
    return min(first * 2.0 ** min(failures - 1, 16), longest) * jitter(LEAST_JITTER, LONGEST_JITTER)
