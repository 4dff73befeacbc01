"""``check`` and ``db``: is everything in order?"""

from __future__ import annotations

import click

from app.cli.context import Context, console, json_option, pass_context, print_json
from app.directory import migrate
from app.provisioning.looking import look
from app.provisioning.target import Target
from mappings import Flow, VendorError

CHECK_SECONDS = 15.0


@click.command(short_help="Ask each vendor whether address and credentials work.")
@json_option
@pass_context
def check(context: Context, as_json: bool) -> None:
    """Check the configuration, the database, one harmless read at each vendor, and what the role tables name.

    Exits 0 if all is well, 1 if a vendor does not answer as it should, 2 if the configuration is wrong.
    """
    with console().status("asking the vendors") as _:
        results = [_ask(target) for target in context.bridge.targets.values()]
    if as_json:
        print_json({"database": "ok", "targets": results})
    else:
        click.echo("configuration and database: ok")
        for result in results:
            mark = "✓" if result["ok"] else "✗"
            click.echo(f"{mark} {result['detail']}")
    raise click.exceptions.Exit(0 if all(result["ok"] for result in results) else 1)


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@json_option
@pass_context
def upgrade(context: Context, as_json: bool) -> None:
    """Bring the database to the schema of this version. 'serve' does so by itself."""
    revision = migrate.revision(context.bridge.database)  # which opening it has brought up to date
    if as_json:
        print_json({"revision": revision})
    else:
        click.echo(f"the database is at revision {revision}")


def _ask(target: Target) -> dict[str, object]:
    try:
        seen, missing = look(target, _checks(target), CHECK_SECONDS)
    except VendorError as error:
        return {"target": target.name, "ok": False, "detail": error.detail}
    if missing:
        text = f"{target.name}: role_table: {target.mapping.title} has none, or several, of: {', '.join(missing)}"
        return {"target": target.name, "ok": False, "detail": text}
    return {"target": target.name, "ok": True, "detail": f"{target.name}: {target.mapping.title} answers: {seen}"}


def _checks(target: Target) -> Flow[tuple[str, list[str]]]:
    seen = yield from target.mapping.check()
    return seen, (yield from target.catalogue.missing(target.table.values))
