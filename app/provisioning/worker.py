"""The delivery worker: claims what is due and converges it. Nothing is replayed: the difference is still there.

Each target has a lane of its own, so that a vendor that hangs keeps nobody else's revocations waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import structlog

from app.directory.database import Database
from app.provisioning.lane import Lane
from app.provisioning.target import Target

DELIVERING = "delivering"
"""What the log says once all configurations are adopted, with whatever that asks the vendors."""

log = structlog.get_logger()


@dataclass
class Worker:
    """Delivers what is due, for all targets, until it is told to stop."""

    database: Database
    targets: Mapping[str, Target]
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._begun: set[str] = set()
        self._lock = threading.Lock()

    @cached_property
    def lanes(self) -> tuple[Lane, ...]:
        """One for each target."""
        return tuple(Lane(self.database, target, self.stopping) for target in self.targets.values())

    def run(self) -> None:
        """Deliver until :attr:`stopping` is set, and until what is then under way has ended."""
        threads = [
            threading.Thread(target=self._run, args=(lane,), name=f"deliver {lane.target.name}", daemon=True)
            for lane in self.lanes
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def adopt_policies(self) -> None:
        """Make everybody due whose target has other options or another role table than at its last start."""
        for lane in self.lanes:
            self._begin(lane)

    def round(self) -> bool:
        """Deliver one batch for each target, whatever the pace; false if nothing was due."""
        delivered = [lane.deliver() for lane in self.lanes]
        return any(states is not None for states in delivered)

    def _run(self, lane: Lane) -> None:
        while not self.stopping.is_set():
            try:
                self._begin(lane)
                break
            except Exception:
                log.exception("a target could not be begun with", target=lane.target.name)
                self.stopping.wait(1.0)
        lane.run()

    def _begin(self, lane: Lane) -> None:
        """Begin with a target, once; the last one to begin says that all are being delivered to."""
        if lane.target.name in self._begun:
            return
        lane.adopt_policy()
        with self._lock:
            self._begun.add(lane.target.name)
            if len(self._begun) == len(self.lanes):
                log.info(DELIVERING, targets=list(self.targets))
