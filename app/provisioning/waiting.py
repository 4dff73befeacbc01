"""Waiting for a lease that somebody else holds."""

from __future__ import annotations

import random
import threading

POLL_SECONDS = 0.02

_released = threading.Event()


def over() -> None:
    """Wake up who waits in this process: leases have been released."""
    _released.set()


def pause() -> None:
    """Wait until leases are released in this process, or a moment for other processes."""
    _released.clear()
    _released.wait(POLL_SECONDS * random.uniform(0.5, 1.5))
