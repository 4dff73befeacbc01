"""One vendor's budget: what two bridges on one database send it at one time, and how often, together."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from app.directory.database import Database
from app.directory.volatile import volatile
from app.provisioning import writing
from app.provisioning.budget import Budget, NoPlace
from app.provisioning.line import Limits
from app.provisioning.worker import Worker
from tests.bridge import add, on_both_databases, person, refs
from tests.serving import until
from tests.watching import Watch, processes_that_wait

LONG = 60.0


def at_once(*actions):
    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result() for future in [pool.submit(action) for action in actions]]


def bulk(bridge, *operations):
    answer = bridge.post("/Bulk", {"Operations": operations})
    return [result["status"] for result in answer.body["Operations"]]


def post(name):
    return {"method": "POST", "path": "/Users", "bulkId": name, "data": person(name)}


@on_both_databases
def test_two_bridges_together_send_as_many_calls_at_one_time_as_the_target_says_and_never_more(build):
    one = build("periscope", concurrency=3, timeout=20)
    other = build("periscope", concurrency=3, timeout=20, beside=one)
    watch = Watch(one.sandbox, held=True)
    budgets = [bridge.parts.targets["main"].budget for bridge in (one, other)]
    with ThreadPoolExecutor(9) as pool:
        many = pool.submit(bulk, one, *(post(f"bulk{number}") for number in range(6)))
        single = [
            pool.submit(bridge.post, "/Users", person(f"{name}{number}"))
            for number in range(4)
            for name, bridge in (("one", one), ("other", other))
        ]
        until(lambda: sum(len(budget._tickets) for budget in budgets) == 8)  # of eight, and three of the bulk
        until(lambda: (watch.now, budgets[1].in_flight()) == (3, 3))
        assert 'scim_bridge_calls_in_flight{target="main"} 3.0' in one.app.test_client().get("/metrics").text
        watch.opened.set()
    assert (many.result(), {each.result().status for each in single}) == (["201"] * 6, {201})
    assert (watch.most, budgets[0].in_flight()) == (3, 0)


@on_both_databases
def test_one_call_at_a_time_is_enough_for_logins_members_and_bulk(build):
    one = build("squirro", concurrency=1, sandbox={"token_calls": 3})
    other = build("squirro", concurrency=1, beside=one)
    watch = Watch(one.sandbox)
    team = {"displayName": "Team", "members": refs(["bulkId:a", "bulkId:b", "bulkId:c"])}
    group = {"method": "POST", "path": "/Groups", "bulkId": "team", "data": team}
    statuses = at_once(
        lambda: bulk(one, post("a"), post("b"), post("c"), group),
        lambda: bulk(other, post("d"), post("e"), post("f")),
        Worker(other.parts.database, other.parts.targets).round,
    )
    assert statuses[:2] == [["201"] * 4, ["201"] * 3]
    ids = [user["id"] for user in other.everything("/Users")]
    assert other.patch(f"/Groups/{one.everything('/Groups')[0]['id']}", add(*ids)).status == 204
    assert watch.most == 1
    one.assert_agreement()


@on_both_databases
def test_two_bridges_together_call_no_more_often_than_the_target_says(build):
    rate = 25.0
    one = build("periscope", rate=rate)
    other = build("periscope", rate=rate, beside=one)
    watch, began = Watch(one.sandbox), time.monotonic()
    names = [f"person{number}" for number in range(5)]
    at_once(
        *(lambda name=name: one.post("/Users", person(f"one{name}")) for name in names),
        *(lambda name=name: other.post("/Users", person(f"other{name}")) for name in names),
    )
    late = [arrival - began for arrival in sorted(watch.arrivals)]
    assert len(late) == 10
    assert [number for number, after in enumerate(late) if after < number / rate * 0.99] == []


@pytest.fixture
def budgets(database_url):
    """Make budgets, each as if of a process of its own, on one database."""
    with ExitStack() as stack:

        def make(**limits):
            database = Database(database_url)
            stack.callback(database.close)
            return Budget(
                "main", volatile(database), Limits(**{"most": 1, "interval": 0.0, "hold": LONG, **limits})
            )

        yield make


@on_both_databases
def test_the_place_of_a_process_that_was_killed_comes_back(budgets, database_url):
    killed, alive = budgets(hold=0.2), budgets()
    place = killed.place(time.monotonic() + LONG)
    place.__enter__()
    with pytest.raises(NoPlace), alive.place(time.monotonic() + 0.02):
        pass
    assert processes_that_wait(database_url) == 0
    with alive.place(time.monotonic() + LONG):
        assert alive.in_flight() == 1
    place.__exit__(None, None, None)
    assert alive.in_flight() == 0


def test_of_those_that_wait_here_what_takes_access_away_is_first(budgets):
    budget, order = budgets(), []

    def wait(name, **how):
        with budget.place(time.monotonic() + LONG, **how):
            order.append(name)

    with ThreadPoolExecutor(3) as pool, budget.place(time.monotonic() + LONG):
        for number, how in enumerate(({}, {}, {"urgent": True}), 1):
            pool.submit(wait, "urgent" if how else number, **how)
            until(lambda number=number: len(budget._tickets) == number)
    assert order == ["urgent", 1, 2]


@on_both_databases
def test_a_write_that_gets_no_place_in_its_time_is_503_and_sends_nothing(build, monkeypatch):
    bridge = build("squirro", concurrency=1)
    ann = bridge.hire("ann")
    bridge.calls()
    with monkeypatch.context() as patch, bridge.parts.targets["main"].budget.place(time.monotonic() + LONG):
        patch.setattr(writing, "REQUEST_SECONDS", 0.3)
        refused = bridge.post("/Users", person("bob"))
        leaver = bridge.delete(f"/Users/{ann}")
    assert (refused.status, leaver.status) == (503, 503)
    assert int(refused.headers["Retry-After"]) > 0
    assert (bridge.calls(), list(bridge.accounts())) == ([], ["ann@acme.example"])
    assert bridge.everything("/Users") == []
    bridge.deliver()
    assert [call.split()[0] for call in bridge.calls()] == ["DELETE"]
    assert bridge.accounts() == {}


def test_only_what_takes_access_away_is_urgent(build, monkeypatch):
    bridge, asked = build("squirro"), []
    budget = bridge.parts.targets["main"].budget
    place = budget.place
    monkeypatch.setattr(
        budget, "place", lambda deadline, *, urgent: asked.append(urgent) or place(deadline, urgent=urgent)
    )
    ann = bridge.hire("ann")
    finance = bridge.found("Finance", [ann])
    assert (set(asked), asked.clear()) == ({False}, None)
    bridge.put(f"/Groups/{finance}", {"displayName": "Finance", "members": []})
    bridge.delete(f"/Users/{ann}")
    assert set(asked) == {True}


def test_a_database_that_is_away_gives_no_place_and_is_asked_again(budgets, database_url):
    budget = budgets()
    path = Database(database_url).path
    beside = path.with_name(f"{path.name}-budget")
    beside.mkdir()
    with pytest.raises(NoPlace), budget.place(time.monotonic() + 0.05):
        pass
    beside.rmdir()
    with budget.place(time.monotonic() + LONG):
        assert budget.in_flight() == 1
