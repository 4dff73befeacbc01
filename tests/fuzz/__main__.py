"""``python -m tests.fuzz``: for so many seconds; exits 1 at the first answer that none may be."""

from __future__ import annotations

import time
from collections import Counter

import click
import stamina

from app.contract.bench import Bench
from tests.databases import Databases
from tests.fuzz.run import Fuzz

EXAMPLES = 300
"""Requests to one bridge, before a new one is made."""


@click.command()
@click.option("--seconds", default=60, show_default=True)
@click.option("--seed", default=1, show_default=True, help="Of the first bridge; the next has the next one.")
@click.option("--vendor", type=click.Choice(["periscope", "squirro", "prancer"]), default="squirro")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
def main(seconds: int, seed: int, vendor: str, database: str) -> None:
    """Send requests at random, and judge every answer."""
    stamina.set_testing(True, attempts=2, cap=True)
    end, answers, databases = time.monotonic() + seconds, Counter[str](), Databases()
    try:
        while time.monotonic() < end:
            _one(vendor, databases.fresh(database), seed, answers)
            seed += 1
    finally:
        databases.close()
    click.echo(f"{sum(answers.values())} requests, the next seed is {seed}: {dict(sorted(answers.items()))}")


def _one(vendor: str, database_url: str, seed: int, answers: Counter[str]) -> None:
    bench = Bench(vendor, database_url, role_schemas="ietf")
    fuzz = Fuzz(bench)
    try:
        fuzz.run(EXAMPLES, seed)
        bench.check()
    except BaseException:
        click.echo(f"FAILED with --seed {seed} --vendor {vendor}; the last requests were:", err=True)
        for request in fuzz.last:
            click.echo(f"  {request}", err=True)
        raise
    finally:
        answers.update(fuzz.answers)
        bench.close()


main()
