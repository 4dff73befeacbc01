"""``status`` and ``events``: what is not yet true, and how everything came to be."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from app.cli.context import Context, console, json_option, pass_context, print_json
from app.directory import events as audit
from app.directory import status as state

COLOURS = {"delivered": "green", "unchanged": "dim", "pending": "yellow", "queued": "yellow", "failed": "red"}


@click.command(short_help="Show what is not yet true at the vendors.")
@click.option("--target", help="Only this target.")
@json_option
@pass_context
def status(context: Context, target: str | None, as_json: bool) -> None:
    """Show what is not yet true at the vendors. Exits 1 if the vendor refuses something."""
    wanted = [context.target(target)] if target else list(context.config.targets)
    with context.bridge.database.read() as connection:
        counts = state.counts(connection, [name for name in wanted if name])
        waiting = state.unsettled(connection, target)
    if as_json:
        print_json({"targets": [asdict(count) for count in counts], "unsettled": waiting})
    else:
        _print_status(counts, waiting)
    raise click.exceptions.Exit(1 if any(count.refused for count in counts) else 0)


@click.command(short_help="Show who asked for what, and what came of it.")
@click.option("--user", help="Only this person: a userName, or an id.")
@click.option("--target", help="Only this target.")
@click.option("--limit", default=50, show_default=True, help="How many, the newest.")
@json_option
@pass_context
def events(context: Context, user: str | None, target: str | None, limit: int, as_json: bool) -> None:
    """Show each SCIM request and delivery, each vendor call with status and milliseconds, and the outcome."""
    with context.bridge.database.read() as connection:
        found = audit.history(connection, target=context.target(target), user=user, limit=limit)
    if as_json:
        print_json([{**event, "at": _time(event["at"])} for event in found])
        return
    out = console()
    if not found:
        out.print("Nothing has happened yet." if user is None else f"Nothing is known of {user}.")
    for event in found:
        _print_event(out, event)


def _print_status(counts: list[state.Count], waiting: list[dict[str, Any]]) -> None:
    out = console()
    table = Table("target", "kind", "resources", "pending", "refused", box=None)
    for count in counts:
        table.add_row(count.target, count.kind, str(count.resources), str(count.pending), str(count.refused))
    out.print(table)
    if not waiting:
        out.print("\nEverything is as the identity provider wants it.")
        return
    out.print("\nNot yet true at the vendor:")
    for link in waiting:
        word = "[red]refused[/red]" if link["refused"] else f"tried {link['attempts']}×"
        again = f"again in {max(0, round(link['due_in']))} s"
        gone = " (deleted here)" if link["deleted"] else ""
        out.print(f"  {link['target']} {link['kind']} {escape(link['name'])}{gone}: {word}, {again}")
        if link["last_error"]:
            out.print(f"    {escape(link['last_error'])}", style="dim")
    pending, refused = sum(count.pending for count in counts), sum(count.refused for count in counts)
    if pending + refused > len(waiting):
        out.print(f"  and {pending + refused - len(waiting)} more")
    if refused:
        out.print("\nOnce what the vendor refuses is put right: scim-bridge retry --refused")


def _print_event(out: Any, event: dict[str, Any]) -> None:
    colour = COLOURS.get(event["outcome"], "red")
    spent = "" if event["ms"] is None else f" {event['ms']} ms"
    answered = "" if event["status"] is None else f" {event['status']}"
    out.print(
        f"{_time(event['at'])}  {event['target']}  [bold]{escape(event['name'])}[/bold]  {escape(event['action'])}"
        f"  {escape(event['summary'])}  [{colour}]{event['outcome']}{answered}[/{colour}]{spent}"
        f"  [dim]{escape(event['actor'])}[/dim]",
        soft_wrap=True,
    )
    if event["detail"]:
        style = "yellow" if event["outcome"] == "delivered" else "red"
        out.print(f"    {escape(event['detail'])}", style=style, soft_wrap=True)
    for call in event["calls"]:
        answered = call["status"] if call["status"] is not None else "no answer"
        out.print(
            f"    {call['meaning']}: {call['method']} {escape(call['path'])}  {answered}  {call['ms']} ms",
            style="dim",
            soft_wrap=True,
        )


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
