"""One run: start everything, let them write while things break, wait until nothing is unsettled, and judge."""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from app.assembly import Bridge, assemble
from app.config import read
from app.directory import status
from app.directory.tables import metadata
from app.provisioning.dialects import DIALECTS
from tests.bridge import BASE, TARGET, TOKEN
from tests.chaos.judge import judge
from tests.chaos.model import Model
from tests.chaos.processes import Replica
from tests.chaos.provider import Provider
from tests.chaos.saboteur import Saboteur
from tests.chaos.vendor import KINDS, OUTSIDERS, BadDay
from tests.databases import Databases
from tests.vendors import VENDORS

TEAMS = {"datasentinel": ["Finance", "Engineering", "role_1", "role_2"]}
QUICK_LEASE, REAL_LEASE = 3.0, 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do; the same plan makes the same choices, as far as real concurrency allows."""

    seed: int
    vendor: str = "squirro"
    database: str = "sqlite"
    writes: int = 200
    threads: int = 32
    people: int = 40
    teams: int = 8
    kill: bool = False
    pause: bool = False
    faults: tuple[str, ...] = KINDS
    rate: float = 0.12
    on_outage: str = "refuse"
    idp: str = "generic"
    quick: bool = True
    timeout: float = 0.4
    every: float = 0.8
    settle: float = 20.0
    broken: str = ""
    acts: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """How to do it again."""
        words = [f"--seed {self.seed} --writes {self.writes} --vendor {self.vendor} --database {self.database}"]
        words += [f"--threads {self.threads} --people {self.people} --teams {self.teams} --rate {self.rate}"]
        words += [f"--faults {','.join(self.faults) or 'none'} --on-outage {self.on_outage} --idp {self.idp}"]
        words += [f"--every {self.every} --timeout {self.timeout}"]
        words += [f"--broken {self.broken}"] * bool(self.broken)
        words += [f"--act '{act}'" for act in self.acts]
        words += ["--kill"] * self.kill + ["--pause"] * self.pause + ["--real-time"] * (not self.quick)
        return "python -m tests.chaos " + " ".join(words)


@dataclass(slots=True)
class Outcome:
    """What came of it; ``folder`` holds the logs and the trail of requests."""

    wrong: list[str]
    writes: int
    seconds: float
    phases: dict[str, float]
    answers: Counter[str]
    sabotage: Counter[str]
    folder: Path
    trail: list[str] = field(repr=False, default_factory=list)


def run(plan: Plan, databases: Databases) -> Outcome:
    """Carry out a plan."""
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="chaos"))
    day = BadDay(plan.vendor, plan.seed, rate=plan.rate, kinds=plan.faults, timeout=plan.timeout)
    config = _configure(plan, folder, day, databases.fresh(plan.database))
    count = 2 if plan.database == "postgresql" else 1
    replicas = [
        Replica(
            config, folder / f"bridge{i}.log", workers=1 if count > 1 else 2, quick=plan.quick, broken=plan.broken
        )
        for i in range(count)
    ]
    try:
        for replica in replicas:
            replica.start()
        for replica in replicas:
            replica.wait_until_ready()
        return _outcome(plan, day, replicas, read_parts(config), folder, started)
    finally:
        for replica in replicas:
            replica.kill()
        day.sandbox.stop()


def read_parts(config: Path) -> Bridge:
    """Return the bridge's own parts, to look at its database with."""
    return assemble(read(config))


def _configure(plan: Plan, folder: Path, day: BadDay, url: str) -> Path:
    sandbox = day.sandbox
    target = {
        "vendor": plan.vendor,
        "idp": plan.idp,
        "base_url": day.url,
        "tokens": [TOKEN],
        "on_outage": plan.on_outage,
        "timeout": plan.timeout,
    }
    lines = ["[server]", f"database_url = {json.dumps(url)}", f"[targets.{TARGET}]"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in target.items()]
    for table, values in (("credentials", sandbox.credentials), ("options", sandbox.options)):
        lines += [f"[targets.{TARGET}.{table}]"] + [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    config = folder / "bridge.toml"
    config.write_text("\n".join(lines))
    return config


def _outcome(
    plan: Plan, day: BadDay, replicas: list[Replica], parts: Bridge, folder: Path, started: float
) -> Outcome:
    teams = TEAMS.get(plan.vendor, [f"Team {i}" for i in range(plan.teams)])[: plan.teams]
    model = Model([f"u{i}" for i in range(plan.people)], teams)
    lease = QUICK_LEASE if plan.quick else REAL_LEASE
    facts = VENDORS[plan.vendor]
    provider = Provider(
        model,
        [replica.url for replica in replicas],
        lingers=lease * 3,
        timeout=lease + 2,
        renames=facts.renames_groups,
        moves=facts.changes_email,
        queues=plan.on_outage == "queue",
        replace_adds=DIALECTS[plan.idp].replace_members == "add",
    )
    saboteur = Saboteur(
        replicas,
        plan.seed,
        kills=plan.kill,
        pauses=plan.pause,
        longest_pause=lease * 1.3,
        every=plan.every,
        acts=plan.acts,
    )
    day.on, day.ambush = bool(plan.faults), saboteur.meets
    clock = [started, time.monotonic()]
    saboteur.start()
    provider.run(plan.seed, plan.writes, plan.threads)
    clock.append(time.monotonic())
    day.on = False
    saboteur.stopping.set()
    saboteur.join()
    for replica in replicas:
        replica.wait_until_ready()
    left = _settle(parts, seconds=plan.settle if plan.quick else 400)
    clock.append(time.monotonic())
    users, groups = (_all(replicas[0].url, endpoint) for endpoint in ("Users", "Groups"))
    wrong = [f"unsettled: {row['kind']} {row['name']}: {row['last_error']}" for row in left]
    wrong += judge(model, users, groups, day, parts.targets[TARGET].mapping)
    (folder / "trail.txt").write_text("\n".join(sorted(provider.trail)))
    if wrong:
        _keep(parts, day, folder)
    parts.database.close()
    return Outcome(
        wrong,
        provider.writes,
        time.monotonic() - started,
        {name: clock[i + 1] - clock[i] for i, name in enumerate(("starting", "writing", "settling"))},
        provider.answers,
        saboteur.done,
        folder,
        sorted(provider.trail),
    )


def _keep(parts: Bridge, day: BadDay, folder: Path) -> None:
    """Write down what led to a failure: the tables, and the vendor's journal."""
    with parts.database.read() as connection:
        for table in metadata.sorted_tables:
            rows = connection.execute(table.select()).mappings()
            (folder / f"{table.name}.txt").write_text("\n".join(str(dict(row)) for row in rows))
    (folder / "journal.txt").write_text("\n".join(map(str, day.sandbox.journal)))


def _settle(parts: Bridge, seconds: float) -> list[dict[str, Any]]:
    """Wait until nothing is unsettled, twice in a row; return what still is."""
    end, quiet = time.monotonic() + seconds, 0
    left: list[dict[str, Any]] = []
    while time.monotonic() < end and quiet < 2:
        with parts.database.read() as connection:
            left = [row for row in status.unsettled(connection) if not _is_refused_rightly(row)]
        quiet = 0 if left else quiet + 1
        time.sleep(0.25)
    return left


def _is_refused_rightly(row: dict[str, Any]) -> bool:
    """Whether this is what a lost answer has left of hiring somebody whose account is not the bridge's."""
    return bool(row["refused"]) and row["name"].partition("@")[0] in OUTSIDERS


def _all(url: str, endpoint: str) -> list[dict[str, Any]]:
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Authorization": f"Bearer {TOKEN}"}
        found = session.get(f"{url}{BASE}/{endpoint}?count=500", headers=headers, timeout=30).json()
    assert found["totalResults"] == len(found["Resources"])
    resources: list[dict[str, Any]] = found["Resources"]
    return resources
