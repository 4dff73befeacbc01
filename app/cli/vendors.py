"""``mappings`` and ``sandbox``: the vendors, and emulators of them."""

from __future__ import annotations

import signal
import threading
from typing import Any

import click
from rich.table import Table

from app.cli.context import console, json_option, print_json
from mappings import Mapping, Setting, discovery
from mappings import sandbox as sandboxes

PASSWORDS = "\npasswords: settable at any time, initial (with a new account only), or none"
VENDOR = click.Choice(discovery.names())


@click.command(short_help="List the vendors and what each one takes.")
@click.argument("vendor", required=False, type=VENDOR)
@json_option
def mappings(vendor: str | None, as_json: bool) -> None:
    """List the vendors, or all that VENDOR's configuration takes."""
    names = [vendor] if vendor else discovery.names()
    described = [_described(discovery.load(name)) for name in names]
    if as_json:
        print_json(described)
    elif vendor:
        _print_one(described[0])
    else:
        table = Table("vendor", "product", "a SCIM Group is", "passwords", box=None)
        for each in described:
            table.add_row(each["vendor"], each["title"], each["group"], each["passwords"])
        console().print(table)
        console().print(PASSWORDS, style="dim")


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


def _described(mapping: type[Mapping]) -> dict[str, Any]:
    return {
        "vendor": mapping.vendor,
        "title": mapping.title,
        "documents": mapping.documents,
        "group": mapping.group_word,
        "passwords": mapping.passwords,
        "credentials": [
            [_setting(setting, required=setting.default is None) for setting in settings]
            for settings in mapping.credentials
        ],
        "options": [_setting(setting, required=setting.required) for setting in mapping.options],
        "unsupported": {
            name: reason
            for name in dir(mapping)
            if (reason := getattr(getattr(mapping, name), "unsupported", None))
        },
    }


def _setting(setting: Setting, *, required: bool) -> dict[str, Any]:
    return {
        "name": setting.name,
        "about": setting.about,
        "type": setting.kind.__name__,
        "required": required,
        "default": setting.default,
        "choices": list(setting.choices),
    }


def _print_one(mapping: dict[str, Any]) -> None:
    out = console()
    out.print(f"[bold]{mapping['title']}[/bold]: a SCIM Group is a{_n(mapping['group'])} {mapping['group']}")
    out.print(mapping["documents"], style="dim", soft_wrap=True)
    for number, settings in enumerate(mapping["credentials"]):
        out.print("\ncredentials" if number == 0 else "\nor")
        _print_settings(settings)
    out.print("\noptions")
    _print_settings(mapping["options"])
    for operation, reason in mapping["unsupported"].items():
        out.print(f"\nnot offered: {operation.replace('_', ' ')}: {reason}")


def _print_settings(settings: list[dict[str, Any]]) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2))
    for setting in settings:
        given = "optional" if setting["default"] in (None, "") else f"default {setting['default']!r}"
        default = "required" if setting["required"] else given
        choices = f" One of: {', '.join(setting['choices'])}." if setting["choices"] else ""
        table.add_row(setting["name"], default, setting["about"] + "." + choices)
    console().print(table)


def _n(word: str) -> str:
    return "n" if word[0] in "aeiou" else ""


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
