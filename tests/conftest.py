"""Fixtures that build a whole bridge, for one vendor and one database at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import stamina

pytest.register_assert_rewrite("tests.bridge", "tests.contract.mapping_contract", "tests.idp.replay")

from tests.bridge import Bridge  # noqa: E402 -- after the line above, or its assertions say little
from tests.databases import Databases  # noqa: E402
from tests.vendors import VENDORS, Facts  # noqa: E402

Build = Callable[..., Bridge]


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    made = Databases()
    yield made
    made.close()


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
