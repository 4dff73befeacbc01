"""What every command shares: the configuration, read when it is needed, and one way to print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import click
import orjson
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from app.assembly import Bridge, assemble
from app.config import Config, ConfigError, read
from app.directory import migrate
from app.directory.places import Unusable

CONFIG_WRONG = 2
"""The exit code of a command whose configuration cannot be used."""


@dataclass
class Context:
    """One run of the command line; ``path`` is the configuration file's."""

    path: str

    @cached_property
    def config(self) -> Config:
        """The configuration; a wrong one ends the command and says all that is wrong with it."""
        try:
            return read(self.path)
        except ConfigError as wrong:
            click.echo(f"The configuration {self.path} cannot be used:", err=True)
            for problem in wrong.problems:
                click.echo(f"  {problem}", err=True)
            raise click.exceptions.Exit(CONFIG_WRONG) from wrong

    @cached_property
    def bridge(self) -> Bridge:
        """The parts of the bridge, with a database that has the schema this version needs."""
        try:
            bridge = assemble(self.config)
            current = migrate.is_current(bridge.database)
        except (Unusable, migrate.Newer) as wrong:
            raise click.ClickException(str(wrong)) from wrong
        except SQLAlchemyError as unreachable:
            raise click.ClickException(f"the database cannot be reached: {unreachable.args[0]}") from unreachable
        if not current:
            migrate.upgrade(bridge.database)
        return bridge

    def target(self, name: str | None) -> str | None:
        """Return ``name`` if it is a target's; another name ends the command."""
        if name is not None and name not in self.config.targets:
            raise click.BadParameter(f"there is no target {name!r}; there are: {', '.join(self.config.targets)}")
        return name


pass_context = click.make_pass_decorator(Context)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def print_json(document: Any) -> None:
    """Print a JSON document, readable and complete."""
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


def console() -> Console:
    """Return the console to print to: without colours where nobody would see them, and not too narrow in a pipe."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=120, highlight=False)
