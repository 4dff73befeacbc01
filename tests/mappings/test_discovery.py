"""Mappings of other packages: found by their entry point, and unable to harm the others."""

import json
import sys

import pytest
from click.testing import CliRunner

from app.cli import main
from app.config import ConfigError, parse
from app.contract.rungs import up_to
from app.contract.running import prove
from app.contract.starting import start
from mappings import discovery
from mappings.sandbox import create
from tests.mappings.packages import install


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder for packages; what is imported from it is forgotten afterwards."""
    before = set(sys.modules)
    yield tmp_path / "site"
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", None)):
            del sys.modules[name]


@pytest.fixture
def bugzilla(site, monkeypatch):
    """A mapping begun as a package of its own, and installed."""
    made = start("bugzilla", into=site)
    monkeypatch.syspath_prepend(str(made.package))
    install(site, monkeypatch, bugzilla="scim_bridge_bugzilla.mapping:Bugzilla")
    return "bugzilla"


def test_a_mapping_of_another_package_is_one_of_them(bugzilla):
    assert bugzilla in discovery.names()
    assert bugzilla not in discovery.shipped()
    assert discovery.load(bugzilla).title == "Bugzilla"
    assert discovery.broken() == []


def test_its_sandbox_is_found_beside_it(bugzilla):
    assert create(bugzilla).vendor == bugzilla


def test_a_target_can_name_it(bugzilla):
    table = {
        "vendor": bugzilla,
        "base_url": "https://bugzilla.example",
        "tokens": ["t"],
        "credentials": {"api_key": "k"},
    }
    assert parse({"targets": {"bugs": table}}).targets["bugs"].vendor == bugzilla


def test_what_new_writes_keeps_the_first_tier_and_more_as_it_is(bugzilla):
    results = [prove(bugzilla, rung) for rung in up_to("silver")]
    assert {result.rung.name: result.reason for result in results if not result.kept} == {}


@pytest.mark.parametrize(
    "value", ["scim_bridge_bugzilla.mapping", "scim_bridge_bugzilla"], ids=["module", "package"]
)
def test_an_entry_point_may_name_the_module_or_the_package(site, monkeypatch, value):
    monkeypatch.syspath_prepend(str(start("bugzilla", into=site).package))
    install(site, monkeypatch, bugzilla=value)
    assert discovery.load("bugzilla").vendor == "bugzilla"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("gone", "no_such_package.mapping:Gone", "No module named 'no_such_package'"),
        ("text", "json:dumps", "json:dumps is not a subclass of mappings.Mapping"),
        ("other", "mappings.periscope.mapping:Periscope", "the class says vendor = 'periscope', not 'other'"),
        ("periscope", "mappings.squirro.mapping:Squirro", "the bridge itself has a mapping of that name"),
    ],
)
def test_a_broken_package_is_told_of_and_breaks_no_other(site, monkeypatch, name, value, why):
    before = discovery.names()
    install(site, monkeypatch, **{name: value})
    (problem,) = discovery.broken()
    assert (problem.vendor, problem.origin) == (name, value)
    assert why in problem.why
    assert discovery.names() == before
    assert discovery.load("periscope").title == "Periscope Data"
    listed = CliRunner().invoke(main, ["mappings"])
    assert listed.exit_code == 0
    assert name in listed.output
    assert "cannot be used" in listed.output
    documents = json.loads(CliRunner().invoke(main, ["mappings", "--json"]).stdout)
    assert [each["error"] for each in documents if "error" in each] == [problem.why]


def test_a_package_that_raises_while_it_is_imported_is_told_of(site, monkeypatch):
    site.mkdir()
    (site / "raises_at_once.py").write_text("raise RuntimeError('a defect')", encoding="utf-8")
    install(site, monkeypatch, raises="raises_at_once:Raises")
    assert [problem.why for problem in discovery.broken()] == ["RuntimeError: a defect"]


def test_a_target_that_names_a_broken_package_is_told_why(site, monkeypatch):
    install(site, monkeypatch, gone="no_such_package.mapping:Gone")
    with pytest.raises(ConfigError) as wrong:
        parse({"targets": {"bugs": {"vendor": "gone", "base_url": "https://x.example", "tokens": ["t"]}}})
    assert "No module named 'no_such_package'" in str(wrong.value)


def test_of_two_packages_with_one_name_the_first_is_used(bugzilla, site, monkeypatch):
    install(site.parent / "other", monkeypatch, bugzilla="zzz:Later")
    assert discovery.load(bugzilla).title == "Bugzilla"
    assert [problem.origin for problem in discovery.broken()] == ["zzz:Later"]
