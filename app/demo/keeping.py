"""What a demo leaves running, and what to paste in order to try it."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app.demo.outcome import Outcome
from app.demo.stage import Stage

SCIM_JSON = "Content-Type: application/scim+json"
READABLE = "| python3 -m json.tool"
CURL = 'curl -s -H "Authorization: Bearer $TOKEN"'
SCIM = "$BRIDGE/$TARGET/scim/v2"
NEW = '{"userName": "alan@acme.example", "name": {"givenName": "Alan", "familyName": "Turing"}}'
DISABLE = '{"Operations": [{"op": "replace", "path": "active", "value": false}]}'


def print_kept(out: Console, kept: Stage, outcomes: Sequence[Outcome]) -> None:
    """Print addresses and token in a panel, and commands below it, where no frame is copied along."""
    out.print(Panel(_addresses(kept), title="Still running", title_align="left", border_style="dim"))
    out.print(
        "To try it, paste into another terminal: the first line, one of those below it, then what you like.\n"
    )
    for line in (_everywhere(kept), *choices(kept, outcomes)):
        out.print(Text(line), soft_wrap=True)
    for text, lines in examples(kept):
        out.print(f"\n{text}", style="dim")
        out.print(Text(" \\\n    ".join(lines)), soft_wrap=True)
    out.print("\n[bold]Ctrl-C stops everything and removes it.[/bold]")


def choices(kept: Stage, outcomes: Sequence[Outcome]) -> list[str]:
    """Return a line for each vendor, which the commands of :func:`examples` work with."""
    return [
        f"TARGET={target.name} VENDOR={target.sandbox_url} ADA={outcome.ids.get('ada', '')}"
        for target, outcome in zip(kept.targets, outcomes, strict=True)
        if target.provider is kept.targets[0].provider
    ]


def examples(kept: Stage) -> list[tuple[str, list[str]]]:
    """Return commands with what each does; the lines of one are joined by a backslash."""
    scim = f"-H {shlex.quote(SCIM_JSON)}"
    command = f"{_command()} --config {shlex.quote(str(kept.config))}"
    return [
        ("Its users, as the identity provider sees them:", [f"{CURL} {SCIM}/Users {READABLE}"]),
        ("What it has to give, asked of the vendor:", [f"{CURL} {SCIM}/Roles {READABLE}"]),
        ("Hire somebody:", [f"{CURL} {SCIM}/Users", f"{scim} -d {shlex.quote(NEW)}", READABLE]),
        ("Disable Ada:", [f"{CURL} {SCIM}/Users/$ADA", f"-X PATCH {scim} -d {shlex.quote(DISABLE)}", READABLE]),
        ("What the vendor holds now:", [f"curl -s $VENDOR/__sandbox__/state {READABLE}"]),
        (
            "All that happened to Ada, request by request:",
            [command, "events --target $TARGET --user ada@acme.example"],
        ),
        ("What is still to be delivered:", [f"{command} status"]),
    ]


def _everywhere(kept: Stage) -> str:
    """Return the line that gives what is the same for all targets."""
    target = kept.targets[0]
    return f"TOKEN={kept.token} BRIDGE={target.scim_url.removesuffix(f'/{target.name}/scim/v2')}"


def _addresses(kept: Stage) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_row(Text("SCIM base URL, for an identity provider", "dim"), Text("emulated vendor", "dim"))
    for target in kept.targets:
        grid.add_row(target.scim_url, target.sandbox_url)
    grid.add_row("")
    grid.add_row(Text.assemble(("bearer token of all of them: ", "dim"), kept.token))
    grid.add_row(Text("what an emulated vendor holds: GET /__sandbox__/state at its address", "dim"))
    return grid


def _command() -> str:
    """Return how to call the bridge's command line from where this one was called."""
    return "scim-bridge" if shutil.which("scim-bridge") else f"{shlex.quote(sys.executable)} -m app.cli"
