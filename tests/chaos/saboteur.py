"""Kills and pauses the bridge's processes: at random moments, and just when one of their calls is at the vendor."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.chaos.processes import Replica, owner_of

MOMENTS = ("arrived", "applied")
"""When a call is met: before the vendor does what it asks for, or after that and before the answer."""
METHODS = ("POST", "POST", "PUT", "PATCH", "DELETE", "DELETE", "GET")
PATIENCE = 2.0
"""Seconds to wait for a call to meet."""
LULL = 0.4
"""Seconds before and after a process is resumed on purpose in which nobody begins to write, or the next write would
cover up what that process does."""


@dataclass(frozen=True, slots=True)
class Act:
    """What to do to a process. ``whole``: to all of its replica. ``lost``: the call is not carried out either."""

    kind: str
    whole: bool
    moment: str | None = None
    method: str = "*"
    lost: bool = False

    @classmethod
    def of(cls, text: str) -> Act:
        """Read what ``str`` writes: ``kill process POST applied``."""
        kind, scope, *rest = text.split()
        if not rest:
            return cls(kind, scope == "replica")
        lost = rest[1] == "lost"
        return cls(kind, scope == "replica", "arrived" if lost else rest[1], rest[0], lost)

    def __str__(self) -> str:
        where = f" {self.method} {'lost' if self.lost else self.moment}" if self.moment else ""
        return f"{self.kind} {'replica' if self.whole else 'process'}{where}"


class Saboteur(threading.Thread):
    """Does one act after another until it is told to stop; leaves every replica running."""

    def __init__(
        self,
        replicas: list[Replica],
        seed: int,
        *,
        kills: bool,
        pauses: bool,
        longest_pause: float,
        every: float,
        acts: tuple[str, ...] = (),
        lull: threading.Event,
    ) -> None:
        super().__init__(daemon=True)
        self._replicas, self._random = replicas, random.Random(seed)
        self._kinds = ["kill"] * kills + ["pause"] * pauses
        self._acts = [Act.of(text) for text in acts]
        self._longest, self._every = longest_pause, every
        self._lull = lull
        self._armed: Act | None = None
        self._victim: tuple[Replica, int] | None = None
        self._lock, self._struck = threading.Lock(), threading.Event()
        self.stopping = threading.Event()
        self.done: Counter[str] = Counter()

    def run(self) -> None:
        while (self._kinds or self._acts) and not self.stopping.wait(self._random.uniform(0.5, 1.5) * self._every):
            act = self._random.choice(self._acts) if self._acts else self._draw()
            victim = self._anybody() if act.moment is None else self._ambush(act)
            if victim is None:
                continue
            if act.moment is None:
                self._strike(act, *victim)
            self._put_right(act, *victim)
            self.done[str(act)] += 1

    def meets(self, moment: str, request: Any) -> bool:
        """Strike if this call is waited for; true if it must not be carried out. Called by the vendor."""
        act = self._armed
        if act is None or act.moment != moment or act.method not in ("*", request.method):
            return False
        with self._lock:
            if self._armed is not act:
                return False
            found = owner_of(int(request.environ["REMOTE_PORT"]), self._replicas)
            if found is None:
                return False
            self._armed, self._victim = None, found
            self._strike(act, *found)
        self._struck.set()
        return act.lost

    def _draw(self) -> Act:
        kind, whole = self._random.choice(self._kinds), self._random.random() < 0.25
        if self._random.random() < 0.3:
            return Act(kind, whole)
        moment = self._random.choice(MOMENTS)
        lost = moment == "arrived" and self._random.random() < 0.5
        return Act(kind, whole, moment, self._random.choice(METHODS), lost)

    def _ambush(self, act: Act) -> tuple[Replica, int] | None:
        self._struck.clear()
        self._armed = act
        self._struck.wait(PATIENCE)
        with self._lock:
            self._armed = None
            victim, self._victim = self._victim, None
        return victim

    def _anybody(self) -> tuple[Replica, int] | None:
        replica = self._random.choice(self._replicas)
        processes = [pid for pid in replica.processes() if replica.process and pid != replica.process.pid]
        return (replica, self._random.choice(processes)) if processes else None

    def _strike(self, act: Act, replica: Replica, pid: int) -> None:
        number = signal.SIGKILL if act.kind == "kill" else signal.SIGSTOP
        if act.whole:
            replica.signal(number)
        else:
            _signal(pid, number)

    def _put_right(self, act: Act, replica: Replica, pid: int) -> None:
        if act.kind == "pause" and self._acts:
            self.stopping.wait(self._longest)
            self._lull.set()
            self.stopping.wait(LULL)
            self._resume(act, replica, pid)
            self.stopping.wait(LULL)
            self._lull.clear()
        elif act.kind == "pause":
            self.stopping.wait(self._longest * self._random.choice([0.1, 0.4, 1]))
            self._resume(act, replica, pid)
        elif act.whole:
            replica.kill()
            self.stopping.wait(self._random.uniform(0.0, 1.0))
            replica.start()
            replica.wait_until_ready()

    def _resume(self, act: Act, replica: Replica, pid: int) -> None:
        if act.whole:
            replica.signal(signal.SIGCONT)
        else:
            _signal(pid, signal.SIGCONT)


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
