"""Bulk requests at work: side by side at the vendor, beside each other, and what they cost."""

import threading
from concurrent.futures import ThreadPoolExecutor

from app.provisioning import writing
from tests.bridge import add, on_both_databases, person, refs


def post(name, **more):
    return {"method": "POST", "path": "/Users", "bulkId": name, "data": person(name, **more)}


def bulk(bridge, operations):
    return [result["status"] for result in bridge.post("/Bulk", {"Operations": operations}).body["Operations"]]


def test_as_many_calls_are_at_the_vendor_at_one_time_as_it_takes(build):
    bridge = build("periscope")
    many = bridge.mapping.concurrency
    assert many > 1
    together, take = threading.Barrier(many, timeout=30), bridge.sandbox.faults.take

    def taken(method, path):
        if method == "POST" and path.endswith("/users"):
            together.wait()  # broken, unless all of them are here
        return take(method, path)

    bridge.sandbox.faults.take = taken
    assert bulk(bridge, [post(f"person{number}") for number in range(many * 2)]) == ["201"] * many * 2
    assert not together.broken


@on_both_databases
def test_two_bulk_requests_at_once_that_touch_the_same_people_lose_nothing(build):
    bridge = build("squirro")
    ids = [bridge.hire(f"writer{number}") for number in range(6)]
    teams = [bridge.found(f"Team {number}") for number in range(4)]

    def asked(at):
        pushes = [
            {"method": "PATCH", "path": f"/Groups/{group}", "data": {"Operations": [add(*ids)]}}
            for group in teams[at::2]
        ]
        new = {"displayName": f"New {at}", "members": refs([*ids, f"bulkId:hire{at}"])}
        return [*pushes, post(f"hire{at}"), {"method": "POST", "path": "/Groups", "bulkId": "new", "data": new}]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda at: bulk(bridge, asked(at)), range(2)))
    assert answers == [["204", "204", "201", "201"]] * 2
    bridge.deliver()
    bridge.assert_agreement()
    expected = {f"Team {number}" for number in range(4)} | {"New 0", "New 1"}
    assert [bridge.accounts()[f"writer{number}@acme.example"] for number in range(6)] == [expected] * 6


def test_many_users_cost_one_create_each(build, monkeypatch):
    monkeypatch.setattr(writing, "REQUEST_SECONDS", 300.0)
    bridge = build("periscope")
    assert bulk(bridge, [post(f"person{number}") for number in range(120)]) == ["201"] * 120
    assert bridge.calls() == ["POST /api/v2/users"] * 120
    assert len(bridge.accounts()) == 120
