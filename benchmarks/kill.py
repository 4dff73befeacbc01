"""Kill the bridge while it is written to, and count what is left: ``python -m benchmarks.kill --writes 500``.

``serve`` as a process group (web processes and the delivery worker) on a real database, with two targets and their
emulated vendors, one with ``on_outage = "refuse"`` and one with ``"queue"``. Clients write side by side, vendors go
down and come back, and at random moments the whole group is killed with SIGKILL and started again.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.killing import Plan, run
from tests.databases import Databases


def main() -> int:
    """Run it; exits 1 if any acknowledged write is missing, at the bridge or in the end at the vendor."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.kill")
    parser.add_argument("--writes", type=int, default=500)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    given = parser.parse_args()
    databases = Databases()
    try:
        plan = Plan(given.writes, given.kills, given.clients, given.seed)
        outcome = run(plan, databases.fresh(given.database), say=_say)
    finally:
        databases.close()
    _say(f"{given.database}: {dict(sorted(outcome.kinds.items()))}, {outcome.kills} kills, {outcome.seconds:.0f} s")
    for line in outcome.wrong:
        _say(f"  - {line}")
    _say(f"{outcome.survived} of {outcome.acknowledged} acknowledged writes survived")
    return 1 if outcome.wrong or outcome.acknowledged < given.writes else 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
