"""A sender that lets no more calls out at one time than the vendor may be sent."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from app.provisioning.sender import Trace
from app.provisioning.target import Sends
from mappings import Call, Unavailable


@dataclass(frozen=True, slots=True)
class Narrow:
    """Sends what many deliveries side by side have to send, each of which would send several calls at once."""

    target: str
    sender: Sends
    places: threading.Semaphore

    def send(self, call: Call, trace: Trace, deadline: float) -> Any:
        """Send one call when there is a place for it; ``Unavailable`` if there is none before the deadline."""
        if not self.places.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise Unavailable(f"{self.target}: no time was left to call the vendor")
        try:
            return self.sender.send(call, trace, deadline)
        finally:
            self.places.release()
