"""The worked example as an installed package: a small vendor to run the contract on."""

from pathlib import Path

import pytest

from tests.mappings.packages import installed_copy

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "teamdesk"


@pytest.fixture
def teamdesk(tmp_path, monkeypatch):
    with installed_copy(EXAMPLE, "teamdesk", tmp_path, monkeypatch) as vendor:
        yield vendor
