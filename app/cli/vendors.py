"""``sandbox``: an emulator of one vendor, to be called by whatever likes."""

from __future__ import annotations

import signal
import threading
from typing import Any

import click

from app.cli.context import json_option, print_json
from app.cli.vendor import VENDOR
from mappings import sandbox as sandboxes


@click.command(short_help="Run an emulator of a vendor.")
@click.argument("vendor", type=VENDOR)
@click.option("--bind", default="127.0.0.1:0", show_default="a free port", help="The address to listen on.")
@json_option
def sandbox(vendor: str, bind: str, as_json: bool) -> None:
    """Run an emulator of VENDOR's documented API, with nothing but its seed data, until Ctrl-C."""
    host, _, port = bind.rpartition(":")
    emulator = sandboxes.create(vendor)
    address = emulator.start(host or "127.0.0.1", int(port))
    table = {
        "vendor": vendor,
        "base_url": address,
        "credentials": emulator.credentials,
        "options": emulator.options,
    }
    if as_json:
        print_json(table)
    else:
        click.echo(f"{vendor} is emulated at {address}. A target for it:\n")
        click.echo(_toml(table))
        click.echo(f"What it holds: {address}/__sandbox__/state   What it was asked: {address}/__sandbox__/journal")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    emulator.stop()


def _toml(target: dict[str, Any]) -> str:
    name = target["vendor"].replace("_", "-")
    lines = [
        f"[targets.{name}]",
        f'vendor = "{target["vendor"]}"',
        f'base_url = "{target["base_url"]}"',
        'tokens = ["choose-a-long-secret"]',
        f"[targets.{name}.credentials]",
        *(f'{key} = "{value}"' for key, value in target["credentials"].items()),
        f"[targets.{name}.options]",
        *(f'{key} = "{value}"' for key, value in target["options"].items()),
    ]
    return "\n".join(lines) + "\n"
