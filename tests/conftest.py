"""Fixtures that build a whole bridge, for one vendor and one database at a time."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from functools import partial

import pytest
import stamina
import structlog
from sqlalchemy import create_engine

pytest.register_assert_rewrite("tests.bridge", "tests.contract.mapping_contract", "tests.idp.replay")

from tests.bridge import Bridge  # noqa: E402 -- after the line above, or its assertions say little
from tests.databases import Databases  # noqa: E402
from tests.statements import Statements  # noqa: E402
from tests.vendors import VENDORS, Facts  # noqa: E402

Build = Callable[..., Bridge]


def pytest_xdist_auto_num_workers() -> int:
    """Let more tests run at one time than there are cores: half of their time they wait for a socket or a disk."""
    cores = os.cpu_count() or 1
    return max(cores, min(2 * cores, 8))


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and only in what tests make: all that is there by now stays until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    made = Databases()
    yield made
    made.close()


@pytest.fixture(autouse=True, scope="session")
def plain_logs() -> None:
    """One line for each entry: the console's tracebacks take seconds to draw."""
    processors = [structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
    structlog.configure(processors=processors)


@pytest.fixture(autouse=True, scope="session")
def compiled_once() -> Iterator[None]:
    """Compile each statement once in a test process, and not once for each database."""
    sharing = partial(create_engine, execution_options={"compiled_cache": Statements()})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("app.directory.database.create_engine", sharing)
        yield


@pytest.fixture(autouse=True)
def no_waiting_between_attempts() -> Iterator[None]:
    stamina.set_testing(True, attempts=2, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database: SQLite, unless a test is marked with ``on_both_databases``."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def database_url(databases: Databases, database: str) -> str:
    return databases.fresh(database)


@pytest.fixture
def build(database_url: str) -> Iterator[Build]:
    """Build bridges on one database; what must hold in every test is checked in the end."""
    built: list[Bridge] = []

    def make(vendor: str, **settings: object) -> Bridge:
        built.append(Bridge(vendor, database_url, **settings))  # type: ignore[arg-type]
        return built[-1]

    yield make
    try:
        for bridge in built:
            bridge.check()
    finally:
        for bridge in built:
            bridge.close()


@pytest.fixture(params=sorted(VENDORS))
def facts(request: pytest.FixtureRequest) -> Facts:
    """One vendor after the other."""
    return VENDORS[request.param]


@pytest.fixture
def bridge(build: Build, facts: Facts) -> Bridge:
    """A bridge to each vendor in turn."""
    return build(facts.vendor)
