"""A vendor on a bad day: its sandbox, with faults drawn at random for each call, watched after every call."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from mappings.sandbox import Sandbox, create
from mappings.sandbox_faults import Fault
from tests.vendors import VENDORS

OF_USERS = ("roles", "entitlements")
STORMS = 0.05
"""How many of the faults go on for a while, and meet every call."""
STORM_SECONDS = 1.5
OUTSIDERS = ("outsider0", "outsider1")
"""People whose accounts somebody else has made, under addresses that the provider wants too."""
KINDS = ("429", "500", "503", "garbage", "drop", "lose", "slow", "silent")
"""What a call may meet, beside ``late``; ``DELETE 503`` is met by that method only."""
LATE = 2.5
"""After how many of the target's timeouts a late call is carried out: nobody waits for its answer any more."""


class BadDay:
    """Plays faults in one sandbox while ``on``; what is dangerous even for a moment is kept in ``dangers``."""

    def __init__(self, vendor: str, seed: int, *, rate: float, kinds: tuple[str, ...], timeout: float) -> None:
        self.random = random.Random(seed)
        self.sandbox: Sandbox = create(vendor)
        for name in OUTSIDERS if vendor in VENDORS else ():
            VENDORS[vendor].stranger(self.sandbox, f"{name}@acme.example")
        self.strangers = {user["key"]: user for user in self.sandbox.users()}
        self.seeded = {group["name"] for group in self.sandbox.groups()}
        offer = self.sandbox.offer
        self.offer = offer if offer is not None and offer.attribute in OF_USERS else None
        self.dangers: list[str] = []
        self.on = False
        self.ambush: Callable[[str, Any], bool] = lambda _moment, _request: False
        self._rate, self._kinds, self._timeout = rate, kinds, timeout
        self.lateness = timeout * LATE if any("late" in kind for kind in kinds) else 0.0
        self._storm: tuple[float, str] = (0.0, "")
        self._mine = threading.local()
        self._respond, self._perform = self.sandbox._respond, self.sandbox.perform
        self.sandbox.faults.take = self._take  # type: ignore[method-assign]
        self.sandbox._respond = self._answer  # type: ignore[method-assign]
        self.sandbox.perform = self._watched  # type: ignore[method-assign]
        self.url = self.sandbox.start()

    def _answer(self, request: Any) -> Any:
        self._mine.linger, self._mine.lost = 0.0, self.ambush("arrived", request)
        try:
            return self._respond(request)
        finally:
            self.ambush("applied", request)
            time.sleep(self._mine.linger)

    def _take(self, method: str, _path: str) -> Fault | None:
        until, kind = self._storm
        if self._mine.lost:
            return Fault("drop")
        if not self.on:
            return None
        if time.monotonic() > until:
            if self.random.random() >= self._rate:
                return None
            kind = self.random.choice(self._kinds)
            if self.random.random() < STORMS:
                self._storm = (time.monotonic() + STORM_SECONDS, kind)
        only, _, kind = kind.rpartition(" ")
        if only not in ("", method):
            return None
        return self._met(kind)

    def _met(self, kind: str) -> Fault | None:
        if kind == "late":
            time.sleep(self._timeout * LATE)
            return None
        if kind == "slow":
            self._mine.linger = self._timeout * 0.3
            return None
        if kind == "silent":  # applied or not, and no answer within the target's timeout
            self._mine.linger = self._timeout * 1.3
            return None if self.random.random() < 0.5 else Fault("drop")
        if kind.isdigit():
            return Fault("status", status=int(kind), retry_after="1" if kind == "429" else None)
        return Fault(kind)

    def _watched(self, *arguments: Any) -> Any:
        try:
            return self._perform(*arguments)
        finally:
            for user in self.sandbox.list_users():
                if user["key"] in self.strangers:
                    continue
                if user["fields"].get("privilege", user["fields"].get("role")) == "admin":
                    self.dangers.append(f"{user['key']} is an administrator")
                if self.sandbox.vendor == "datasentinel" and not user["roles"]:
                    self.dangers.append(f"{user['key']} has no role, and so sees everything")
