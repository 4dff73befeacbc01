"""One database, many processes: migrations that run side by side, and writers that lose nothing."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from sqlalchemy import func, inspect, select, true

from app.directory import migrate, resources
from app.directory.database import Database
from app.directory.resources import Resource
from app.directory.tables import metadata, resource

WRITES = 25
spawn = multiprocessing.get_context("spawn")


def migrated(url: str) -> str:
    database = Database(url)
    try:
        return migrate.upgrade(database)
    finally:
        database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_parallel_migrations_all_succeed(databases, kind):
    url = databases.empty(kind)
    with ThreadPoolExecutor(6) as pool:
        revisions = list(pool.map(migrated, [url] * 6))
    assert len(set(revisions)) == 1
    database = Database(url)
    assert migrate.is_current(database)
    assert set(metadata.tables) <= set(inspect(database.engine).get_table_names())
    database.close()


def test_parallel_migrations_of_processes_all_succeed(databases):
    url = databases.empty("sqlite")
    with ProcessPoolExecutor(3, mp_context=spawn) as pool:
        assert len(set(pool.map(migrated, [url] * 3))) == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_migrated_schema_is_the_one_of_the_tables(databases, kind):
    database = Database(databases.fresh(kind))
    inspector = inspect(database.engine)
    for name, table in metadata.tables.items():
        assert {column["name"] for column in inspector.get_columns(name)} == set(table.c.keys())
        indexes = {index["name"] for index in inspector.get_indexes(name)}
        assert {index.name for index in table.indexes} <= indexes
    database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_databases_clock_is_in_seconds_since_the_epoch(databases, kind):
    from app.directory.database import now

    database = Database(databases.fresh(kind))
    with database.read() as connection:
        assert abs(connection.execute(select(now())).scalar_one() - time.time()) < 60
    database.close()


def count_up(url: str, id_: str) -> None:
    """Add one to a number in a document, many times: read, then write, in one transaction."""
    database = Database(url)
    for _ in range(WRITES):
        with database.write() as connection:
            found = resources.get(connection, "main", "User", id_)
            number = found.document["number"] + 1
            resources.update(
                connection, resources.changed(found, {**found.document, "number": number}, time.time())
            )
    database.close()


def test_four_processes_on_one_sqlite_file_lose_nothing(databases):
    url = databases.fresh("sqlite")
    database = Database(url)
    with database.write() as connection:
        document = {"userName": "ann", "number": 0}
        resources.insert(connection, Resource("ann", "main", "User", document, "1", 0.0, 0.0))
    with ProcessPoolExecutor(4, mp_context=spawn) as pool:
        list(pool.map(count_up, [url] * 4, ["ann"] * 4))
    with database.read() as connection:
        assert resources.get(connection, "main", "User", "ann").document["number"] == 4 * WRITES
    database.close()


def insert_and_fail(database):
    with database.write() as connection:
        resources.insert(connection, Resource("ann", "main", "User", {"userName": "ann"}, "1", 0.0, 0.0))
        raise RuntimeError


def test_what_fails_in_a_transaction_is_not_there(databases):
    database = Database(databases.fresh("sqlite"))
    with pytest.raises(RuntimeError):
        insert_and_fail(database)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(resource)).scalar_one() == 0
    with database.write() as connection:  # and the writers' lock is free
        resources.insert(connection, Resource("ann", "main", "User", {"userName": "ann"}, "1", 0.0, 0.0))
    database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_total_and_its_page_are_of_one_moment_though_somebody_is_hired_in_between(databases, kind):
    database = Database(databases.fresh(kind))
    everybody = select(func.count()).select_from(resource)
    with database.read() as connection:
        assert connection.execute(everybody).scalar_one() == 0
        with database.write() as other:
            resources.insert(other, Resource("ann", "main", "User", {"userName": "ann"}, "1", 0.0, 0.0))
        assert resources.page(connection, "main", true()) == []
    with database.read() as connection:
        assert connection.execute(everybody).scalar_one() == 1
    database.close()
