"""``mappings``: the vendors, and the tools of whoever adds one."""

from __future__ import annotations

from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from app.cli import authoring, proving
from app.cli.context import console, json_option, print_json
from app.cli.vendor import VENDOR
from mappings import Mapping, Setting, discovery

PASSWORDS = "\npasswords: settable at any time, initial (with a new account only), or none"


class _Bare(click.Group):
    """A group whose ``mappings VENDOR`` is short for ``mappings show VENDOR``."""

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Read what is no command as the name of a vendor."""
        return super().resolve_command(context, args if args[0] in self.commands else ["show", *args])


@click.group(cls=_Bare, invoke_without_command=True, short_help="List the vendors, show one, add one.")
@json_option
@click.pass_context
def mappings(context: click.Context, as_json: bool) -> None:
    """List the vendors; 'scim-bridge mappings VENDOR' shows all that one takes."""
    if context.invoked_subcommand is None:
        _list(as_json)


@mappings.command("list", short_help="List the vendors.")
@json_option
def list_(as_json: bool) -> None:
    """List the vendors, those of other packages too."""
    _list(as_json)


@mappings.command(short_help="Show what one vendor takes.")
@click.argument("vendor", type=VENDOR)
@json_option
def show(vendor: str, as_json: bool) -> None:
    """Show all that VENDOR's configuration takes, and what it does not offer."""
    described = _described(discovery.load(vendor))
    if as_json:
        print_json([described])
    else:
        _print_one(described)


for command in (authoring.new, proving.check, authoring.docs):
    mappings.add_command(command)


def _list(as_json: bool) -> None:
    described = [_described(discovery.load(name)) for name in discovery.names()]
    if as_json:
        problems = [
            {"vendor": each.vendor, "origin": each.origin, "error": each.why} for each in discovery.broken()
        ]
        print_json([*described, *problems])
        return
    table = Table("vendor", "product", "a SCIM Group is", "passwords", "tier", box=None)
    for each in described:
        table.add_row(*(each[name] for name in ("vendor", "title", "group", "passwords", "tier")))
    console().print(table)
    for problem in discovery.broken():
        console().print(
            f"[red]{escape(problem.vendor)} cannot be used[/red] ({escape(problem.origin)}): {escape(problem.why)}",
            soft_wrap=True,
        )
    console().print(PASSWORDS, style="dim")


def _described(mapping: type[Mapping]) -> dict[str, Any]:
    return {
        "vendor": mapping.vendor,
        "title": mapping.title,
        "documents": mapping.documents,
        "group": mapping.group_word,
        "passwords": mapping.passwords,
        "tier": mapping.tier,
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
