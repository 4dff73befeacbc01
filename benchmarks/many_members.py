"""One PATCH with many members, and the worker that finishes it: ``python -m benchmarks.many_members``.

A bridge in this process, an emulated vendor on a real socket, and a database that is removed then.
"""

from __future__ import annotations

import argparse
import resource as system
import sys
import threading
import time
import uuid
from collections.abc import Callable

from app.contract.bench import TARGET, Bench
from app.contract.documents import add
from app.directory import status
from app.directory.tables import link, resource
from app.provisioning.worker import Worker
from tests.databases import Databases

WATCH_SECONDS = 1.0


def _of_squirro(bench: Bench, email: str) -> str:
    return str(bench.sandbox.create_user({"email": email})["id"])  # type: ignore[attr-defined]


def _of_periscope(bench: Bench, email: str) -> str:
    body = {"first_name": "Ann", "last_name": "Lee", "email": email, "roles": []}
    made = bench.sandbox.create_user({**body, "invited_by_email": "admin@acme.example"})  # type: ignore[attr-defined]
    return str(made["id"])


ACCOUNTS: dict[str, Callable[[Bench, str], str]] = {"squirro": _of_squirro, "periscope": _of_periscope}
"""How to make an account at the emulated vendor past the bridge; returns its id."""


def main() -> int:
    """Run it; exits 1 if the answer takes longer than 30 seconds or anybody is missing at the vendor in the end."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.many_members")
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--vendor", choices=sorted(ACCOUNTS), default="squirro")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    databases = Databases()
    try:
        bench = Bench(given.vendor, databases.fresh(given.database))
        try:
            return _run(bench, given.members)
        finally:
            bench.close()
    finally:
        databases.close()


def _run(bench: Bench, members: int) -> int:
    ids = _fill(bench, members)
    group = bench.found("Everybody")
    worker = Worker(bench.parts.database, bench.parts.targets)
    worker.adopt_policies()  # a first start looks at everybody, which is no part of this
    began, began_cpu = time.monotonic(), time.process_time()
    answer = bench.patch(f"/Groups/{group}", add(*ids))
    answered = time.monotonic() - began
    _say(f"PATCH with {members} members: {answer.status} after {answered:.1f} s")
    running = threading.Thread(target=worker.run)
    running.start()
    while pending := _pending(bench):
        _say(f"{time.monotonic() - began:6.1f} s  pending {pending}")
        threading.Event().wait(WATCH_SECONDS)
    took = time.monotonic() - began
    worker.stopping.set()
    running.join()
    there = sum(len(found["members"]) for found in bench.sandbox.groups() if found["name"] == "Everybody")
    most = system.getrusage(system.RUSAGE_SELF).ru_maxrss // 1024
    cpu = 1000 * (time.process_time() - began_cpu) / members
    _say(f"{there} of {members} at the vendor after {took:.1f} s, {there / took:.0f} a second")
    _say(f"{cpu:.1f} ms of CPU a member, the emulated vendor's included; {most} MiB at most")
    return 0 if answered < 30 and there == members else 1


def _fill(bench: Bench, members: int) -> list[str]:
    """Make accounts at the vendor, and their users in the directory as if they had been pushed long ago."""
    make, model = ACCOUNTS[bench.vendor], bench.hire("model")
    ids = [str(uuid.uuid4()) for _ in range(members)]
    accounts = {id_: make(bench, f"{id_}@x.example") for id_ in ids}
    with bench.parts.database.write() as connection:
        user = connection.execute(resource.select().where(resource.c.id == model)).mappings().one()
        known = dict(connection.execute(link.select().where(link.c.resource_id == model)).mappings().one())
        del known["id"]
        users = [{**user, "id": id_, "name_key": id_} for id_ in ids]
        links = [
            {**known, "resource_id": id_, "name": id_, "vendor_key": id_, "vendor_id": accounts[id_]} for id_ in ids
        ]
        connection.execute(resource.insert(), users)
        connection.execute(link.insert(), links)
    return ids


def _pending(bench: Bench) -> int:
    with bench.parts.database.read() as connection:
        return sum(count.pending for count in status.counts(connection, [TARGET]))


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
