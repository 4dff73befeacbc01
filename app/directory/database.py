"""The one place that knows which database it is: engine, transactions, the database's clock.

SQLite runs in WAL mode with full synchronisation. Its writers take a file lock beside the database before they
begin, so that any number of processes queue up fairly instead of failing with "database is locked".
"""

from __future__ import annotations

import fcntl
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Double, Engine, Text, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.directory import places

MIGRATION_LOCK = 7643_7644


class now(FunctionElement[float]):  # noqa: N801 -- reads as the SQL function it is
    """The database's clock, in seconds since the epoch: the one clock that all replicas share."""

    type = Double()
    inherit_cache = True


@compiles(now, "sqlite")
def _now_sqlite(*_: Any, **__: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now, "postgresql")
def _now_postgresql(*_: Any, **__: Any) -> str:
    return "extract(epoch from clock_timestamp())::double precision"


class by_code_point(FunctionElement[str]):  # noqa: N801 -- reads as the SQL function it is
    """A text that is compared and sorted as Python does it, whatever the database's own collation."""

    type = Text()
    inherit_cache = True


@compiles(by_code_point, "sqlite")
def _by_code_point_sqlite(element: Any, compiler: Any, **context: Any) -> str:
    return str(compiler.process(element.clauses, **context))  # SQLite compares the bytes of UTF-8


@compiles(by_code_point, "postgresql")
def _by_code_point_postgresql(element: Any, compiler: Any, **context: Any) -> str:
    return f'({compiler.process(element.clauses, **context)} COLLATE "C")'


T = TypeVar("T")

IDS_A_STATEMENT = 10_000
"""How many values one statement names: SQLite takes 32,766 and PostgreSQL 65,535."""


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a long list into pieces that one statement can name."""
    for start in range(0, len(values), IDS_A_STATEMENT):
        yield values[start : start + IDS_A_STATEMENT]


CLASHES = {"40P01", "40001", "55P03"}
"""PostgreSQL's words for: deadlock, serialization failure, a lock that was not to be had in time."""
PATIENCE = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=10s"
"""So that a process which is frozen inside a transaction cannot freeze the others."""

MEETINGS = 6
"""How often a transaction is run again that has met another one."""
LONGEST_MEETING = 0.1
"""Seconds before it is, at most; by chance, so that the same two do not meet again."""


def is_clash(error: OperationalError) -> bool:
    """Whether a transaction only met another one, and may be run again."""
    return getattr(error.orig, "sqlstate", None) in CLASHES


class Database:
    """A database by its URL, with one way to read and one way to write. Raises :class:`places.Unusable`."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.path: Path | None = None
        if self.is_sqlite:
            self.path = path = places.prepare(parsed.database)
            self.engine = _sqlite_engine(url)
            self._writer: _FileLock | None = _FileLock(places.lock_of(path))
            self._reader = self.engine
            self._unlogged: Engine | None = None
        else:
            self.engine = create_engine(
                url,
                pool_pre_ping=True,
                pool_size=16,
                max_overflow=32,
                hide_parameters=True,
                connect_args={"options": PATIENCE},
            )
            self._writer = None
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ")
            self._unlogged = _unlogged_engine(url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a connection for reading: all that is read with it was true at one moment."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction for writing: committed at the end, rolled back on any exception."""
        with ExitStack() as stack:
            if self._writer is not None:
                stack.enter_context(self._writer)
            connection = stack.enter_context(self.engine.connect())
            connection = connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def transact(self, work: Callable[[Connection], T]) -> T:
        """Run a transaction for writing, again if it has only met another one: ``work`` must bear that."""
        for _ in range(MEETINGS):
            try:
                with self.write() as connection:
                    return work(connection)
            except OperationalError as clash:
                if not is_clash(clash):
                    raise
                time.sleep(random.uniform(0.0, LONGEST_MEETING))
        with self.write() as connection:
            return work(connection)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Open the connection that migrations run on; parallel starts wait for each other here."""
        with self.write() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            yield connection

    @property
    def unlogged(self) -> Engine:
        """PostgreSQL's connections for what may be lost: each statement is a transaction that waits for no disk."""
        if self._unlogged is None:
            raise LookupError("SQLite has no such connections")
        return self._unlogged

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        if self._unlogged is not None:
            self._unlogged.dispose()


def _unlogged_engine(url: str) -> Engine:
    return create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,  # there is never a transaction to roll back
        pool_size=4,
        max_overflow=4,
        pool_timeout=5,
        hide_parameters=True,
        connect_args={"options": f"{PATIENCE} -c synchronous_commit=off"},
    )


class _FileLock:
    """One writer at a time, among threads and among processes; a waiter sleeps in the kernel."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._file = -1

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *_: object) -> None:
        os.close(self._file)
        self._threads.release()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, pool_size=16, max_overflow=32, hide_parameters=True, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
