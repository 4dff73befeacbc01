"""``catalogue``: what a vendor offers to be assigned, as the identity provider sees it."""

from __future__ import annotations

from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from app.cli.context import Context, console, json_option, pass_context, print_json
from app.provisioning.catalogue import Catalogue, Entries
from app.provisioning.looking import look
from mappings import Entry, Flow, VendorError

LOOK_SECONDS = 25.0
LISTS = ("Roles", "Entitlements")


@click.command(short_help="Show the roles and entitlements that a vendor offers.")
@click.argument("target")
@json_option
@pass_context
def catalogue(context: Context, target: str, as_json: bool) -> None:
    """Ask TARGET's vendor which roles and entitlements there are: what /Roles and /Entitlements show.

    Exits 1 if the vendor does not answer as it should.
    """
    context.target(target)
    found = context.bridge.targets[target]
    try:
        with console().status("asking the vendor"):
            roles, entitlements = look(found, _both(found.catalogue), LOOK_SECONDS)
    except VendorError as error:
        raise click.ClickException(error.detail) from error
    if as_json:
        print_json(
            {"roles": [_described(each) for each in roles], "entitlements": [*map(_described, entitlements)]}
        )
        return
    for name, entries in zip(LISTS, (roles, entitlements), strict=True):
        _print(name, name in found.mapping.catalogues, entries)


def _both(offered: Catalogue) -> Flow[tuple[Entries, Entries]]:
    roles = yield from offered.roles()
    return roles, (yield from offered.entitlements())


def _described(entry: Entry) -> dict[str, Any]:
    return {
        "value": entry.value,
        "display": entry.display,
        "type": entry.type,
        "supported": entry.supported,
        "contains": list(entry.contains),
    }


def _print(name: str, offered: bool, entries: Entries) -> None:
    out = console()
    out.print(f"[bold]{name}[/bold]" + ("" if offered else ": the vendor documents no list of them"))
    if not offered:
        return
    table = Table("value", "display", "type", "assignable", "contains", box=None)
    for entry in entries:
        assignable = "yes" if entry.supported else "no"
        cells = (entry.value, entry.display, entry.type or "", assignable, ", ".join(entry.contains))
        table.add_row(*map(escape, cells))
    out.print(table)
