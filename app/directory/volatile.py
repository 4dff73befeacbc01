"""Small texts that all processes of a bridge share, that change with every vendor call, and that may be lost.

None of it is written through to the disk, and a database that starts again after a crash may start with none. On
SQLite they are in a file beside the database (``bridge.db-budget``), on PostgreSQL in an unlogged table.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import orjson
from sqlalchemy import Engine, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.directory.database import Database, now
from app.directory.tables import budget

T = TypeVar("T")
Edit = Callable[[str, float], tuple[str, T]]
"""Makes a new text, and a result, of the old one (empty: there is none) and the time; perhaps several times."""

MINE = budget.c.target == bindparam("key")
READ = select(now(), select(budget.c.state).where(MINE).scalar_subquery())
ADD = insert(budget).values(target=bindparam("key"), state="").on_conflict_do_nothing()
SWAP = budget.update().where(MINE, budget.c.state == bindparam("old")).values(state=bindparam("new"))

TRIES = 20
LOCK_SECONDS = 0.02
LOCK_PAUSE = 0.0005


class NotChanged(Exception):
    """Nothing was changed: others were always faster, or the database cannot be reached. It may be tried again."""


class Volatile(Protocol):
    """Shared texts by their keys."""

    def change(self, key: str, edit: Edit[T]) -> T:
        """Replace one text, without anybody in between, and return the edit's result. Raises :class:`NotChanged`.

        The time that the edit is told is in seconds, of a clock that all processes share.
        """


def volatile(database: Database) -> Volatile:
    """Return the volatile texts beside a database."""
    if database.path is not None:
        return InFile(database.path.with_name(f"{database.path.name}-budget"))
    return InTable(database.unlogged)


class InFile:
    """In one file that is replaced under a lock. The clock is the host's monotonic one: nobody sets that.

    Nobody waits long for the lock, for who has it may have been paused.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()

    def change(self, key: str, edit: Edit[T]) -> T:
        """See :class:`Volatile`."""
        with self._locked() as file:
            texts = _read(file)
            old = texts.get(key, "")
            new, result = edit(old, time.monotonic())
            if new != old:
                os.pwrite(file, orjson.dumps({**texts, key: new}) + b"\n", 0)
            return result

    @contextmanager
    def _locked(self) -> Iterator[int]:
        if not self._threads.acquire(timeout=LOCK_SECONDS):
            raise NotChanged(str(self._path))
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                _lock(file)
                yield file
            finally:
                os.close(file)
        except OSError as failure:
            raise NotChanged(str(self._path)) from failure
        finally:
            self._threads.release()


def _lock(file: int) -> None:
    """Lock a file. Raises ``OSError`` if it cannot be had soon."""
    last = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > last:
                raise
            time.sleep(LOCK_PAUSE)
        else:
            return


def _read(file: int) -> dict[str, str]:
    """Read up to the end of the line: behind it is what is left of a longer one."""
    try:
        found = orjson.loads(os.pread(file, os.fstat(file).st_size, 0).partition(b"\n")[0])
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


class InTable:
    """In rows that are replaced if they are still as they were read. The clock is the database's.

    Nobody holds a lock from one statement to the next, for who has it may have been paused.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def change(self, key: str, edit: Edit[T]) -> T:
        """See :class:`Volatile`."""
        try:
            try:
                return self._changed(key, edit)
            except OperationalError as failure:
                if not failure.connection_invalidated:
                    raise
                return self._changed(key, edit)  # the database was started again: on a new connection
        except (OperationalError, PoolTimeoutError) as failure:
            raise NotChanged("the database cannot be reached") from failure

    def _changed(self, key: str, edit: Edit[T]) -> T:
        with self._engine.connect() as connection:
            for _ in range(TRIES):
                at, old = connection.execute(READ, {"key": key}).one()
                if old is None:
                    connection.execute(ADD, {"key": key})
                    continue
                new, result = edit(old, at)
                if new == old or connection.execute(SWAP, {"key": key, "old": old, "new": new}).rowcount == 1:
                    return result
        raise NotChanged("others were always faster")
