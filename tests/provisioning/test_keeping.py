"""A revocation that meets somebody else's lease, and waits for it in vain: it is kept, and delivered afterwards.

The holder is a process that was killed, whose lease outlasts the request; or one that is alive, and whose own write
fails later: it puts back what it wanted, and nothing of what was taken away meanwhile.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.provisioning import writing
from tests.bridge import add, on_both_databases, remove, replace
from tests.killing import without_the_second_commit
from tests.provisioning.writes import NEVER_ENDS

ANN = "ann@acme.example"
DEACTIVATED, RENAMED = replace("active", False), replace("displayName", "Anna Lee")


class World:
    """Ann is in Finance and in Sales; ``hold`` leaves a lease behind that nobody will give back."""

    def __init__(self, bridge, monkeypatch):
        self.bridge, self._monkeypatch = bridge, monkeypatch
        self.ann = bridge.hire("ann")
        self.finance, self.sales = bridge.found("Finance", [self.ann]), bridge.found("Sales", [self.ann])
        self.user, self.group = f"/Users/{self.ann}", f"/Groups/{self.finance}"

    def hold(self, path, *operations):
        without_the_second_commit(self._monkeypatch, lambda: self.bridge.patch(path, *operations))
        self._monkeypatch.setattr(writing, "REQUEST_SECONDS", 0.0)

    def settle(self):
        self._monkeypatch.undo()
        self.bridge.hasten()
        self.bridge.deliver()
        self.bridge.assert_agreement()

    def roles(self):
        return self.bridge.accounts()[ANN]


@pytest.fixture
def world(build, monkeypatch):
    return World(build("squirro"), monkeypatch)


def assert_kept(answer):
    assert (answer.status, "Retry-After" in answer.headers) == (503, True)
    assert "what this one takes away is kept and will be delivered" in answer.body["detail"]


@on_both_databases
def test_a_leaver_who_is_deleted_loses_access(world):
    world.hold(world.user, RENAMED)
    assert_kept(world.bridge.delete(world.user))
    assert world.bridge.get(world.user).status == 404
    world.settle()
    assert world.bridge.accounts() == {}


@on_both_databases
def test_a_leaver_who_is_deactivated_loses_access_and_nothing_else_of_the_write_happens(world):
    world.hold(world.user, replace("displayName", "A. Lee"))
    assert_kept(world.bridge.patch(world.user, DEACTIVATED, RENAMED))
    assert world.bridge.get(world.user).body["active"] is False
    world.settle()
    assert world.bridge.accounts() == {}
    assert world.bridge.get(world.user).body["displayName"] == "A. Lee"  # as the holder wanted


def test_a_member_who_is_removed_together_with_a_rename_loses_the_role(world):
    bob = world.bridge.hire("bob")
    world.hold(world.group, replace("displayName", "Money"))
    answer = world.bridge.patch(world.group, replace("displayName", "Gold"), add(bob), remove(world.ann))
    assert_kept(answer)
    world.settle()
    assert world.roles() == {"Sales"}
    assert "members" not in world.bridge.get(world.group).body


def test_a_group_that_is_deleted_leaves_nobody_with_its_role(world):
    world.hold(world.group, replace("displayName", "Money"))
    assert_kept(world.bridge.delete(world.group))
    assert_says(world.bridge.delete(world.group), "still being delivered")
    world.settle()
    assert world.roles() == {"Sales"}
    assert {"Finance", "Money"}.isdisjoint(group["name"] for group in world.bridge.sandbox.groups())


def assert_says(answer, words):
    assert (answer.status, words in answer.body["detail"]) == (503, True), answer


def test_what_takes_nothing_away_is_refused_and_changes_nothing(world):
    world.hold(world.user, replace("displayName", "A. Lee"))
    before = world.bridge.get(world.user).body
    answer = world.bridge.patch(world.user, RENAMED)
    assert_says(answer, "still being delivered")
    assert "kept" not in answer.body["detail"]
    assert world.bridge.get(world.user).body == before
    world.settle()


def test_an_etag_that_is_old_keeps_nothing(world):
    world.hold(world.user, RENAMED)
    assert world.bridge.delete(world.user, headers={"If-Match": 'W/"old"'}).status == 412
    assert world.bridge.get(world.user).body["active"] is True
    world.settle()


@pytest.mark.parametrize("verb", ["deactivate", "delete"])
def test_a_holder_that_fails_does_not_put_the_leaver_back(world, monkeypatch, verb):
    world.bridge.fail("status", status=503, count=NEVER_ENDS)
    take, leaving, pool = world.bridge.sandbox.faults.take, [], ThreadPoolExecutor(1)

    def leave():
        return world.bridge.delete(world.user) if verb == "delete" else world.bridge.patch(world.user, DEACTIVATED)

    def taken(*call):
        if not leaving:
            monkeypatch.setattr(writing, "REQUEST_SECONDS", 0.0)
            leaving.append(pool.submit(leave).result())
        return take(*call)

    world.bridge.sandbox.faults.take = taken
    assert world.bridge.patch(world.user, RENAMED).status == 503
    assert_kept(leaving[0])
    world.bridge.recover()
    world.settle()
    assert world.bridge.accounts() == {}


def test_who_asks_why_she_still_has_access_sees_that_it_is_on_its_way(world):
    world.hold(world.user, RENAMED)
    world.bridge.delete(world.user)
    (event,) = [row for row in world.bridge.rows("event") if row["summary"] == "deleted"]
    assert (event["name"], event["outcome"], event["status"]) == (ANN, "failed", 503)
    (link,) = [row for row in world.bridge.rows("link") if row["name"] == ANN]
    assert link["revokes"]
    assert link["due_at"] is not None
    world.settle()
