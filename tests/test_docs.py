"""The manual against the code: what can be configured, run, watched and answered is in it."""

import re
from pathlib import Path

import pytest

from app.cli import main
from app.config.tables import Server, Target
from app.provisioning.dialects import DIALECTS
from app.scim import errors
from app.web.metrics import GAUGES

DOCS = Path(__file__).parent.parent / "docs"
OPERATIONS = (DOCS / "operations.md").read_text(encoding="utf-8")


def subclasses(kind):
    return {kind, *(each for sub in kind.__subclasses__() for each in subclasses(sub))}


def test_every_configuration_key_is_explained():
    keys = {*Server().fields, *Target().fields}
    assert [key for key in sorted(keys) if f"`{key}`" not in OPERATIONS] == []


def test_every_identity_provider_dialect_is_named():
    assert [name for name in DIALECTS if f"`{name}`" not in OPERATIONS] == []


def test_every_metric_is_explained():
    assert [metric for metric, _ in GAUGES.values() if f"`{metric}`" not in OPERATIONS] == []


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
