"""A vendor that is down is probed and not hammered; what was waiting for it goes at once when it is there again."""

import dataclasses
import threading
import uuid

import pytest
from sqlalchemy import select

from app import assembly
from app.directory.database import now
from app.directory.tables import link
from app.directory.volatile import volatile
from app.provisioning import pushing, writing
from app.provisioning.backoff import LONGEST_JITTER
from app.provisioning.journal import Request
from app.provisioning.lane import Lane
from app.provisioning.ledger import LONGEST_DELAY
from app.provisioning.pacing import BATCH, Pace
from app.provisioning.state import State
from app.provisioning.users import Users
from app.provisioning.worker import Worker
from app.scim.meta import Preconditions
from mappings import AuthFailed, Conflict, RateLimited, Unavailable, Unknown, at_once
from tests.bridge import TARGET, add, on_both_databases, person, remove, replace
from tests.provisioning.writes import NEVER_ENDS, WRITES_ONLY

ANN, BOB = "ann@acme.example", "bob@acme.example"


def state(error=None, *, asked=True) -> State:
    made = State.__new__(State)
    made.error, made.calls = error, ["a call"] if asked else []
    return made


def certain(_least, _most) -> float:
    return 1.0


def test_each_failed_probe_doubles_the_pause_up_to_a_minute():
    pace = Pace(certain)
    assert pace.width == BATCH
    pauses = [pace.note([state(Unavailable("down"), asked=False), state(Unknown("no answer"))]) for _ in range(8)]
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    assert pace.width == 1


def test_pauses_are_spread_by_a_quarter_so_that_replicas_do_not_probe_together():
    pauses = {Pace().note([state(Unavailable("down"))]) for _ in range(50)}
    assert len(pauses) > 1
    assert 1.5 <= min(pauses) <= max(pauses) <= 2.5


def test_no_probe_is_sent_before_the_vendors_retry_after():
    pace = Pace(certain)
    assert pace.note([state(RateLimited("slow down", retry_after=90)), state(RateLimited("slow down"))]) == 90


@pytest.mark.parametrize("proof", [None, Conflict("taken")], ids=["delivered", "refused"])
def test_one_that_gets_through_ends_the_probing_whatever_comes_of_the_others(proof):
    pace = Pace(certain, failures=5)
    assert pace.note([state(AuthFailed("no")), state(proof)]) == 0
    assert pace.width == BATCH


def test_who_asked_the_vendor_nothing_proves_nothing():
    pace = Pace(certain, failures=1)
    pace.note([state(asked=False), state(Conflict("refused by the mapping itself"), asked=False)])
    assert pace.probing


def lane(bridge) -> Lane:
    worker = Worker(bridge.parts.database, bridge.parts.targets)
    return worker.lanes[0]


def waiting(bridge, *names) -> None:
    """Hire people while the vendor is down, and let them be due."""
    bridge.outage()
    for name in names:
        bridge.hire(name)
    bridge.hasten()
    bridge.meanings.clear()


def put_off(bridge, seconds, *names) -> None:
    """Let what waits, or these of it, be due in so many seconds."""
    chosen = link.c.name.in_(names) if names else link.c.due_at.is_not(None)
    with bridge.parts.database.write() as connection:
        connection.execute(link.update().where(chosen).values(due_at=now() + seconds))


@on_both_databases
def test_a_vendor_that_is_down_is_probed_by_one_link_and_gets_all_of_them_when_it_is_back(build):
    bridge = build("periscope", on_outage="queue")
    waiting(bridge, "ann", "bob", "carl", "dora")
    slow = lane(bridge)
    assert slow.step() > 1
    assert len(bridge.meanings) >= 4
    put_off(bridge, 0.0)
    bridge.meanings.clear()
    assert slow.step() > 2
    assert sorted(row["attempts"] for row in bridge.rows("link")) == [2, 2, 2, 3]
    bridge.recover()
    put_off(bridge, 200.0)
    put_off(bridge, 0.0, "dora@acme.example")
    slow.step()
    assert set(bridge.accounts()) == {"dora@acme.example"}
    slow.step()
    assert len(bridge.accounts()) == 4
    assert bridge.due() == []


def test_a_create_that_is_looked_for_in_vain_is_no_outage(build):
    """Or everybody else's changes would wait for one probe after the other, up to a minute each."""
    bridge = build("squirro")
    bridge.hire("bob")
    bridge.fail("drop", method="POST")
    assert bridge.post("/Users", person("ann")).status == 503
    bridge.hasten()
    slow = lane(bridge)
    assert slow.step() == 0
    assert bridge.due() == [ANN]
    assert not slow.pace.probing


def test_a_long_retry_after_is_not_shortened_when_the_vendor_is_back(build):
    bridge = build("periscope", on_outage="queue")
    waiting(bridge, "ann", "bob")
    slow = lane(bridge)
    slow.step()
    bridge.recover()
    put_off(bridge, 3600.0)
    put_off(bridge, 0.0, ANN)
    slow.step()
    assert slow.step() > 0
    assert bridge.due() == [BOB]


def test_a_link_that_fails_for_a_reason_of_its_own_is_not_the_only_one_that_is_tried(build):
    bridge = build("periscope", on_outage="queue")
    ann, bob = bridge.hire("ann"), bridge.hire("bob")
    bridge.outage()
    for id_ in (ann, bob):
        assert bridge.delete(f"/Users/{id_}").status == 204
    bridge.recover()
    key = next(row["vendor_id"] for row in bridge.rows("link") if row["name"] == ANN)
    bridge.fail("status", status=503, path=f"*{key}*", count=NEVER_ENDS)
    put_off(bridge, 200.0, BOB)
    put_off(bridge, 0.0, ANN)
    slow = lane(bridge)
    slow.step()
    assert slow.pace.probing
    bridge.hasten()
    slow.step()
    assert not slow.pace.probing
    assert set(bridge.accounts()) == {ANN}


def test_somebody_else_who_gets_through_ends_the_wait(build):
    bridge = build("periscope", on_outage="queue")
    waiting(bridge, "ann")
    slow = lane(bridge)
    slow.step()
    assert not slow._is_news()
    bridge.recover()
    bridge.hire("bob")
    assert slow._is_news()
    assert not slow._is_news()


@on_both_databases
def test_what_takes_access_away_is_delivered_before_what_gives(build):
    bridge = build("squirro", on_outage="queue")
    ids = [bridge.hire(name) for name in ("ann", "bob", "carl", "dora")]
    finance = bridge.found("Finance", ids[1:3])
    bridge.outage()
    for id_ in ids:
        bridge.patch(f"/Users/{id_}", replace("name.familyName", "New"))
    bridge.hire("erik")
    bridge.patch(f"/Groups/{finance}", remove(ids[1]))
    bridge.patch(f"/Users/{ids[2]}", replace("active", False))
    bridge.delete(f"/Users/{ids[3]}")
    bridge.recover()
    bridge.hasten()
    first = lane(bridge).deliver(3)
    assert {each.name.partition("@")[0] for each in first} == {"bob", "carl", "dora"}
    assert [row["name"] for row in bridge.rows("link") if row["revokes"]] == []


# -- one request with many members


@pytest.fixture
def small_chunks(monkeypatch):
    for module in (pushing, writing):
        monkeypatch.setattr(module, "CHUNK", 5)


def test_a_push_that_outlasts_its_request_is_accepted_and_finished_by_the_worker(build, monkeypatch, small_chunks):
    bridge = build("squirro")
    ids = [bridge.hire(f"writer{number}") for number in range(12)]
    finance = bridge.found("Finance")
    with monkeypatch.context() as hurried:
        hurried.setattr(writing, "REQUEST_SECONDS", writing.LAST_SECONDS)
        assert bridge.patch(f"/Groups/{finance}", add(*ids)).status == 204
    assert len(bridge.get(f"/Groups/{finance}").body["members"]) == 12
    assert len(bridge.due()) == 12
    assert not any(row["attempts"] for row in bridge.rows("link"))
    assert [row["outcome"] for row in bridge.rows("event")][-5:] == ["queued"] * 5
    assert lane(bridge).deliver() is not None
    assert len(bridge.due()) == 7
    bridge.deliver()
    bridge.assert_agreement()


def test_a_push_into_an_outage_asks_for_the_first_of_its_members_only_and_puts_all_back(build, small_chunks):
    bridge = build("squirro")
    ids = [bridge.hire(f"writer{number}") for number in range(12)]
    finance = bridge.found("Finance")
    bridge.meanings.clear()
    bridge.fail("status", status=503, method=WRITES_ONLY, count=NEVER_ENDS)
    assert bridge.patch(f"/Groups/{finance}", add(*ids)).status == 503
    assert len(bridge.meanings) == 5
    assert "members" not in bridge.get(f"/Groups/{finance}").body
    bridge.recover()
    bridge.deliver()
    bridge.assert_agreement()


# -- several targets


def until(reached) -> None:
    assert any(reached() or threading.Event().wait(0.01) for _ in range(2000))


def test_a_vendor_that_hangs_keeps_no_other_targets_revocations_waiting(build, monkeypatch):
    bridge = build("periscope", on_outage="queue")
    hanging = bridge.parts.targets[TARGET]
    config = dataclasses.replace(bridge.config.targets[TARGET], name="other")
    other = assembly.target(config, volatile(bridge.parts.database))
    ada = Users(bridge.parts.database, other).create(Request("idp", "POST"), person("ada"), str(uuid.uuid4()))
    waiting(bridge, "ann")
    Users(bridge.parts.database, other).delete(Request("idp", "DELETE"), ada.id, Preconditions())
    bridge.recover()
    put_off(bridge, 0.0)
    entered, released = threading.Event(), threading.Event()
    send = hanging.sender.send

    def hang(*arguments):
        entered.set()
        released.wait(20)
        return send(*arguments)

    monkeypatch.setattr(hanging.sender, "send", hang)
    worker = Worker(bridge.parts.database, {TARGET: hanging, "other": other})
    running = threading.Thread(target=worker.run)
    running.start()
    try:
        assert entered.wait(20)
        until(lambda: bridge.due() == [ANN])
        assert bridge.accounts() == {}
    finally:
        released.set()
        worker.stopping.set()
        running.join()
    assert set(bridge.accounts()) == {ANN}


def test_two_threads_share_the_places_that_the_vendor_has(build, monkeypatch):
    bridge = build("periscope", on_outage="queue")
    monkeypatch.setattr("app.provisioning.lane.BATCH", 3)
    waiting(bridge, *(f"writer{number}" for number in range(12)))
    bridge.recover()
    sender, most, running = bridge.parts.targets[TARGET].sender, [], []
    send = sender.send

    def counted(*arguments):
        running.append(1)
        most.append(len(running))
        try:
            return send(*arguments)
        finally:
            running.pop()

    monkeypatch.setattr(sender, "send", counted)
    worker = Worker(bridge.parts.database, bridge.parts.targets)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        until(lambda: not bridge.due())
    finally:
        worker.stopping.set()
        thread.join()
    assert len(bridge.accounts()) == 12
    assert max(most) <= bridge.mapping.concurrency


def test_what_a_mapping_never_says_to_be_true_is_not_asked_for_without_a_pause(build, monkeypatch):
    bridge = build("periscope")
    ann = bridge.hire("ann")
    monkeypatch.setattr(bridge.mapping, "update_user", lambda *_: at_once(None))
    bridge.patch(f"/Users/{ann}", replace("name.familyName", "New"))
    put_off(bridge, 0.0)
    lane(bridge).deliver()
    assert [row["attempts"] for row in bridge.rows("link")] == [2]
    assert not lane(bridge).deliver()


def test_a_back_off_is_capped_however_often_something_was_tried(build):
    bridge = build("periscope", on_outage="queue")
    waiting(bridge, "ann")
    with bridge.parts.database.write() as connection:
        connection.execute(link.update().values(attempts=1_000_000))
    lane(bridge).deliver()
    (row,) = bridge.rows("link")
    with bridge.parts.database.read() as connection:
        moment = connection.execute(select(now())).scalar_one()
    assert 0.75 * LONGEST_DELAY - 60 < row["due_at"] - moment <= LONGEST_DELAY * LONGEST_JITTER


def test_the_metrics_tell_for_how_long_the_oldest_change_has_been_waiting(build):
    bridge = build("periscope", on_outage="queue")

    def oldest() -> float:
        text = bridge.app.test_client().get("/metrics").get_data(as_text=True)
        name = 'scim_bridge_oldest_pending_seconds{kind="User",target="main"} '
        (line,) = [line for line in text.splitlines() if line.startswith(name)]
        return float(line.removeprefix(name))

    assert oldest() == 0
    waiting(bridge, "ann")
    with bridge.parts.database.write() as connection:
        connection.execute(link.update().values(pending_since=link.c.pending_since - 1000))
    bridge.round()
    assert 1000 <= oldest() < 1600
    bridge.recover()
    bridge.deliver()
    assert oldest() == 0


def test_the_second_thread_waits_for_a_crowd_and_not_for_the_vendor(build, monkeypatch):
    bridge = build("periscope", on_outage="queue")
    monkeypatch.setattr("app.provisioning.lane.BATCH", 2)
    monkeypatch.setattr("app.provisioning.pacing.BATCH", 2)
    waiting(bridge, "ann", "bob")
    slow = lane(bridge)
    slow._crowded.set()
    assert slow._help() == 0
    assert slow.pace.probing
    assert not slow._crowded.is_set()
    bridge.recover()
    bridge.hasten()
    slow.step()
    assert not slow.pace.probing
