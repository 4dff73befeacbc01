"""The worked example of docs/ADDING_A_VENDOR.md, as a package that somebody installed: it must be what it says."""

import re
from pathlib import Path

import pytest

from app.contract.readme import setting_rows
from app.contract.rungs import up_to
from app.contract.running import prove
from mappings import discovery
from mappings.sandbox import create

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "teamdesk"
MADE = ("mapping.py", "sandbox.py", "README.md", "test_mapping.py", "__init__.py")


def test_it_takes_one_folder_and_less_than_200_lines_with_its_tests():
    lines = sum(len((EXAMPLE / name).read_text(encoding="utf-8").splitlines()) for name in MADE)
    assert lines < 200
    guide = EXAMPLE.parents[1] / "ADDING_A_VENDOR.md"
    assert f"and what comes of it, in {lines} lines." in guide.read_text(encoding="utf-8")


@pytest.mark.parametrize("rung", up_to("silver"), ids=lambda rung: rung.name)
def test_it_keeps_what_silver_promises(teamdesk, rung):
    assert discovery.load(teamdesk).tier == "silver"
    assert prove(teamdesk, rung).reason is None


GOLD = [rung for rung in up_to("gold") if rung.tier == "gold" and rung.name != "readme: whole"]


@pytest.mark.parametrize("rung", GOLD, ids=lambda rung: rung.name)
def test_only_a_longer_readme_is_missing_for_gold(teamdesk, rung):
    assert prove(teamdesk, rung).reason is None


def test_its_own_test_passes(teamdesk):
    from teamdesk_for_scim_bridge import test_mapping

    test_mapping.test_a_full_seat_is_given_only_by_the_identity_provider()


def test_its_document_has_exactly_the_calls_of_its_sandbox(teamdesk):
    page = (EXAMPLE / "DOCUMENT.md").read_text(encoding="utf-8").replace("{agent id}", "{id}")
    told = set(re.findall(r"`(GET|POST|PUT|DELETE) (/[^`]*)`", page))
    emulated = {(each.method, re.sub(r"\{\w+\}", "{id}", each.path)) for each in create(teamdesk).operations}
    assert told == emulated


def test_its_readme_has_a_row_for_each_setting(teamdesk):
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    assert [row for row in setting_rows(discovery.load(teamdesk)) if row not in page] == []
    assert create(teamdesk).credentials.keys() == {"api_key"}
