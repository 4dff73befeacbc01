"""Counts what a request costs in the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event

from app.directory.database import Database


@dataclass(slots=True)
class Cost:
    """Statements that read or write rows, and commits of transactions that wrote."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0
    _wrote: bool = False


@contextmanager
def counted(database: Database) -> Iterator[Cost]:
    """Count until the end of the block."""
    cost = Cost()

    def statement(_connection, _cursor, text, _parameters, _context, _many) -> None:
        if not text.lstrip().upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            cost.statements.append(text)
            cost._wrote |= not text.lstrip().upper().startswith("SELECT")

    def commit(_connection) -> None:
        cost.commits += cost._wrote
        cost._wrote = False

    event.listen(database.engine, "before_cursor_execute", statement)
    event.listen(database.engine, "commit", commit)
    try:
        yield cost
    finally:
        event.remove(database.engine, "before_cursor_execute", statement)
        event.remove(database.engine, "commit", commit)
