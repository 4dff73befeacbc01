"""The worked example as an installed package: a small vendor to run the contract on."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.mappings.packages import install

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "teamdesk"


@pytest.fixture
def teamdesk(tmp_path, monkeypatch):
    site = tmp_path / "site"
    shutil.copytree(EXAMPLE, site / "teamdesk_for_scim_bridge")
    install(site, monkeypatch, teamdesk="teamdesk_for_scim_bridge")
    yield "teamdesk"
    for name in [name for name in sys.modules if name.startswith("teamdesk_for_scim_bridge")]:
        del sys.modules[name]
