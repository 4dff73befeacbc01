"""Run a flow that only reads: a check, a catalogue. What it sends is part of no event."""

from __future__ import annotations

import time
from typing import TypeVar

from app.provisioning.driver import run
from app.provisioning.state import CallRecord
from app.provisioning.target import Target
from mappings import Flow

T = TypeVar("T")


def look(target: Target, flow: Flow[T], seconds: float) -> T:
    """Return what the vendor says, within so many seconds. Raises :class:`VendorError`."""
    deadline = time.monotonic() + seconds
    return run(flow, lambda call: target.sender.send(call, _untraced, deadline))


def _untraced(_call: CallRecord) -> None:
    pass
