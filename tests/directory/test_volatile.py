"""Texts that all processes share: no change is lost among those that make one at the same time."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from app.directory.database import Database
from app.directory.volatile import NotChanged, volatile
from tests.bridge import on_both_databases

TIMES = 60


def more(text, now):
    assert now > 0
    os.sched_yield()  # let another one in between, where nothing keeps it out
    return str(int(text or 0) + 1), None


def seen(text, _now):
    return text, text


@on_both_databases
def test_no_change_is_lost_among_processes_that_make_one_at_the_same_time(database_url):
    databases = [Database(database_url) for _ in range(4)]

    def count(database):
        done, shared = 0, volatile(database)
        while done < TIMES:
            with suppress(NotChanged):
                shared.change("main", more)
                done += 1

    with ThreadPoolExecutor(len(databases)) as pool:
        list(pool.map(count, databases))
    shared = volatile(databases[0])
    assert (shared.change("main", seen), shared.change("other", seen)) == (str(TIMES * 4), "")
    for database in databases:
        database.close()


def test_a_file_that_was_torn_is_empty_and_nobody_elses_to_read(database_url):
    shared, path = volatile(Database(database_url)), Database(database_url).path
    beside = path.with_name(f"{path.name}-budget")
    for torn in (b"", b'{"main": "1', b"[1]\n", b"\0" * 5000):
        beside.write_bytes(torn)
        assert shared.change("main", seen) == ""
        shared.change("main", more)
        assert shared.change("main", seen) == "1"
    beside.unlink()
    shared.change("main", more)
    assert beside.stat().st_mode & 0o777 == 0o600
