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
from app.demo.stage import Stage, Staged

SCIM_JSON = "Content-Type: application/scim+json"
READABLE = "python3 -m json.tool"
NEW = '{"userName": "alan@acme.example", "name": {"givenName": "Alan", "familyName": "Turing"}}'
DISABLE = '{"Operations": [{"op": "replace", "path": "active", "value": false}]}'


def print_kept(out: Console, kept: Stage, outcomes: Sequence[Outcome]) -> None:
    """Print addresses and token in a panel, and commands below it, where no frame is copied along."""
    out.print(Panel(_addresses(kept), title="Still running", title_align="left", border_style="dim"))
    out.print("To try it, paste into another terminal:")
    for text, lines in examples(kept, kept.targets[0], outcomes[0]):
        out.print(f"\n{text}", style="dim")
        out.print(Text(" \\\n    ".join(lines)), soft_wrap=True)
    out.print("\n[bold]Ctrl-C stops everything and removes it.[/bold]")


def examples(kept: Stage, target: Staged, outcome: Outcome) -> list[tuple[str, list[str]]]:
    """Return commands with what each does; the lines of one are joined by a backslash."""
    curl = f'curl -s -H "Authorization: Bearer {kept.token}"'
    scim = f"-H {shlex.quote(SCIM_JSON)}"
    users = f"{target.scim_url}/Users"
    ada = f"{users}/{outcome.ids.get('ada', '')}"
    command = f"{_command()} --config {shlex.quote(str(kept.config))}"
    return [
        (f"The users of {target.name}, as {outcome.idp} sees them:", [curl, f"{users} | {READABLE}"]),
        ("Hire somebody:", [curl, f"{scim} {users}", f"-d {shlex.quote(NEW)}"]),
        ("Disable Ada:", [f"{curl} -X PATCH", scim, ada, f"-d {shlex.quote(DISABLE)}"]),
        (
            f"What {outcome.vendor} holds now:",
            [f"curl -s {target.sandbox_url}/__sandbox__/state | {READABLE}"],
        ),
        ("All that happened to Ada, request by request:", [command, "events --user ada@acme.example"]),
        ("What is still to be delivered:", [f"{command} status"]),
    ]


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
