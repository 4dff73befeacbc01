"""A configuration file for a sandbox, and the command line on it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from mappings import sandbox as sandboxes
from mappings.sandbox import Sandbox

CONFIG = """
[server]
database_url = "sqlite:///{database}"
[targets.analytics]
vendor = "periscope"
idp = "okta"
base_url = "{base_url}"
tokens = ["the-token"]
[targets.analytics.credentials]
site = "{site}"
api_key = "{api_key}"
[targets.analytics.options]
invited_by_email = "{invited_by_email}"
"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = sandboxes.create("periscope")
    yield running
    running.stop()


@pytest.fixture
def config(sandbox: Sandbox, tmp_path: Path) -> Path:
    path = tmp_path / "bridge.toml"
    settings = {**sandbox.credentials, **sandbox.options, "base_url": sandbox.start()}
    path.write_text(CONFIG.format(database=tmp_path / "bridge.db", **settings), encoding="utf-8")
    return path


@pytest.fixture
def bridge(config: Path) -> Callable[..., Result]:
    def command(*arguments: str, exits: int = 0) -> Result:
        result = CliRunner().invoke(main, ["--config", str(config), *arguments])
        assert result.exit_code == exits, result.output
        return result

    return command


@pytest.fixture
def answer(bridge: Callable[..., Result]) -> Callable[..., object]:
    def command(*arguments: str, exits: int = 0) -> object:
        return json.loads(bridge(*arguments, "--json", exits=exits).stdout)

    return command
