"""A process dies between its two transactions, and the vendor refuses what it had written down.

The IdP was not answered: what it asked for counts as not done, and stands in nobody's way.
"""

from __future__ import annotations

import pytest

from mappings.sandbox_calls import RefusedError
from tests.bridge import add, on_both_databases, person, remove, replace
from tests.killing import without_the_second_commit

WORD = "Unspeakable"


class World:
    """Ann and Finance at a vendor that refuses whatever says the word; ``wish`` asks for it, and dies."""

    def __init__(self, bridge, monkeypatch):
        self.bridge, self._monkeypatch = bridge, monkeypatch
        self.ann, finance = bridge.hire("ann"), bridge.found("Finance")
        self.user, self.group = f"/Users/{self.ann}", f"/Groups/{finance}"
        self._perform, bridge.sandbox.perform = bridge.sandbox.perform, self._refusing

    def _refusing(self, operation, arguments, query):
        if WORD in str(arguments):
            raise RefusedError(400, "nobody may say that")
        return self._perform(operation, arguments, query)

    def wish(self, path, *more):
        said = replace("displayName", WORD)
        without_the_second_commit(self._monkeypatch, lambda: self.bridge.patch(path, said, *more))
        assert WORD in str(self.bridge.get(path).body)
        self.bridge.hasten()

    def settle(self):
        self.bridge.deliver()
        assert self.bridge.due() == []
        for path in (self.user, self.group):
            assert WORD not in str(self.bridge.get(path).body)
        self.bridge.assert_agreement()


@pytest.fixture
def world(build, monkeypatch):
    return World(build("squirro"), monkeypatch)


@pytest.fixture(params=["user", "group"])
def path(world, request):
    return getattr(world, request.param)


@on_both_databases
def test_it_reads_as_before_once_the_worker_was_told(world, path):
    world.wish(path)
    world.settle()


def test_it_is_forgotten_before_another_change_of_the_same_resource(world, path):
    world.wish(path)
    changed = world.bridge.patch(path, replace("externalId", "7"))
    assert changed.status in (200, 204)
    assert world.bridge.get(path).body["externalId"] == "7"
    world.settle()


def test_the_same_wish_again_is_refused_and_leaves_nothing(world, path):
    world.wish(path)
    again = world.bridge.patch(path, replace("displayName", WORD))
    assert again.status == 400
    world.settle()


@pytest.mark.parametrize("change", [add, remove])
def test_it_hinders_nobody_from_coming_or_going(world, path, change):
    if change is remove:
        assert world.bridge.patch(world.group, add(world.ann)).status == 204
    world.wish(path)
    assert world.bridge.patch(world.group, change(world.ann)).status == 204
    world.settle()


def test_what_it_took_away_stays_taken(world):
    world.wish(world.user, replace("active", False))
    world.bridge.deliver()
    assert world.bridge.get(world.user).body["active"] is False
    assert world.bridge.accounts() == {}


def test_two_that_nobody_was_answered_for_are_both_forgotten(world, path):
    world.wish(path)
    without_the_second_commit(world._monkeypatch, lambda: world.bridge.patch(path, replace("externalId", "7")))
    world.bridge.hasten()
    world.settle()
    assert "externalId" not in world.bridge.get(path).body


def test_an_outage_is_no_refusal(world, path):
    world.wish(path)
    world.bridge.fail("status", status=503, count=10**9)
    world.bridge.round()
    assert WORD in str(world.bridge.get(path).body)
    world.bridge.recover()
    world.bridge.hasten()
    world.settle()


def test_one_that_the_vendor_takes_is_delivered(world, path):
    world.bridge.sandbox.perform = world._perform
    world.wish(path)
    world.bridge.deliver()
    assert WORD in str(world.bridge.get(path).body)
    world.bridge.assert_agreement()


@on_both_databases
def test_a_name_that_another_one_has_been_given_since_is_not_taken_back(world):
    """What was wanted stays, refused and to be seen."""
    world.wish(world.user, replace("userName", "bob@acme.example"))
    assert world.bridge.post("/Users", person("ann", emails=[{"value": "ann2@acme.example"}])).status == 201
    world.bridge.round()
    assert world.bridge.get(world.user).body["userName"] == "bob@acme.example"
    (link,) = [row for row in world.bridge.rows("link") if row["name"] == "bob@acme.example"]
    assert link["refused"]


def test_a_new_address_whose_account_is_there_is_not_put_back_because_the_old_one_cannot_be_ended(
    build, monkeypatch
):
    bridge = build("datasentinel", options={"recreate": "always"})
    ann = bridge.hire("ann")
    bridge.fail("status", status=400, method="DELETE", path="*/users/ann%40acme.example", count=2)
    move = replace("emails", [{"value": "lee@acme.example"}])
    without_the_second_commit(monkeypatch, lambda: bridge.patch(f"/Users/{ann}", move))
    bridge.deliver()
    assert bridge.accounts().keys() == {"lee@acme.example"}
    bridge.assert_agreement()
