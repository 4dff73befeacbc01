"""``python -m tests.chaos``: as many seeds as asked for; exits 1 if one of them fails."""

from __future__ import annotations

import click

from mappings import discovery
from tests.chaos.provider import DOINGS
from tests.chaos.quick.broken import BREAK
from tests.chaos.run import Plan, run
from tests.chaos.vendor import KINDS
from tests.databases import Databases


@click.command()
@click.option("--seed", default=1, show_default=True)
@click.option("--seeds", default=1, show_default=True, help="How many, from --seed on.")
@click.option("--writes", default=200, show_default=True)
@click.option("--vendor", type=click.Choice(discovery.names()), default="squirro", show_default=True)
@click.option("--users", type=click.Choice(["managed", "directory", "reject"]), default=None, help="Its option.")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
@click.option("--threads", default=32, show_default=True)
@click.option("--people", default=40, show_default=True)
@click.option("--teams", default=8, show_default=True)
@click.option("--kill", is_flag=True, help="Kill processes with SIGKILL.")
@click.option("--pause", is_flag=True, help="Pause processes with SIGSTOP, sometimes for longer than a lease.")
@click.option("--faults", default=",".join(KINDS), show_default=True, help="Kinds, 'late' too, or 'none'.")
@click.option("--rate", default=0.12, show_default=True, help="How many of the vendor's calls meet a fault.")
@click.option("--every", default=0.8, show_default=True, help="Seconds between two kills or pauses, on average.")
@click.option("--timeout", default=0.4, show_default=True, help="The target's timeout, in seconds.")
@click.option("--act", "acts", multiple=True, help="Do only this: 'kill process POST applied', 'pause replica'.")
@click.option("--settle", default=20.0, show_default=True, help="Seconds after which all must be true at last.")
@click.option("--strikes", default=0, show_default=True, help="Go on until so many acts are done.")
@click.option("--do", "doing", multiple=True, type=click.Choice(list(DOINGS)), help="Write nothing but this.")
@click.option("--inside", is_flag=True, help="Serve the bridge from this process: nothing is killed or paused.")
@click.option("--broken", type=click.Choice(list(BREAK)), default=None, help="Break the bridge on purpose.")
@click.option("--on-outage", type=click.Choice(["refuse", "queue"]), default="refuse")
@click.option("--idp", type=click.Choice(["generic", "okta", "entra"]), default="generic")
@click.option("--real-time", is_flag=True, help="Leases of 30 s, as in production.")
@click.option("--trail", is_flag=True, help="Print the requests of a failed run.")
def main(
    seed: int,
    seeds: int,
    faults: str,
    real_time: bool,
    trail: bool,
    broken: str | None,
    users: str | None,
    **options: object,
) -> None:
    """Write at random while things break, and judge what is left."""
    kinds = () if faults == "none" else tuple(faults.split(","))
    databases = Databases()
    failed = 0
    try:
        for each in range(seed, seed + seeds):
            plan = Plan(each, faults=kinds, quick=not real_time, broken=broken or "", users=users or "", **options)  # type: ignore[arg-type]
            outcome = run(plan, databases)
            failed += bool(outcome.wrong)
            phases = {name: round(seconds) for name, seconds in outcome.phases.items()}
            verdict = "FAILED" if outcome.wrong else "passed"
            click.echo(
                f"{verdict} {outcome.writes} writes {outcome.seconds:.0f} s {phases} {dict(outcome.sabotage)}"
            )
            click.echo(f"  {plan.command}")
            click.echo(f"  {dict(sorted(outcome.answers.items()))}")
            for wrong in outcome.wrong:
                click.echo(f"  - {wrong}")
            if outcome.wrong:
                click.echo(f"  {outcome.folder}")
                if trail:
                    click.echo("\n".join(outcome.trail))
    finally:
        databases.close()
    raise click.exceptions.Exit(1 if failed else 0)


main()
