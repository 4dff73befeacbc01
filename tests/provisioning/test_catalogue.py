"""What a vendor offers is read by one, however many ask for it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.provisioning.catalogue import FRESH_SECONDS, Catalogue
from app.provisioning.driver import run
from mappings import Call, Entry, Settings, Unavailable, discovery

READERS = 8


class Offering(discovery.load("periscope")):
    def roles(self):
        answer = yield Call("GET", ("api", "v1", "roles"), "list roles")
        return [Entry(each, each.upper()) for each in answer]


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def catalogue(clock):
    return Catalogue(Offering(Settings({}, {})), clock=clock)


def test_readers_at_one_time_cost_one_call(catalogue):
    everybody = threading.Barrier(READERS)
    calls = []

    def send(call):
        calls.append(call)
        return ["a", "b"]

    def read():
        everybody.wait(timeout=30)
        return run(catalogue.roles(), send)

    with ThreadPoolExecutor(READERS) as pool:
        found = [reading.result() for reading in [pool.submit(read) for _ in range(READERS)]]
    assert {tuple(entry.value for entry in entries) for entries in found} == {("a", "b")}
    assert len(calls) == 1


def waiting(catalogue, reader):
    """Begin to read, and let somebody else ask while the call is on its way; return what that one got."""
    flow = catalogue.roles()
    next(flow)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(run, catalogue.roles(), lambda call: pytest.fail("a second call"))
        reading = catalogue._being_read["Roles"]
        while not (reading._condition._waiters or other.done()):
            pass
        reader(flow)
        return other


def test_who_waits_gets_what_the_reader_got(catalogue):
    def answer(flow):
        with pytest.raises(StopIteration):
            flow.send(["a"])

    assert [entry.value for entry in waiting(catalogue, answer).result()] == ["a"]


def test_who_waits_is_told_how_the_call_failed(catalogue):
    def fail(flow):
        with pytest.raises(Unavailable):
            flow.throw(Unavailable("the vendor is down", retry_after=7))

    with pytest.raises(Unavailable, match="the vendor is down") as told:
        waiting(catalogue, fail).result()
    assert told.value.retry_after == 7
    assert [entry.value for entry in run(catalogue.roles(), lambda call: ["a"])] == ["a"]


def test_nobody_waits_for_a_reader_that_has_gone(catalogue):
    with pytest.raises(Unavailable, match="could not be read"):
        waiting(catalogue, lambda flow: flow.close()).result()
    assert [entry.value for entry in run(catalogue.roles(), lambda call: ["a"])] == ["a"]


def test_a_list_is_read_again_when_it_is_old(catalogue, clock):
    assert [entry.value for entry in run(catalogue.roles(), lambda call: ["a"])] == ["a"]
    clock.now += FRESH_SECONDS - 1
    assert [entry.value for entry in run(catalogue.roles(), lambda call: ["b"])] == ["a"]
    clock.now += 1
    assert [entry.value for entry in run(catalogue.roles(), lambda call: ["b"])] == ["b"]
    assert catalogue.remembered(["a", "b", "B"]) == {"b": "b", "B": "b"}
