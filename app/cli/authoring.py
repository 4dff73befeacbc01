"""``mappings new`` and ``mappings docs``: begin a mapping, and publish what all of them declare."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.context import json_option, print_json


@click.command(short_help="Write the folder of a new mapping.")
@click.argument("name")
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), help="Write a package of its own in here."
)
@json_option
def new(name: str, into: Path | None, as_json: bool) -> None:
    """Write a mapping NAME that passes the contract's first tier, to be changed into the real one.

    In a checkout of the bridge it is the folder mappings/NAME. Elsewhere, and with --into, it is a package of its
    own, scim_bridge_NAME, which the bridge finds once it is installed.
    """
    from app.contract.starting import StartError, start  # noqa: PLC0415 -- the other commands need none of it

    try:
        started = start(name, into)
    except StartError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json({"folder": str(started.folder), "files": [str(file) for file in started.files]})
        return
    for file in started.files:
        click.echo(f"wrote {file}")
    click.echo("\nNext:")
    if started.package is not None:
        click.echo(f"  pip install -e {started.package}    # so that the bridge finds it")
    click.echo(f"  scim-bridge mappings check {name}    # passes the first tier as it is; keep it so")
    click.echo(f"  edit {started.folder / 'sandbox.py'} into what the vendor documents, then mapping.py")


@click.command(short_help="Write the pages that are made of the declarations.")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if a page is stale.")
@json_option
def docs(only_check: bool, as_json: bool) -> None:
    """Write docs/VENDORS.md, and the table of vendors in README.md, from what the shipped mappings declare."""
    from app.contract.publishing import pages  # noqa: PLC0415

    root = Path.cwd()
    stale = []
    for page, text in pages(root).items():
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            stale.append(str(page.relative_to(root)))
            if not only_check:
                page.write_text(text, encoding="utf-8")
    if as_json:
        print_json({"stale": stale, "written": [] if only_check else stale})
    else:
        done = "is stale: run 'scim-bridge mappings docs'" if only_check else "written"
        click.echo("\n".join(f"{page} {done}" for page in stale) or "every page is as the mappings declare")
    raise click.exceptions.Exit(1 if stale and only_check else 0)
