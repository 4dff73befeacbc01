"""The two tables of one target: its steps, and what was asked for beside what the vendor holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from rich.table import Table
from rich.text import Text

from app.demo.comparing import words
from app.demo.folding import Items, Paths
from app.demo.outcome import Exchange, Filling, Outcome, Row, Step, calls_of

Mark = Callable[[bool], Text]


def items(rows: Iterable[tuple[Text, Text | str]]) -> Table:
    """Lay out a list, so that what wraps stays clear of the marks."""
    grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
    grid.add_column()
    grid.add_column(ratio=1)
    for mark, text in rows:
        grid.add_row(mark, text)
    return grid


def steps(outcome: Outcome, mark: Mark) -> Table:
    """One line for each step: what the IdP did, the SCIM answers, the calls it took, milliseconds."""
    table = _table()
    table.add_column(width=1)
    table.add_column(outcome.idp, ratio=25)
    table.add_column("SCIM answers", ratio=24)
    table.add_column(f"calls that {outcome.vendor} got", ratio=42)
    table.add_column("ms", justify="right", width=4)
    for step in outcome.steps:
        ms = round(sum(exchange.ms for exchange in step.exchanges))
        table.add_row(mark(step.agrees), step.title, _answers(step.exchanges), _calls(step), str(ms))
    return table


def sides(outcome: Outcome, mark: Mark) -> Table:
    """One line for each person, or group: who or what it is, what is wanted and what is held."""
    table = _table()
    table.add_column(width=1)
    table.add_column("in the end", ratio=25)
    table.add_column(f"{outcome.idp} wants" if outcome.rows else "was asked for", ratio=33)
    table.add_column(f"{outcome.vendor} holds", ratio=38)
    for row in outcome.rows:
        table.add_row(mark(row.agrees), row.email, *_sides(row))
    for filling in outcome.fillings:
        table.add_row(mark(filling.agrees), filling.group, *_contents(filling))
    return table


def overview(outcomes: Sequence[Outcome], mark: Mark) -> Table:
    """One line for each vendor: what was compared, and how many calls each identity provider's story took."""
    table = _table()
    table.add_column(width=1)
    table.add_column("vendor", no_wrap=True, overflow="fold")
    table.add_column("compared after every step")
    for idp in dict.fromkeys(outcome.idp for outcome in outcomes):
        table.add_column(f"calls with {idp}", justify="right", ratio=len(idp) + 11, overflow="fold")
    for vendor in dict.fromkeys(outcome.vendor for outcome in outcomes):
        told = [outcome for outcome in outcomes if outcome.vendor == vendor]
        agree = all(outcome.agrees for outcome in told)
        table.add_row(mark(agree), vendor, ", ".join(told[0].compared), *(str(outcome.calls) for outcome in told))
    return table


def total(outcome: Outcome) -> str:
    """Count one target's requests and calls."""
    return (
        f"{counted(outcome.requests, 'SCIM request')}, {counted(outcome.calls, 'vendor call')}, "
        f"{counted(outcome.logins, 'login')}, {outcome.undocumented} undocumented"
    )


def counted(number: int, word: str) -> str:
    """Say how many."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def _table() -> Table:
    return Table(box=None, expand=True, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))


def _answers(exchanges: Iterable[Exchange]) -> Items:
    counts = Counter((exchange.method, exchange.status, exchange.expected) for exchange in exchanges)
    return Items(
        [
            (f"{method} {status}{_times(number)}", "" if status == expected else "bold red")
            for (method, status, expected), number in counts.items()
        ]
    )


def _calls(step: Step) -> Paths:
    counts = Counter(calls_of([step]))
    lines = [
        (
            f"{'login: ' if call.login else ''}{call.method} {call.path}{_times(number)}",
            _style(login=call.login, documented=call.documented),
        )
        for call, number in counts.items()
    ]
    return Paths(lines or [("none", "dim")])


def _style(*, login: bool, documented: bool) -> str:
    if not documented:
        return "bold red"
    return "dim" if login else ""


def _times(number: int) -> str:
    return "" if number == 1 else f" x{number}"


def _sides(row: Row) -> tuple[Text, Text]:
    asked = "no access" if row.asked_name is None else f"{row.asked_name}: {words(row.asked_roles)}"
    name = "an account" if row.held_name is None else row.held_name
    held = f"{name}: {words(row.held_roles)}" if row.has_account else "no account"
    return Text(asked), Text(held, style="" if row.agrees else "bold red")


def _contents(filling: Filling) -> tuple[Text, Text]:
    brought = f"; it requires {', '.join(filling.brought)}" if filling.brought else ""
    asked = f"{', '.join(filling.asked) or 'nothing in it'}{brought}"
    held = "is not there" if filling.held is None else ", ".join(filling.held) or "nothing in it"
    return Text(asked), Text(held, style="" if filling.agrees else "bold red")
