"""``scim-bridge mappings``: what whoever adds a vendor meets."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.contract.rungs import RUNGS
from mappings import discovery

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def command(*arguments, exits=0):
        result = CliRunner().invoke(main, ["mappings", *arguments])
        assert result.exit_code == exits, result.output
        return result.output

    return command


@pytest.fixture
def only(monkeypatch):
    """Shorten the ladder to the rungs of these names."""

    def shorten(*names):
        chosen = tuple(rung for rung in RUNGS if rung.name in names)
        monkeypatch.setattr("app.contract.running.RUNGS", chosen)
        monkeypatch.setattr("app.contract.rungs.RUNGS", chosen)

    return shorten


def declare(monkeypatch, vendor, **attributes):
    for name, value in attributes.items():
        monkeypatch.setattr(discovery.load(vendor), name, value)


def test_check_prints_each_rung_and_the_tier_and_exits_0(run, only):
    only("answers", "cost: create user")
    printed = run("check", "periscope")
    assert "✓ bronze the sandbox starts" in printed
    assert "✓ silver create user" in printed
    assert "Nothing is missing." in printed


def test_check_says_what_is_missing_and_exits_1(run, only, monkeypatch):
    only("answers", "cost: create user")
    declare(monkeypatch, "periscope", calls={"create user": ("create user", "say hello")}, tier="silver")
    printed = run("check", "periscope", exits=1)
    assert "✗ silver create user" in printed
    assert "costs create user; the table calls says create user, say hello" in printed
    assert "periscope: bronze (it declares silver)" in printed
    assert "For silver this is missing" in printed


def test_check_of_a_bronze_mapping_that_could_be_more_says_so_and_exits_0(run, only, monkeypatch):
    only("answers", "table", "stranger")
    declare(monkeypatch, "periscope", tier="bronze")
    assert 'It may declare tier = "gold".' in run("check", "periscope")


def test_check_has_json(run, only):
    only("answers")
    document = json.loads(run("check", "squirro", "--json"))
    (rung,) = document["rungs"]
    assert (document["vendor"], document["reached"], rung["name"], rung["kept"]) == (
        "squirro",
        "gold",
        "answers",
        True,
    )


def test_check_of_a_defect_names_it_and_where_it_is(run, only, monkeypatch):
    only("answers")
    declare(monkeypatch, "periscope", check=lambda self: 1 / 0, tier="bronze")
    printed = run("check", "periscope", exits=1)
    assert "ZeroDivisionError: division by zero" in printed
    assert "test_mappings.py, line" in printed


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_vendor_that_there_is_not_exits_2(run, command):
    assert "there is no vendor 'nobody'" in run(command, "nobody", exits=2)


def test_new_writes_a_package_of_its_own_and_says_what_next(run, tmp_path):
    printed = run("new", "bug_tracker")
    assert "pip install -e" in printed
    assert (tmp_path / "scim_bridge_bug_tracker" / "pyproject.toml").is_file()
    assert (tmp_path / "scim_bridge_bug_tracker" / "scim_bridge_bug_tracker" / "mapping.py").is_file()


def test_new_writes_a_folder_beside_the_others_in_a_checkout(run, tmp_path, monkeypatch):
    (tmp_path / "mappings").mkdir()
    monkeypatch.setattr("mappings.__path__", [str(tmp_path / "mappings")])
    document = json.loads(run("new", "bug_tracker", "--json"))
    assert Path(document["folder"]) == tmp_path / "mappings" / "bug_tracker"
    lines = sum(len(Path(file).read_text(encoding="utf-8").splitlines()) for file in document["files"])
    assert lines < 200


@pytest.mark.parametrize(
    ("name", "why"),
    [("periscope", "already"), ("check", "is a command"), ("Bug-Tracker", "cannot be the name of a folder")],
)
def test_new_refuses_a_name_that_cannot_be(run, name, why):
    assert why in run("new", name, exits=1)


def test_new_overwrites_nothing(run):
    run("new", "bug_tracker")
    assert "is there already" in run("new", "bug_tracker", exits=1)


def test_the_pages_are_as_the_mappings_declare(run, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert "every page is as the mappings declare" in run("docs", "--check")


def test_a_stale_page_is_told_of_and_written(run, tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    declare(monkeypatch, "periscope", title="Telescope")
    assert "README.md is stale" in run("docs", "--check", exits=1)
    run("docs")
    assert "Telescope" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "## Telescope" in (tmp_path / "docs" / "VENDORS.md").read_text(encoding="utf-8")
    run("docs", "--check")
