"""``compose.yaml`` as far as it can be judged without an engine: its commands, its files, its configuration."""

import re
import tomllib
from pathlib import Path

import click
import pytest
import yaml

from app.cli import main
from app.cli.serve import GRACE_SECONDS
from app.config import parse

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "examples" / "compose"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
BRIDGES = {name: service for name, service in SERVICES.items() if service["image"] == "scim-bridge"}
ENVIRONMENT = dict(
    line.split("=", 1) for line in (EXAMPLES / "env.example").read_text().splitlines() if line[0] != "#"
)
BALANCER = (EXAMPLES / "haproxy.cfg").read_text(encoding="utf-8")


def options(command):
    """What the command line makes of a service's command."""
    name, *arguments = command
    with click.Context(main) as context:
        return main.get_command(context, name).make_context(name, arguments, resilient_parsing=False).params


def test_two_bridges_are_stopped_no_sooner_than_they_have_drained_and_finished():
    assert len(BRIDGES) == 2
    for service in BRIDGES.values():
        given = options(service["command"])
        assert given["bind"] == "0.0.0.0:8080"
        grace = int(re.fullmatch(r"(\d+)s", service["stop_grace_period"])[1])
        assert grace > given["drain"] + GRACE_SECONDS


def test_the_balancer_knows_of_a_stop_before_the_port_closes():
    inter, fall = map(int, re.search(r"inter (\d+)s fall (\d+)", BALANCER).groups())
    assert all(options(service["command"])["drain"] > inter * (fall + 1) for service in BRIDGES.values())
    assert set(re.findall(r"^ +server (\S+) ", BALANCER, re.MULTILINE)) == set(BRIDGES)
    assert "uri /readyz" in BALANCER


def test_every_file_that_is_mounted_and_every_service_that_is_waited_for_exists():
    named = set(COMPOSE["volumes"])
    for service in SERVICES.values():
        sources = [volume.split(":")[0] for volume in service.get("volumes", ())]
        assert all(source in named or (ROOT / source).is_file() for source in sources)
        assert set(service.get("depends_on", ())) <= set(SERVICES)


def test_only_the_balancer_is_published():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["balancer"]


def test_the_configuration_it_mounts_is_accepted_with_the_example_environment(monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    config = parse(tomllib.loads((EXAMPLES / "bridge.toml").read_text(encoding="utf-8")))
    assert config.server.database_url == "postgresql+psycopg://bridge:change-me@db/bridge"
    database = SERVICES["db"]["environment"]
    assert (database["POSTGRES_USER"], database["POSTGRES_DB"]) == ("bridge", "bridge")


def test_every_variable_it_needs_is_in_the_example():
    text = (ROOT / "compose.yaml").read_text() + (EXAMPLES / "bridge.toml").read_text()
    assert set(re.findall(r"\$\{(\w+)", text)) == set(ENVIRONMENT)


@pytest.mark.parametrize(
    "path", ["/analytics/scim/v2", "/analytics/scim/v2/Users", "/metrics", "/readyz", "/console"]
)
def test_the_balancer_publishes_scim_and_nothing_else(path):
    rule = re.search(r"path_reg (\S+) }", BALANCER)[1]
    assert bool(re.match(rule, path)) == ("scim" in path)
