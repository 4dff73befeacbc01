"""PostgreSQL goes away and comes back in the middle of writes: 503, nothing lost, and the pool recovers."""

import pytest
from sqlalchemy import create_engine, text

from app.provisioning import ledger
from tests.bridge import add, person, remove

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
TERMINATE = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
ANN = "ann@acme.example"


def terminate(database_url):
    """End every connection to the database, as a restart does; return how many there were."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        ended = connection.execute(TERMINATE).scalar_one()
    engine.dispose()
    return ended


@pytest.fixture
def ending(monkeypatch, database_url):
    """Let the connections end just before a function of the ledger runs for the first time."""

    def before(name):
        real, ended = getattr(ledger, name), []

        def interrupted(*arguments):
            if not ended:
                ended.append(terminate(database_url))
            return real(*arguments)

        monkeypatch.setattr(ledger, name, interrupted)
        return ended

    return before


def test_connections_that_end_between_two_requests_are_not_noticed(build, database_url):
    bridge = build("squirro")
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    assert terminate(database_url)
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
    assert terminate(database_url)
    assert bridge.deliver() == 0
    assert bridge.app.test_client().get("/readyz").status_code == 200


def test_a_write_whose_first_transaction_is_cut_off_is_503_and_changes_nothing(build, ending):
    bridge = build("squirro")
    ended = ending("lease")
    answer = bridge.post("/Users", person("ann"))
    assert ended[0]
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert bridge.everything("/Users") == []
    bridge.hire("ann")
    bridge.assert_agreement()


def test_a_write_whose_second_transaction_is_cut_off_is_503_and_is_finished(build, ending):
    bridge = build("squirro")
    ann, bob = bridge.hire("ann"), bridge.hire("bob")
    finance = bridge.found("Finance", [ann])
    ended = ending("record")
    assert bridge.patch(f"/Groups/{finance}", remove(ann), add(bob)).status == 503
    assert ended[0]
    bridge.deliver()
    bridge.assert_agreement()
    assert bridge.accounts()[ANN] == set()


def test_a_create_whose_second_transaction_is_cut_off_makes_one_account(build, ending):
    bridge = build("squirro")
    ended = ending("record")
    assert bridge.post("/Users", person("ann")).status == 503
    assert ended[0]
    bridge.deliver()
    assert bridge.account(ANN) is not None
    bridge.assert_agreement()
