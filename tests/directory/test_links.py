"""Links under locks: what PostgreSQL's snapshots must not hide."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from app.directory import links, resources
from app.directory.database import Database
from app.directory.resources import Resource
from app.directory.tables import link

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_whoever_waited_for_a_link_reads_the_resource_as_it_is_now(database_url):
    database = Database(database_url)
    old = Resource("ann", "main", "User", {"userName": "ann"}, "1", 0.0, 0.0)
    with database.write() as connection:
        resources.insert(connection, old)
        links.insert(connection, "main", "User", "ann", "ann", "ann")
    with ThreadPoolExecutor(1) as pool:
        with database.write() as first:
            links.load(first, link.c.resource_id == "ann")
            resources.update(first, resources.changed(old, {"userName": "ann", "title": "Dr"}, 1.0))
            first.execute(link.update().values(wanted_version=1))
            waiting = pool.submit(read, database)
            with database.read() as watcher:
                while not watcher.execute(WAITING).scalar_one():
                    threading.Event().wait(0.01)
                    watcher.rollback()
        found = waiting.result()
    database.close()
    assert found.wanted_version == 1
    assert found.resource.document == {"userName": "ann", "title": "Dr"}


def read(database):
    with database.write() as connection:
        return links.load(connection, link.c.resource_id == "ann")[0]
