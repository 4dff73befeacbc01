"""``demo``: the whole bridge on one screen."""

from __future__ import annotations

import click

from app.cli.context import json_option


@click.command(short_help="See the whole bridge at work; needs nothing.")
@click.option("--keep", is_flag=True, help="Leave everything running afterwards, and show how to try it.")
@json_option
def demo(keep: bool, as_json: bool) -> None:
    """Replay what Okta and Entra send against an emulator of each vendor, and compare the outcome.

    Needs no configuration, no account and no network. Exits 0 only if every vendor has what was asked for.
    """
    from app.demo import run  # noqa: PLC0415 -- the other commands need none of it

    raise click.exceptions.Exit(run(keep=keep, as_json=as_json))
