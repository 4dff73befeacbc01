"""The manual against the code: what can be configured, run, watched and answered is in it."""

import re
from pathlib import Path

import pytest

from app.cli import main
from app.config.tables import Server, Target
from app.provisioning.dialects import DIALECTS
from app.scim import errors
from app.scim.validation import FOUND_BY, LONGEST
from app.web.metrics import GAUGES, IN_FLIGHT
from app.web.query import NAMES
from app.web.reading import MAX_BODY

DOCS = Path(__file__).parent.parent / "docs"
SCIM = (DOCS / "SCIM.md").read_text(encoding="utf-8")
OPERATIONS = (DOCS / "operations.md").read_text(encoding="utf-8")


def subclasses(kind):
    return {kind, *(each for sub in kind.__subclasses__() for each in subclasses(sub))}


def test_every_configuration_key_is_explained():
    keys = {*Server().fields, *Target().fields}
    assert [key for key in sorted(keys) if f"`{key}`" not in OPERATIONS] == []


def test_every_identity_provider_dialect_is_named():
    assert [name for name in DIALECTS if f"`{name}`" not in OPERATIONS] == []


def test_every_parameter_and_every_limit_of_the_protocol_is_explained():
    assert [name for name in NAMES if f"`{name}`" not in SCIM] == []
    assert f"at most {MAX_BODY // 1024**2} MiB" in SCIM
    assert f"at most {LONGEST} characters" in SCIM
    assert [name for name in FOUND_BY if f"`{name}`" not in SCIM.partition("**Limits**")[2]] == []


def test_every_endpoint_is_listed(build):
    rules = [rule.rule.partition("/scim/v2/")[2] for rule in build("squirro").app.url_map.iter_rules()]
    named = {name for rule in rules for name in re.findall(r"^(\w+)|\b([A-Z]\w+)\b", rule)}
    names = {name for pair in named for name in pair if name}
    assert names >= {"Users", "Groups", "Roles", "Schemas", "Me", "Bulk"}
    assert [name for name in sorted(names) if f"`/{name}" not in SCIM.partition("## Bodies")[0]] == []


def test_every_metric_is_explained():
    assert [metric for metric, _ in (*GAUGES.values(), IN_FLIGHT) if f"`{metric}`" not in OPERATIONS] == []


def test_every_status_of_an_error_is_explained():
    statuses = {str(error.default_status) for error in subclasses(errors.ScimError)}
    rows = set(re.findall(r"\d{3}", " ".join(re.findall(r"^\| ([^|]*) \|", OPERATIONS, re.MULTILINE))))
    assert statuses - rows == set()


def test_every_command_it_shows_exists():
    shown = re.findall(r"(?:^\$ |`)scim-bridge ([a-z]+)", OPERATIONS, re.MULTILINE)
    assert shown
    assert set(shown) <= set(main.commands)


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
