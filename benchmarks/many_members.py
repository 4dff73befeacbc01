"""One PATCH with many members, and the worker that finishes it: ``python -m benchmarks.many_members``.

A bridge in this process, an emulated vendor on a real socket, and a database in a folder that is removed then.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

from app.contract.bench import TARGET, Bench
from app.contract.documents import add
from app.directory import migrate, status
from app.directory.database import Database
from app.directory.tables import link, resource
from app.provisioning.worker import Worker

VENDOR = "squirro"
WATCH_SECONDS = 1.0


def main() -> int:
    """Run it; exits 1 if the answer takes longer than 30 seconds or anybody is missing at the vendor in the end."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.many_members")
    parser.add_argument("--members", type=int, default=1000)
    members = parser.parse_args().members
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bridge.db'}"
        database = Database(url)
        migrate.upgrade(database)
        database.close()
        bench = Bench(VENDOR, url)
        try:
            return _run(bench, members)
        finally:
            bench.close()


def _run(bench: Bench, members: int) -> int:
    ids = _fill(bench, members)
    group = bench.found("Everybody")
    began = time.monotonic()
    answer = bench.patch(f"/Groups/{group}", add(*ids))
    answered = time.monotonic() - began
    _say(f"PATCH with {members} members: {answer.status} after {answered:.1f} s")
    worker = Worker(bench.parts.database, bench.parts.targets)
    running = threading.Thread(target=worker.run)
    running.start()
    while pending := _pending(bench):
        _say(f"{time.monotonic() - began:6.1f} s  pending {pending}")
        threading.Event().wait(WATCH_SECONDS)
    took = time.monotonic() - began
    worker.stopping.set()
    running.join()
    there = sum(len(found["members"]) for found in bench.sandbox.groups() if found["name"] == "Everybody")
    _say(f"{there} of {members} at the vendor after {took:.1f} s, {there / took:.0f} a second")
    return 0 if answered < 30 and there == members else 1


def _fill(bench: Bench, members: int) -> list[str]:
    """Make accounts at the vendor, and their users in the directory as if they had been pushed long ago."""
    model = bench.hire("model")
    ids = [str(uuid.uuid4()) for _ in range(members)]
    with bench.parts.database.write() as connection:
        user = connection.execute(resource.select().where(resource.c.id == model)).mappings().one()
        known = dict(connection.execute(link.select().where(link.c.resource_id == model)).mappings().one())
        del known["id"]
        users = [{**user, "id": id_, "name_key": id_} for id_ in ids]
        links = [
            {**known, "resource_id": id_, "name": id_, "vendor_key": id_, "vendor_id": _account(bench, id_)}
            for id_ in ids
        ]
        connection.execute(resource.insert(), users)
        connection.execute(link.insert(), links)
    return ids


def _account(bench: Bench, name: str) -> str:
    made = bench.sandbox.create_user({"email": f"{name}@many.example"})  # type: ignore[attr-defined]
    return str(made["id"])


def _pending(bench: Bench) -> int:
    with bench.parts.database.read() as connection:
        return sum(count.pending for count in status.counts(connection, [TARGET]))


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
