"""A clock that is set back or forward by hours, in the middle of a delivery and between two: nothing is stuck,
lost or doubled. A delivery that is overtaken writes nothing.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import select

from app.directory.database import now
from app.directory.status import unsettled
from app.provisioning import delivery, sender
from app.provisioning.worker import Worker
from tests.bridge import TARGET, add, on_both_databases, person, remove, replace
from tests.clocks import HOURS, Clock
from tests.provisioning.holding import held
from tests.vendors import VENDORS

ANN = "ann@acme.example"
either_way = pytest.mark.parametrize("step", [-3 * HOURS, 3 * HOURS], ids=["back", "forward"])


def worker(bridge):
    """A worker that waits for nothing: what is not due now is not delivered."""
    return Worker(bridge.parts.database, bridge.parts.targets)


@on_both_databases
def test_the_clock_of_the_test_is_the_one_that_the_statements_see(build, monkeypatch):
    bridge = build("squirro")
    clock = Clock(bridge.parts.database, monkeypatch)

    def moment():
        with bridge.parts.database.read() as connection:
            return connection.execute(select(now())).scalar_one()

    before = moment()
    clock.step(-3 * HOURS)
    assert 3 * HOURS - 60 < before - moment() < 3 * HOURS + 60


@on_both_databases
def test_what_waits_is_delivered_at_once_when_the_clock_is_set_back(build, monkeypatch):
    bridge = build("squirro")
    clock = Clock(bridge.parts.database, monkeypatch)
    ann = bridge.hire("ann")
    bridge.outage()
    assert bridge.delete(f"/Users/{ann}").status == 503
    bridge.recover()
    assert not worker(bridge).round()  # it waits for its time
    clock.step(-3 * HOURS)
    with bridge.parts.database.read() as connection:
        assert [row["due_in"] for row in unsettled(connection)] == [0.0]
    assert worker(bridge).round()
    assert bridge.accounts() == {}
    assert bridge.rows("link") == []


@on_both_databases
def test_the_lease_of_the_dead_ends_when_the_clock_is_set_back(build, monkeypatch):
    bridge = build("squirro")
    clock = Clock(bridge.parts.database, monkeypatch)
    ann = bridge.hire("ann")
    calls = bridge.parts.targets[TARGET].sender
    with monkeypatch.context() as patched:
        patched.setattr(calls, "send", _die)
        with pytest.raises(KeyboardInterrupt):
            bridge.delete(f"/Users/{ann}")
    assert not worker(bridge).round()  # its holder may be alive
    clock.step(-3 * HOURS)
    assert worker(bridge).round()
    assert bridge.accounts() == {}


def _die(*_):
    raise KeyboardInterrupt


@on_both_databases
def test_a_small_step_back_does_not_end_the_lease_of_the_living(build, monkeypatch):
    bridge = build("squirro")
    clock = Clock(bridge.parts.database, monkeypatch)
    ann = bridge.hire("ann")
    with ThreadPoolExecutor(1) as pool, held(bridge, "DELETE", answered=False) as (reached, release):
        leaving = pool.submit(bridge.delete, f"/Users/{ann}")
        assert reached.wait(20)
        clock.step(-5)
        assert not worker(bridge).round()
        release.set()
        assert leaving.result().status == 204


@on_both_databases
@either_way
def test_an_old_answer_does_not_overwrite_a_newer_one(build, monkeypatch, step):
    """The grant is under way when the clock steps; the removal overtakes it; then the grant is answered."""
    bridge = build("datasentinel")
    clock = Clock(bridge.parts.database, monkeypatch)
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    monkeypatch.setattr(delivery, "CHECK_AFTER", 0.0)  # as if that call had been slow
    with ThreadPoolExecutor(1) as pool, held(bridge, "POST", answered=True) as (reached, release):
        joining = pool.submit(bridge.patch, f"/Groups/{finance}", add(ann))
        assert reached.wait(20)
        clock.step(step)
        assert bridge.patch(f"/Groups/{finance}", remove(ann)).status == 204
        release.set()
        assert joining.result().status == 503
    outcomes = {row["outcome"]: row["status"] for row in bridge.rows("event") if row["summary"].startswith("added")}
    assert outcomes == {"failed": 503}  # what it knew was not written, and the audit says so
    assert "members" not in bridge.get(f"/Groups/{finance}").body
    assert bridge.accounts()[ANN] == VENDORS["datasentinel"].nobody
    bridge.deliver()
    bridge.assert_agreement()


@on_both_databases
@either_way
@pytest.mark.parametrize("vendor", ["squirro", "datasentinel"])
@pytest.mark.parametrize("answered", [True, False], ids=["made", "on-its-way"])
def test_a_create_that_loses_its_lease_makes_one_account(build, monkeypatch, step, vendor, answered):
    bridge = build(vendor)
    clock = Clock(bridge.parts.database, monkeypatch)
    with ThreadPoolExecutor(1) as pool, held(bridge, "POST", answered=answered) as (reached, release):
        hiring = pool.submit(bridge.post, "/Users", person("ann"))
        assert reached.wait(20)
        clock.step(step)
        worker(bridge).round()
        release.set()
        assert hiring.result().status in (201, 503)
    bridge.deliver()
    assert [user["key"] for user in bridge.sandbox.users()].count(ANN) == 1
    assert bridge.due() == []
    bridge.assert_agreement()


@on_both_databases
@either_way
@pytest.mark.parametrize("answered", [True, False], ids=["made", "on-its-way"])
def test_a_new_group_that_loses_its_lease_is_made_once(build, monkeypatch, step, answered):
    """Squirro takes two groups of one name."""
    bridge = build("squirro")
    clock = Clock(bridge.parts.database, monkeypatch)
    with ThreadPoolExecutor(1) as pool, held(bridge, "POST", answered=answered) as (reached, release):
        making = pool.submit(bridge.post, "/Groups", {"displayName": "Finance"})
        assert reached.wait(20)
        clock.step(step)
        worker(bridge).round()
        release.set()
        assert making.result().status in (201, 503)
    bridge.deliver()  # whoever answered 503 has ended it again
    there = [group["name"] for group in bridge.sandbox.groups()].count("Finance")
    assert there == len(bridge.everything("/Groups"))
    assert bridge.due() == []


@on_both_databases
def test_a_create_that_arrives_between_the_look_and_the_second_create_is_found(build, monkeypatch):
    bridge = build("squirro")
    clock = Clock(bridge.parts.database, monkeypatch)
    with ThreadPoolExecutor(1) as pool, held(bridge, "POST", answered=False) as (reached, release):
        hiring = pool.submit(bridge.post, "/Users", person("ann"))
        assert reached.wait(20)
        clock.step(3 * HOURS)
        calls = bridge.parts.targets[TARGET].sender
        send = calls.send

        def after_the_first(call, *rest):
            if call.method == "POST":
                calls.send = send
                release.set()
                assert hiring.result().status == 503
            return send(call, *rest)

        calls.send = after_the_first
        worker(bridge).round()
    bridge.deliver()
    assert bridge.account(ANN) is not None
    assert bridge.due() == []
    bridge.assert_agreement()


def test_last_modified_never_runs_backwards(build, monkeypatch):
    bridge = build("squirro")
    clock = Clock(bridge.parts.database, monkeypatch)
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    before = {path: times(bridge, path) for path in (f"/Users/{ann}", f"/Groups/{finance}")}
    clock.step(-3 * HOURS)
    assert bridge.patch(f"/Users/{ann}", replace("title", "Dr")).status == 200
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
    assert {path: times(bridge, path) for path in before} == before


def times(bridge, path):
    meta = bridge.get(path).body["meta"]
    created, modified = (datetime.fromisoformat(meta[name]) for name in ("created", "lastModified"))
    assert created <= modified
    return created, modified


def test_a_moment_to_come_again_is_read_by_the_vendors_own_clock():
    vendors = {"Date": "Wed, 21 Oct 2015 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2015 07:28:40 GMT"}
    assert sender._seconds(vendors) == 40
