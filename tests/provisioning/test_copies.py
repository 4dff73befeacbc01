"""A world that was copied is like one that was made, and its own."""

import pytest

from tests.bridge import Bridge
from tests.provisioning import writes
from tests.provisioning.writes import World

ANN = "ann@acme.example"


@pytest.fixture
def two(databases, facts, monkeypatch):
    monkeypatch.setattr(writes, "_made", {})
    bridges = [Bridge(facts.vendor, databases.fresh("sqlite")) for _ in range(2)]
    yield bridges
    for bridge in bridges:
        bridge.close()


def test_a_copied_world_is_like_the_one_that_was_made_and_shares_nothing_with_it(two):
    made, copied = map(World.on, two)
    assert copied.read() == made.read()
    assert copied.bridge.sandbox.users() == made.bridge.sandbox.users()
    assert copied.bridge.delete(f"/Users/{copied.ann}").status == 204
    assert ANN in made.bridge.accounts()
    assert ANN not in copied.bridge.accounts()
    for bridge in two:
        bridge.assert_agreement()
