"""Clients that make exactly so many acknowledged writes, each of which can be looked for afterwards."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from app.contract.documents import GROUP, MEDIA_TYPE, PATCH_OP, add, person, remove, replace

GROUP_NAME = "Everybody"
PATIENCE = 60.0
"""Seconds that one answer may take: more than the bridge allows itself."""
GIVE_UP = 240.0
"""Seconds after which a write that was never acknowledged is a failure."""


class Unanswered(Exception):
    """The request was sent, and nobody knows what became of it."""


@dataclass(frozen=True, slots=True)
class Writer:
    """One target's SCIM endpoint. Safe to use from many threads."""

    base: str
    token: str

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send one request, again while nobody listens. Raises :class:`Unanswered`."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": MEDIA_TYPE, "Connection": "close"}
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with requests.Session() as session:
                    session.trust_env = False
                    answer = session.request(
                        method, f"{self.base}{path}", json=body, headers=headers, timeout=(5, PATIENCE)
                    )
                return answer.status_code, answer.json() if answer.content else None
            except requests.RequestException as failure:
                if "NewConnectionError" not in repr(failure) or time.monotonic() > end:
                    raise Unanswered(method, path) from failure
            time.sleep(0.05)

    def create_group(self) -> str:
        """Create the group that everybody is put into, and return its id."""
        status, body = self.send("POST", "/Groups", {"schemas": [GROUP], "displayName": GROUP_NAME})
        if status != 201:
            raise AssertionError(f"no group: {status} {body}")
        return str(body["id"])


@dataclass(slots=True)
class Tickets:
    """How many writes are still to be made, and the kinds of those that were acknowledged."""

    left: int
    acknowledged: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        """Whether one more may be made: it is then made until it is acknowledged."""
        with self.lock:
            self.left -= 1
            return self.left >= 0


@dataclass(slots=True)
class Person:
    """One user as acknowledged writes have made it, each of which is still to be seen."""

    name: str
    writer: Writer
    id: str = ""
    title: str = ""
    member: bool = False
    active: bool = True
    steps: list[str] = field(default_factory=list)
    """What is still to be written about it."""

    def missing_at_the_bridge(self) -> list[str]:
        """Return what SCIM does not read as it was acknowledged."""
        if not self.id:
            return []
        status, read = self.writer.send("GET", f"/Users/{self.id}")
        if status != 200:
            return [f"{self.name} create: {status} {read}"]
        groups = [group["display"] for group in read.get("groups", ())]
        shown = {"title": read["displayName"], "member": GROUP_NAME in groups, "active": read["active"]}
        return [
            f"{self.name} {name}: {value} at the bridge"
            for name, value in shown.items()
            if value != getattr(self, name)
        ]


class Client(threading.Thread):
    """Creates people and changes them, one write at a time; whoever's answer was lost is set aside."""

    def __init__(self, number: int, writer: Writer, group: str, tickets: Tickets, chance: random.Random) -> None:
        super().__init__(name=f"client {number}", daemon=True)
        self.number = number
        self.people: list[Person] = []
        self.wrong: list[str] = []
        self._writer, self._group, self._tickets, self._random = writer, group, tickets, chance
        self._aside: list[tuple[Person, str]] = []
        self._acts: dict[str, Callable[[Person], tuple[int, Any]]] = {
            "create": self._create,
            "rename": self._rename,
            "add": self._add,
            "remove": self._remove,
            "deactivate": self._deactivate,
        }

    def run(self) -> None:
        """Write while there are tickets, then until what was set aside is acknowledged too."""
        while self._tickets.take():
            person = self._next()
            self._write(person, person.steps.pop(0))
        end = time.monotonic() + GIVE_UP
        while self._aside and time.monotonic() < end:
            self._write(*self._aside.pop(0))
        self.wrong += [f"{person.name} {step}: never acknowledged" for person, step in self._aside]

    def _next(self) -> Person:
        """Return somebody about whom something is to be written and nothing is open, or somebody new."""
        aside = [person for person, _ in self._aside]
        ready = [each for each in self.people if each.steps and each not in aside]
        if ready and self._random.random() < 0.85:
            return self._random.choice(ready)
        name = f"u{self.number}-{len(self.people)}@acme.example"
        last = self._random.choice([["remove"], ["deactivate"]])
        made = Person(name, self._writer, steps=["create", *self._random.sample(["rename", "add"], 2), *last])
        self.people.append(made)
        return made

    def _write(self, person: Person, step: str) -> None:
        try:
            status, body = self._acts[step](person)
        except Unanswered:
            self._aside.append((person, step))
            return
        if status < 300:
            self._tickets.acknowledged.append(step)
        elif status in (429, 503):
            self._aside.append((person, step))
            time.sleep(self._random.uniform(0.01, 0.1))
        else:
            self.wrong.append(f"{person.name} {step}: {status} {body}")

    # -- each kind of write; what is acknowledged is noted

    def _create(self, new: Person) -> tuple[int, Any]:
        document = person(new.name.partition("@")[0], displayName=f"First {new.name}")
        status, body = self._writer.send("POST", "/Users", document)
        if status == 409:  # an earlier try was not answered and has happened all the same
            status, found = self._writer.send("GET", f'/Users?filter=userName eq "{new.name}"')
            known = found["Resources"] if status == 200 else []
            if not known:
                return 503, found
            status, body = self._writer.send("PUT", f"/Users/{known[0]['id']}", document)
        if status < 300:
            new.id, new.title = body["id"], document["displayName"]
        return status, body

    def _rename(self, known: Person) -> tuple[int, Any]:
        title = f"Second {known.name}"
        answer = self._patch(f"/Users/{known.id}", replace("displayName", title))
        known.title = title if answer[0] < 300 else known.title
        return answer

    def _add(self, known: Person) -> tuple[int, Any]:
        answer = self._patch(f"/Groups/{self._group}", add(known.id))
        known.member = known.member or answer[0] < 300
        return answer

    def _remove(self, known: Person) -> tuple[int, Any]:
        if known.member:  # nobody can look for the addition any more once it is taken back
            self.wrong += known.missing_at_the_bridge()
        known.member = False
        return self._patch(f"/Groups/{self._group}", remove(known.id))

    def _deactivate(self, known: Person) -> tuple[int, Any]:
        answer = self._patch(f"/Users/{known.id}", replace("active", False))
        known.active = known.active and answer[0] >= 300
        return answer

    def _patch(self, path: str, operation: dict[str, Any]) -> tuple[int, Any]:
        return self._writer.send("PATCH", path, {"schemas": [PATCH_OP], "Operations": [operation]})
