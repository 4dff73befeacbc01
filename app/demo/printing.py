"""The demo as people read it: on a terminal of any width, in a pipe, with colours or without."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from app.demo import tables
from app.demo.keeping import print_kept
from app.demo.outcome import Outcome
from app.demo.reporting import Totals
from app.demo.stage import Stage
from app.demo.story import TITLE
from app.demo.tables import counted

PIPE_WIDTH = 100
WIDEST = 120


class Printer:
    """Tells people, as it happens."""

    def __init__(self, console: Console | None = None) -> None:
        self._out = console or _console()
        self._marks = ("x", "+") if self._out.options.ascii_only else ("✗", "✓")

    def opening(self, vendors: Sequence[str], providers: Sequence[str]) -> None:
        """Say what is about to happen."""
        what = (
            f"The APIs of {_listed(vendors)} are emulated here. An emulator takes the calls that its vendor "
            "documents, and no other.",
            "The bridge is started in front of them: the real server, with a new database.",
            f"What {_listed(providers)} send is replayed to it. Ada and Grace are hired and put into groups; Ada "
            f"moves to another group, changes her name, becomes a {TITLE}, leaves and comes back; Grace leaves for "
            "good.",
            f"{TITLE} is a title, not a group: a row of the bridge's role table gives one more role for it.",
            "After every step, what the vendor then holds is compared with what was asked for. Not every vendor "
            "stores names, or knows users: it is said where.",
        )
        self._out.print()
        self._out.print("[bold]scim-bridge demo[/bold]: the whole job, on this computer. No account, no network.")
        self._out.print()
        self._out.print(tables.items((Text(f"{number}.", "bold"), text) for number, text in enumerate(what, 1)))

    def busy(self, text: str) -> AbstractContextManager[object]:
        """Show a spinner, where it can turn."""
        return self._out.status(f"{text} ...") if self._out.is_terminal else nullcontext()

    def outcome(self, outcome: Outcome) -> None:
        """Print one line for each step, then what was asked for beside what the vendor holds."""
        self._heading(f"{outcome.idp} drives {outcome.vendor}")
        self._out.print(tables.steps(outcome, self._mark))
        self._out.print()
        self._out.print(tables.sides(outcome, self._mark))
        for note in outcome.notes:
            self._out.print(Padding(Text(note), (0, 0, 0, 2)))
        self._out.print(Padding(Text(tables.total(outcome), style="dim"), (0, 0, 0, 2)))

    def closing(self, totals: Totals, kept: Stage | None) -> None:
        """Say what was proved, or what differs; and how to reach what is ``kept`` running."""
        self._heading("What this has shown" if totals.agrees else "What differs")
        self._out.print(tables.overview(totals.outcomes, self._mark))
        self._out.print()
        self._out.print(tables.items((self._mark(holds), sentence) for holds, sentence in _findings(totals)))
        for outcome in totals.outcomes:
            if not outcome.agrees:
                self._out.print(f"\n{outcome.idp} drives {outcome.vendor}", style="bold")
                self._differences(outcome)
        self._out.print()
        if kept is not None:
            print_kept(self._out, kept, totals.outcomes)
            return
        self._out.print("Everything is stopped and removed again. To keep it and try it: scim-bridge demo --keep")
        self._out.print()

    def failed(self, text: str) -> None:
        """Say why there is no result."""
        self._out.print(Text(text, style="red"))

    def _heading(self, text: str) -> None:
        self._out.print()
        self._out.rule(Text(text, style="bold"), align="left", style="dim")

    def _differences(self, outcome: Outcome) -> None:
        found = [f"When it {step.title}: {sentence}" for step in outcome.steps for sentence in step.differences]
        if found:
            self._out.print(tables.items((self._mark(False), Text(sentence, style="red")) for sentence in found))

    def _mark(self, holds: bool) -> Text:
        return Text(self._marks[holds], style="green" if holds else "bold red")


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    console.width = min(console.width, WIDEST)
    return console


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _findings(totals: Totals) -> list[tuple[bool, str]]:
    pairs = len(totals.outcomes)
    agreeing = sum(outcome.agrees for outcome in totals.outcomes)
    exchanges = [e for outcome in totals.outcomes for step in outcome.steps for e in step.exchanges]
    right = sum(exchange.status == exchange.expected for exchange in exchanges)
    calls = f"{counted(totals.calls, 'vendor call')} and {counted(totals.logins, 'login')}"
    return [
        (
            totals.agrees,
            f"In {agreeing} of {pairs} pairs of identity provider and vendor, the vendor held after every step "
            "exactly what was asked for, beside what it held before.",
        ),
        (right == len(exchanges), f"{right} of {counted(len(exchanges), 'SCIM request')} got the expected answer."),
        (
            totals.undocumented == 0,
            f"{calls} were made, {totals.undocumented} of them undocumented, in {totals.seconds:.1f} seconds "
            "altogether.",
        ),
    ]
