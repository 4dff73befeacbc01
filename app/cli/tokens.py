"""``token``: the bearer tokens that identity providers present."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from rich.table import Table

from app.cli.context import Context, console, json_option, pass_context, print_json
from app.directory import tokens


@click.group(short_help="Make, list and revoke bearer tokens.")
def token() -> None:
    """Make, list and revoke bearer tokens, beside those in the configuration."""


@token.command()
@click.argument("target")
@click.option("--name", default="token", show_default=True, help="What to call it in the audit.")
@json_option
@pass_context
def create(context: Context, target: str, name: str, as_json: bool) -> None:
    """Make a token for TARGET and print it, once: it is stored as a digest only."""
    context.target(target)
    with context.bridge.database.write() as connection:
        secret = tokens.create(connection, target, name)
    if as_json:
        print_json({"target": target, "name": name, "token": secret})
    else:
        click.echo(secret)
        click.echo("Keep it: it cannot be shown again.", err=True)


@token.command("list")
@json_option
@pass_context
def list_(context: Context, as_json: bool) -> None:
    """List the tokens that were made here, the revoked ones too."""
    with context.bridge.database.read() as connection:
        found = tokens.listed(connection)
    rows = [
        {
            "id": each.id,
            "target": each.target,
            "name": each.name,
            "created": _day(each.created),
            "revoked": _day(each.revoked),
        }
        for each in found
    ]
    if as_json:
        print_json(rows)
        return
    table = Table("id", "target", "name", "created", "revoked", box=None)
    for row in rows:
        table.add_row(*(str(value or "") for value in row.values()))
    console().print(table if rows else "No token has been made here; those in the configuration are not listed.")


@token.command()
@click.argument("id_", metavar="ID", type=int)
@json_option
@pass_context
def revoke(context: Context, id_: int, as_json: bool) -> None:
    """Revoke the token ID. It is refused from the next request on."""
    with context.bridge.database.write() as connection:
        done = tokens.revoke(connection, id_)
    if not done:
        raise click.ClickException(f"there is no valid token {id_}")
    if as_json:
        print_json({"revoked": id_})
    else:
        click.echo(f"token {id_} is revoked")


def _day(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
