"""A configuration file for a sandbox, and the command line on it."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from mappings import sandbox as sandboxes
from mappings.sandbox import Sandbox
from tests.serving import ONE_PROCESS, free_address, served

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


def configured(sandbox: Sandbox, folder: Path) -> Path:
    """Start a sandbox and write the configuration of a bridge to it."""
    path = folder / "bridge.toml"
    settings = {**sandbox.credentials, **sandbox.options, "base_url": sandbox.start()}
    path.write_text(CONFIG.format(database=folder / "bridge.db", **settings), encoding="utf-8")
    return path


@pytest.fixture
def config(sandbox: Sandbox, tmp_path: Path) -> Path:
    return configured(sandbox, tmp_path)


@dataclass(frozen=True, slots=True)
class Served:
    """A bridge that is served, with its delivery worker and its vendor."""

    address: str
    process: subprocess.Popen[bytes]
    sandbox: Sandbox


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One for all tests of a file that end it no sooner than they found it: it takes seconds to start."""
    sandbox, address = sandboxes.create("periscope"), free_address()
    with served(configured(sandbox, tmp_path_factory.mktemp("running")), address, *ONE_PROCESS) as process:
        yield Served(address, process, sandbox)
    sandbox.stop()


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
