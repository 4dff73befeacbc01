"""Acknowledged writes against SIGKILL: clients that write, a killer, and what must be there in the end."""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.directory import status
from app.directory.database import Database
from benchmarks.writing import GROUP_NAME, Client, Person, Tickets, Writer
from mappings.sandbox import Sandbox, create
from tests.chaos.processes import Replica

VENDOR = "squirro"
TARGETS = {"refuses": "refuse", "queues": "queue"}
TOKEN = "of-the-client"  # noqa: S105 -- it opens nothing but this bench
SETTLED_WITHIN = 180.0
"""Seconds for what waits: the leases of those who were killed last for 30."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to write and how often to kill meanwhile, and whether once more right after the last answer.

    ``quick``: leases of 3 seconds instead of 30.
    """

    writes: int = 500
    kills: int = 8
    clients: int = 8
    seed: int = 1
    last_kill: bool = True
    quick: bool = False


@dataclass(slots=True)
class Outcome:
    """``survived`` of ``acknowledged`` writes; ``wrong`` says what is missing, or was never answered well."""

    acknowledged: int
    survived: int
    wrong: list[str]
    kinds: Counter[str]
    kills: int
    seconds: float


@dataclass
class _Bench:
    plan: Plan
    database_url: str
    folder: Path
    sandboxes: dict[str, Sandbox] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.plan.seed)
        self.sandboxes = {target: create(VENDOR) for target in TARGETS}
        config = self.folder / "bridge.toml"
        config.write_text(self._config(), encoding="utf-8")
        self.replica = Replica(config, self.folder / "bridge.log", workers=2, quick=self.plan.quick)

    def _config(self) -> str:
        lines = ["[server]", f"database_url = {json.dumps(self.database_url)}"]
        for target, on_outage in TARGETS.items():
            sandbox = self.sandboxes[target]
            fixed = {"vendor": VENDOR, "base_url": sandbox.start(), "tokens": [TOKEN], "on_outage": on_outage}
            tables = {"": fixed, ".credentials": sandbox.credentials, ".options": sandbox.options}
            for name, values in tables.items():
                lines.append(f"[targets.{target}{name}]")
                lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        return "\n".join(lines)

    def restart(self) -> None:
        self.replica.start()
        self.replica.wait_until_ready()

    def close(self) -> None:
        self.replica.kill()
        for sandbox in self.sandboxes.values():
            sandbox.stop()


def run(plan: Plan, database_url: str, say: Callable[[str], None] = lambda _line: None) -> Outcome:
    """Write, kill, start again, and compare: each acknowledged write must be there."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(plan, database_url, Path(folder))
        try:
            bench.restart()
            return _run(bench, say)
        finally:
            bench.close()


def _run(bench: _Bench, say: Callable[[str], None]) -> Outcome:
    began = time.monotonic()
    plan, url = bench.plan, bench.replica.url
    writers = [Writer(f"{url}/{target}/scim/v2", TOKEN) for target in TARGETS]
    groups = [writer.create_group() for writer in writers]
    tickets = Tickets(plan.writes)
    clients = [
        Client(number, writers[number % 2], groups[number % 2], tickets, random.Random(f"{plan.seed}/{number}"))
        for number in range(max(2, plan.clients))
    ]
    done = threading.Event()
    weather = threading.Thread(target=_weather, args=(bench, done))
    killer = threading.Thread(target=_kill_at_times, args=(bench, tickets, done, say))
    for thread in (*clients, weather, killer):
        thread.start()
    for client in clients:
        client.join()
    done.set()
    killer.join()
    weather.join()
    if plan.last_kill:
        bench.replica.kill()
        bench.restart()
    people = [person for client in clients for person in client.people]
    wrong = [line for client in clients for line in client.wrong]
    lost = [line for person in people for line in person.missing_at_the_bridge()]
    pending = _settle(bench.database_url)
    wrong += [f"{pending} changes are still not delivered"] * bool(pending)
    lost += [line for client in clients for line in _missing_at_the_vendor(bench, client)]
    survived = len(tickets.acknowledged) - len({line.partition(":")[0] for line in lost})
    kinds = Counter(tickets.acknowledged)
    seconds = time.monotonic() - began
    return Outcome(len(tickets.acknowledged), survived, wrong + lost, kinds, plan.kills + plan.last_kill, seconds)


def _kill_at_times(bench: _Bench, tickets: Tickets, done: threading.Event, say: Callable[[str], None]) -> None:
    """Kill the whole group after so many acknowledged writes, at a random moment, and start it again."""
    plan = bench.plan
    for at in sorted(bench.random.sample(range(1, plan.writes), plan.kills)):
        while len(tickets.acknowledged) < at and not done.is_set():
            time.sleep(0.002)
        time.sleep(bench.random.uniform(0, 0.05))
        bench.replica.kill()
        say(f"killed after {len(tickets.acknowledged)} acknowledged writes")
        bench.restart()


def _weather(bench: _Bench, done: threading.Event) -> None:
    """Let the vendors go down and come back; in the end they are there."""
    chance = random.Random(bench.plan.seed + 1)
    down_for = {"refuses": 0.25, "queues": 0.6}
    while not done.wait(chance.uniform(0.2, 1.0)):
        for target, share in down_for.items():
            faults = bench.sandboxes[target].faults
            faults.clear()
            if chance.random() < share:
                faults.add("status", status=503, count=10**9)
    for sandbox in bench.sandboxes.values():
        sandbox.faults.clear()


def _settle(database_url: str) -> int:
    """Wait until nothing is left to deliver; return how much still is when that takes too long."""
    database, end = Database(database_url), time.monotonic() + SETTLED_WITHIN
    try:
        while (pending := _pending(database)) and time.monotonic() < end:
            time.sleep(0.1)
        return pending
    finally:
        database.close()


def _pending(database: Database) -> int:
    with database.read() as connection:
        return sum(count.pending for count in status.counts(connection, list(TARGETS)))


def _missing_at_the_vendor(bench: _Bench, client: Client) -> list[str]:
    sandbox = bench.sandboxes[list(TARGETS)[client.number % 2]]
    accounts = [user for user in sandbox.users() if user["key"].startswith(f"u{client.number}-")]
    by_key = {user["key"]: user for user in accounts}
    twice = ["two accounts: one address"] * (len(by_key) < len(accounts))
    return twice + [line for person in client.people for line in _compare(person, by_key.get(person.name))]


def _compare(person: Person, account: dict[str, object] | None) -> list[str]:
    if account is None or not person.active:
        same = (account is None) is not person.active
        return [] if same else [f"{person.name} active: {person.active}, but the account is {account}"]
    shown = {"title": account["fields"]["full_name"], "member": GROUP_NAME in account["roles"]}  # type: ignore[index, operator]
    wanted = {"title": person.title, "member": person.member}
    return [f"{person.name} {name}: {shown[name]} at the vendor" for name in wanted if shown[name] != wanted[name]]
