"""Eight writers at once: every change is in the directory and at the vendor in the end, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest

from app.directory import members
from app.provisioning.worker import Worker
from tests.bridge import add, on_both_databases, person, remove, replace

ATTRIBUTES = (
    "title",
    "nickName",
    "locale",
    "timezone",
    "preferredLanguage",
    "userType",
    "displayName",
    "profileUrl",
)


def at_once(*actions):
    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result() for future in [pool.submit(action) for action in actions]]


@on_both_databases
@pytest.mark.parametrize("vendor", ["squirro", "datasentinel"])
def test_different_attributes_of_one_user_lose_no_update(build, vendor):
    bridge = build(vendor)
    ann = bridge.hire("ann")
    answers = at_once(
        *(lambda name=name: bridge.patch(f"/Users/{ann}", replace(name, f"new {name}")) for name in ATTRIBUTES)
    )
    assert {answer.status for answer in answers} == {200}
    user = bridge.get(f"/Users/{ann}").body
    assert {name: user[name] for name in ATTRIBUTES} == {name: f"new {name}" for name in ATTRIBUTES}
    bridge.deliver()
    bridge.assert_agreement()


@on_both_databases
@pytest.mark.parametrize("vendor", ["periscope", "datasentinel"])
def test_different_members_of_one_group_lose_no_update(build, vendor):
    bridge = build(vendor)
    ids = [bridge.hire(f"writer{number}") for number in range(8)]
    finance = bridge.found("Finance")
    answers = at_once(*(lambda id_=id_: bridge.patch(f"/Groups/{finance}", add(id_)) for id_ in ids))
    assert {answer.status for answer in answers} == {204}
    assert {member["value"] for member in bridge.get(f"/Groups/{finance}").body["members"]} == set(ids)
    bridge.assert_agreement()
    assert bridge.due() == []


@on_both_databases
def test_different_groups_of_one_user_lose_no_update(build):
    bridge = build("periscope")
    ann = bridge.hire("ann")
    groups = [bridge.found(f"Group {number}") for number in range(8)]
    answers = at_once(*(lambda group=group: bridge.patch(f"/Groups/{group}", add(ann)) for group in groups))
    assert {answer.status for answer in answers} == {204}
    bridge.deliver()
    bridge.assert_agreement()
    assert bridge.accounts()["ann@acme.example"] == {f"Group {number}" for number in range(8)}


@on_both_databases
def test_members_come_and_go_at_once(build):
    bridge = build("squirro")
    ids = [bridge.hire(f"writer{number}") for number in range(8)]
    finance = bridge.found("Finance", ids[:4])
    change = [remove(id_) for id_ in ids[:4]] + [add(id_) for id_ in ids[4:]]
    answers = at_once(*(lambda op=op: bridge.patch(f"/Groups/{finance}", op) for op in change))
    assert {answer.status for answer in answers} == {204}
    assert {member["value"] for member in bridge.get(f"/Groups/{finance}").body["members"]} == set(ids[4:])
    bridge.deliver()
    bridge.assert_agreement()


@on_both_databases
def test_one_user_posted_eight_times_at_once_is_one_user(build):
    bridge = build("squirro")
    answers = at_once(*(lambda: bridge.post("/Users", person("ann")) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    assert len(bridge.everything("/Users")) == 1
    bridge.assert_agreement()


@on_both_databases
def test_deactivated_while_joining_groups_ends_without_access(build):
    bridge = build("squirro")
    ann = bridge.hire("ann")
    groups = [bridge.found(f"Group {number}") for number in range(4)]
    at_once(
        lambda: bridge.patch(f"/Users/{ann}", replace("active", False)),
        *(lambda group=group: bridge.patch(f"/Groups/{group}", add(ann)) for group in groups),
    )
    bridge.deliver()
    assert bridge.accounts() == {}
    assert bridge.get(f"/Users/{ann}").body["active"] is False


@on_both_databases
def test_two_workers_and_eight_writers_agree(build):
    bridge = build("squirro")
    ids = [bridge.hire(f"writer{number}") for number in range(4)]
    finance = bridge.found("Finance")
    at_once(
        *[Worker(bridge.parts.database, bridge.parts.targets).round] * 2,
        *(lambda id_=id_: bridge.patch(f"/Groups/{finance}", add(id_)) for id_ in ids),
        *(lambda id_=id_: bridge.patch(f"/Users/{id_}", replace("displayName", "New Name")) for id_ in ids),
    )
    bridge.deliver()
    bridge.assert_agreement()
    assert len(bridge.get(f"/Groups/{finance}").body["members"]) == 4


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_groups_that_take_the_same_user_do_not_deadlock(build, monkeypatch):
    bridge = build("squirro")
    ann = bridge.hire("ann")
    groups = [bridge.found(name) for name in ("Finance", "Engineering")]
    together, want = Barrier(2), members.want

    def want_together(*arguments):
        want(*arguments)
        with suppress(BrokenBarrierError):  # the other one waits for a lock of ours: as well
            together.wait(timeout=1)

    monkeypatch.setattr(members, "want", want_together)
    answers = at_once(*(lambda group=group: bridge.patch(f"/Groups/{group}", add(ann)) for group in groups))
    assert {answer.status for answer in answers} == {204}
    bridge.assert_agreement()
