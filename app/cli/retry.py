"""``retry``: another try at once, where somebody has put right what was in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice

import click
from rich.markup import escape

from app.cli.context import Context, console, json_option, pass_context, print_json
from app.directory.retrying import Retried
from app.directory.retrying import retry as make_due

SHOWN = 20


@click.command(short_help="Try again now what is not yet true at the vendors.")
@click.argument("target", required=False)
@click.option("--user", metavar="NAME_OR_ID", help="Only this user, deleted ones too.")
@click.option("--group", metavar="NAME_OR_ID", help="Only this group, deleted ones too.")
@click.option("--all/--refused", "everything", default=True, help="All that waits, or only what is refused.")
@json_option
@pass_context
def retry(
    context: Context, target: str | None, user: str | None, group: str | None, everything: bool, as_json: bool
) -> None:
    """Make what is not yet true at the vendors due now, of one TARGET or of all; the worker then tries it.

    Exits 0 if it did, 1 if nothing of that kind waits, 2 if it was asked wrongly.
    """
    if user is not None and group is not None:
        raise click.UsageError("give --user or --group, not both")
    named = context.target(target)
    kind = "User" if user is not None else "Group" if group is not None else None
    with context.bridge.database.write() as connection:
        found = make_due(
            connection,
            [named] if named else list(context.config.targets),
            kind=kind,
            named=user if user is not None else group,
            refused=not everything,
        )
    if as_json:
        print_json({"retried": [asdict(each) for each in found]})
    else:
        _print(found)
    raise click.exceptions.Exit(0 if found else 1)


def _print(found: Sequence[Retried]) -> None:
    out = console()
    if not found:
        out.print("Nothing of that kind is waiting.")
        return
    due = sum(not each.under_way for each in found)
    out.print(f"{due} due now: the worker tries. 'scim-bridge status' tells what came of it.")
    for each in islice(found, SHOWN):
        word = "is being delivered at this moment" if each.under_way else "due now"
        out.print(f"  {each.target} {each.kind} {escape(each.name)}: {word}")
        if each.last_error:
            out.print(f"    {escape(each.last_error)}", style="dim", soft_wrap=True)
    if len(found) > SHOWN:
        out.print(f"  and {len(found) - SHOWN} more")
