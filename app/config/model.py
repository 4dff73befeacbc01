"""What the configuration says, once it has been checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.provisioning.role_table import Row
from mappings import Settings

DEFAULT_DATABASE = "sqlite:///bridge.db"


class ConfigError(Exception):
    """The configuration cannot be used; ``problems`` are sentences that begin with the key's path."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """``[server]``."""

    database_url: str = DEFAULT_DATABASE
    external_url: str | None = None
    trusted_proxies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetConfig:
    """``[targets.NAME]``. ``timeout`` is how long to wait for one vendor answer, in seconds.

    ``concurrency`` is how many calls it may be sent at one time, ``rate`` how many a second; ``None``: what its
    mapping says.
    """

    name: str
    vendor: str
    idp: str
    tokens: tuple[str, ...]
    base_url: str
    on_outage: Literal["refuse", "queue"]
    adopt: Literal["never", "equal", "always"]
    timeout: float
    ca_bundle: str | None
    settings: Settings
    role_table: tuple[Row, ...] = ()
    role_schemas: str = "unlisted"
    concurrency: int | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that the file says."""

    server: ServerConfig
    targets: dict[str, TargetConfig]
