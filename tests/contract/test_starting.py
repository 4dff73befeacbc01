"""What ``mappings new`` writes is a whole mapping already, and says itself what a reader still misses."""

import sys

import pytest

from app.contract.readme import HINT
from app.contract.rungs import RUNGS
from app.contract.running import prove
from app.contract.starting import start
from tests.mappings.packages import install


@pytest.fixture
def bug_tracker(tmp_path, monkeypatch):
    started = start("bug_tracker", tmp_path)
    install(started.package, monkeypatch, bug_tracker="scim_bridge_bug_tracker")
    yield started
    for name in [name for name in sys.modules if name.startswith("scim_bridge_bug_tracker")]:
        del sys.modules[name]


def test_a_new_mapping_lacks_nothing_but_words(bug_tracker):
    broken = {rung.name: reason for rung in RUNGS if (reason := prove("bug_tracker", rung).reason)}
    assert list(broken) == ["readme: whole"]
    assert f"the README still has 6 hints of 'scim-bridge mappings new': {HINT}" in broken["readme: whole"]


def test_its_own_test_passes(bug_tracker):
    from scim_bridge_bug_tracker import test_mapping

    test_mapping.test_a_hire_and_a_group_push_cost_what_the_document_promises()


def test_it_is_short(bug_tracker):
    folder = [file for file in bug_tracker.files if file.parent == bug_tracker.folder]
    assert sum(len(file.read_text(encoding="utf-8").splitlines()) for file in folder) < 165
