"""Draining: from SIGTERM on a server says that it is not ready, and serves until the balancers know."""

from __future__ import annotations

import mmap
import time


class Drain:
    """Whether a server drains, and for how long still. Its processes share it: make it before they are forked."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._flag = mmap.mmap(-1, 1)
        self._end = 0.0

    def begin(self) -> None:
        """Tell every process."""
        self._end = time.monotonic() + self.seconds
        self._flag[0] = 1

    def is_on(self) -> bool:
        """Whether it has begun."""
        return self._flag[0] == 1

    def left(self) -> float:
        """Return the seconds that it lasts still; of the process that began it."""
        return self._end - time.monotonic()
