"""A process dies between its two transactions, and the vendor refuses what it had written down.

The IdP was not answered: what it asked for counts as not done, and stands in nobody's way.
"""

from __future__ import annotations

import pytest

from tests.bridge import add, on_both_databases, replace
from tests.killing import without_the_second_commit

ANN = "ann@acme.example"


class World:
    """Ann and Finance; ``bad`` writes something that the vendor refuses, and dies."""

    def __init__(self, bridge, monkeypatch):
        self.bridge, self._monkeypatch = bridge, monkeypatch
        ann, finance = bridge.hire("ann", displayName="Ann"), bridge.found("Finance")
        self.ids = {"user": ann, "group": finance}
        self.user, self.group = f"/Users/{ann}", f"/Groups/{finance}"

    def bad(self, path):
        self.refuse()
        wish = lambda: self.bridge.patch(path, replace("displayName", "Refused"))  # noqa: E731
        without_the_second_commit(self._monkeypatch, wish)
        assert self.bridge.get(path).body["displayName"] == "Refused"
        self.bridge.hasten()

    def refuse(self):
        """The vendor refuses whatever says the word."""
        perform = self.bridge.sandbox.perform

        def performed(operation, arguments, query):
            if "Refused" in str(arguments):
                raise Refusal(400, "a word that nobody may say")
            return perform(operation, arguments, query)

        self.bridge.sandbox.perform = performed

    def reads(self, path):
        return self.bridge.get(path).body["displayName"]

    def settle(self):
        self.bridge.deliver()
        self.bridge.assert_agreement()
        assert self.bridge.due() == []


@pytest.fixture
def world(build, facts, monkeypatch):
    return World(build(facts.vendor), monkeypatch)
