"""The clocks of databases and of this process, set back and forth."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import event, text

from app.directory.database import Database

HOURS = 3600.0
CREATE = """
CREATE TABLE step (seconds double precision);
INSERT INTO step VALUES (0);
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT pg_catalog.clock_timestamp() + make_interval(secs => (SELECT seconds FROM public.step)) $$;
ALTER DATABASE "{name}" SET search_path = public, pg_catalog;
"""


class Clock:
    """The clock of one database and of this process; ``step`` sets it, as an administrator would."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.offset, self._database = 0.0, database
        self._real = time.time
        monkeypatch.setattr(time, "time", lambda: self._real() + self.offset)
        if database.is_sqlite:
            event.listen(database.engine, "connect", self._replace)
        else:
            name = database.engine.url.database
            with database.write() as connection:
                connection.exec_driver_sql(CREATE.format(name=name))
        database.engine.dispose()

    def step(self, seconds: float) -> None:
        self.offset += seconds
        if not self._database.is_sqlite:
            with self._database.write() as connection:
                connection.execute(text("UPDATE step SET seconds = :seconds"), {"seconds": self.offset})

    def _replace(self, connection: object, _record: object) -> None:
        connection.create_function("julianday", 1, self._julian_day)  # type: ignore[attr-defined]

    def _julian_day(self, _now: str) -> float:
        return (self._real() + self.offset) / 86_400.0 + 2_440_587.5
