"""``plan``: what would be sent, before it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click
from rich.markup import escape
from rich.progress import track

from app.cli.context import Context, console, json_option, pass_context, print_json
from app.provisioning.plan import Plan, count, plans
from app.provisioning.target import Target


@click.command(short_help="Show what would be sent to the vendors, without sending it.")
@click.option("--target", help="Only this target.")
@click.option("--name", help="Only the user or group of this name or id; also shows what needs no call.")
@json_option
@pass_context
def plan(context: Context, target: str | None, name: str | None, as_json: bool) -> None:
    """Show the calls that converging would send now, under the configuration as it is in the file.

    Nothing is written anywhere; vendors are only read. A user's rows of the role table are shown with what they
    give, so that a new table or another option can be judged before 'serve' is started with it. Exits 1 if
    something cannot be done.
    """
    chosen = context.target(target)
    targets = [each for each in context.bridge.targets.values() if chosen in (None, each.name)]
    found = {each.name: list(_shown(context, each, name, quiet=as_json)) for each in targets}
    if as_json:
        print_json({of: [_described(one) for one in made] for of, made in found.items()})
    else:
        for of, made in found.items():
            _print(of, made, named=name is not None)
    wrong = any(one.error for made in found.values() for one in made)
    raise click.exceptions.Exit(1 if wrong else 0)


def _shown(context: Context, target: Target, name: str | None, *, quiet: bool) -> Iterator[Plan]:
    database = context.bridge.database
    total = count(database, target, name)
    made = plans(database, target, name)
    watched = track(made, target.name, total, console=console(), transient=True, disable=quiet or total < 100)
    return (each for each in watched if each.steps or each.error or name is not None)


def _described(plan: Plan) -> dict[str, Any]:
    rows = [{"who": row.text, "gives": row.gives, "precedence": row.precedence} for row in plan.rows]
    return {**asdict(plan), "rows": rows}


def _print(target: str, found: list[Plan], *, named: bool) -> None:
    out = console()
    if not found:
        out.print(f"{target}: nothing of that name" if named else f"{target}: nothing to send")
    for one in found:
        out.print(f"{target}  {one.kind} [bold]{escape(one.name)}[/bold]")
        for row in one.rows:
            out.print(f"    role table, {escape(row.text)}: {escape(', '.join(row.gives))}", style="dim")
        for sign, colour, changes in (
            ("+", "green", one.gains),
            ("-", "red", one.loses),
            ("~", "yellow", one.fields),
        ):
            for change in changes:
                out.print(f"    [{colour}]{sign} {escape(change)}[/{colour}]")
        for step in one.steps:
            out.print(f"    {step.meaning}: {step.method} {escape(step.path)}", soft_wrap=True)
        for note in one.notes:
            out.print(f"    {escape(note)}", style="yellow", soft_wrap=True)
        if one.error:
            out.print(f"    {escape(one.error)}", style="red", soft_wrap=True)
        elif not one.steps:
            out.print("    nothing to send", style="dim")
