"""The configuration: one TOML file, checked whole before anything starts.

``${VAR}`` and ``${VAR:-default}`` in any string come from the environment, ``file:/path`` from a file. Whatever is
wrong is said with the key's full path, all of it at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as MappingABC
from pathlib import Path
from typing import Any

from app.config.model import Config, ConfigError, ServerConfig, TargetConfig
from app.config.tables import Server, load
from app.config.targets import target
from app.config.variables import expanded

__all__ = ["Config", "ConfigError", "ServerConfig", "TargetConfig", "parse", "read"]


def read(path: str | Path) -> Config:
    """Read a configuration file. Raises :class:`ConfigError`."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as missing:
        hint = "name another with --config; README.md shows one, and 'scim-bridge demo' needs none"
        raise ConfigError([f"{path}: {missing.strerror}", hint]) from missing
    try:
        return parse(tomllib.loads(text))
    except tomllib.TOMLDecodeError as broken:
        raise ConfigError([f"{path}: not TOML: {broken}"]) from broken


def parse(document: MappingABC[str, Any]) -> Config:
    """Check a parsed file and fill in the defaults. Raises :class:`ConfigError` with every problem found."""
    problems: list[str] = []
    known = expanded(document, "", problems)
    problems += [f"{key}: unknown key" for key in known if key not in {"server", "targets"}]
    server = load(Server(), known.get("server", {}), "server", problems)
    targets = known.get("targets", {})
    if not isinstance(targets, dict) or not targets:
        problems.append("targets: at least one [targets.NAME] is needed")
        targets = {}
    loaded = {name: target(name, table, problems) for name, table in targets.items()}
    if problems:
        raise ConfigError(_once(problems))
    return Config(_server(server), {name: each for name, each in loaded.items() if each})


def _once(problems: list[str]) -> list[str]:
    """Keep the first thing said of each key: a variable that is not set is empty as well."""
    return list({problem.partition(": ")[0]: problem for problem in reversed(problems)}.values())[::-1]


def _server(loaded: dict[str, Any]) -> ServerConfig:
    url = loaded.get("external_url")
    return ServerConfig(loaded["database_url"], url and url.rstrip("/"), tuple(loaded["trusted_proxies"]))
