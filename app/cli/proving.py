"""``mappings check``: run the contract on one mapping, and say what is missing in words."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from app.cli.context import console, json_option, print_json
from app.cli.vendor import VENDOR

MARKS = {True: "[green]✓[/green]", False: "[red]✗[/red]"}


@click.command(short_help="Run the contract on one mapping, and say what is missing.")
@click.argument("vendor", type=VENDOR)
@json_option
def check(vendor: str, as_json: bool) -> None:
    """Run every rung of the contract against VENDOR's sandbox: a whole bridge, SCIM in, vendor calls out.

    Exits 0 if the tier that the mapping declares is reached, 1 if not, 2 if there is no such mapping.
    """
    from app.contract.rungs import RUNGS  # noqa: PLC0415
    from app.contract.running import Result  # noqa: PLC0415 -- the other commands need none of it
    from app.contract.running import check as run_contract  # noqa: PLC0415

    with _progress() as progress:
        task = progress.add_task(f"checking {vendor}", total=len(RUNGS), visible=not as_json)

        def tell(result: Result) -> None:
            progress.advance(task)
            if not as_json:
                _print_result(progress.console, result)

        report = run_contract(vendor, tell)
    if as_json:
        print_json(_document(report))
    else:
        _print_verdict(console(), report)
    raise click.exceptions.Exit(0 if report.keeps_its_word else 1)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console(), transient=True
    )


def _print_result(out: Console, result: Any) -> None:
    out.print(f"{MARKS[result.kept]} [dim]{result.rung.tier:6}[/dim] {escape(result.rung.proves)}", soft_wrap=True)
    for text, style in ((result.reason, "red"), (result.remark, "dim")):
        if text is not None:
            out.print(f"         {escape(text)}", style=style, soft_wrap=True)


def _print_verdict(out: Console, report: Any) -> None:
    reached = report.reached or "no tier yet"
    out.print(f"\n[bold]{report.vendor}: {reached}[/bold] (it declares {report.declared})")
    if report.keeps_its_word and report.reached != report.declared:
        out.print(f'It may declare tier = "{report.reached}".')
    if report.next is None:
        out.print("Nothing is missing.")
        return
    out.print(f"For {report.next} this is missing:")
    for result in report.missing:
        out.print(f"  {escape(result.rung.name)}: {escape(str(result.reason))}", soft_wrap=True)


def _document(report: Any) -> dict[str, Any]:
    return {
        "vendor": report.vendor,
        "declared": report.declared,
        "reached": report.reached,
        "next": report.next,
        "missing": [result.rung.name for result in report.missing],
        "rungs": [
            {
                "name": result.rung.name,
                "tier": result.rung.tier,
                "proves": result.rung.proves,
                "kept": result.kept,
                "reason": result.reason,
                "remark": result.remark,
            }
            for result in report.results
        ],
    }
