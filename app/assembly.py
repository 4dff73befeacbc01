"""From a configuration to running parts: the database and the targets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import orjson

from app.config import Config, TargetConfig
from app.directory import tokens
from app.directory.database import Database
from app.directory.volatile import Volatile, volatile
from app.provisioning.budget import Budget
from app.provisioning.catalogue import Catalogue
from app.provisioning.dialects import DIALECTS
from app.provisioning.line import Limits
from app.provisioning.resource_types import listed, published, resource_types
from app.provisioning.role_table import RoleTable
from app.provisioning.sender import CONNECT_SECONDS, Sender
from app.provisioning.target import Target
from mappings import Mapping, discovery

MARGIN_SECONDS = 5.0
"""How much longer than a call may take its place is held, should its holder have died."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """The parts that a process of the bridge works with."""

    database: Database
    targets: dict[str, Target]


def assemble(config: Config) -> Bridge:
    """Build the parts. Nothing is connected to yet."""
    database = Database(config.server.database_url)
    shared = volatile(database)
    return Bridge(database, {name: target(settings, shared) for name, settings in config.targets.items()})


def target(config: TargetConfig, shared: Volatile) -> Target:
    """Build one target with its mapping, its sender and its share of what all processes share."""
    mapping = discovery.load(config.vendor)(config.settings)
    budget = Budget(config.name, shared, _limits(config, mapping))
    verify: bool | str = config.ca_bundle or True
    types = resource_types(mapping)
    table = RoleTable(config.role_table, types["User"])
    shown = published(mapping, types, config.role_schemas)
    return Target(
        name=config.name,
        fingerprint=_fingerprint(config),
        mapping=mapping,
        table=table,
        catalogue=Catalogue(mapping, table.roles),
        sender=Sender(config.name, mapping, config.base_url, budget, timeout=config.timeout, verify=verify),
        budget=budget,
        dialect=DIALECTS[config.idp],
        on_outage=config.on_outage,
        adopt=config.adopt,
        tokens={tokens.digest(token): f"tokens[{index}]" for index, token in enumerate(config.tokens)},
        types=types,
        published=shown,
        listed=listed(types, shown, config.role_schemas),
    )


def _limits(config: TargetConfig, mapping: Mapping) -> Limits:
    rate = config.rate or mapping.rate
    return Limits(
        most=config.concurrency or mapping.concurrency,
        interval=1 / rate if rate else 0.0,
        hold=CONNECT_SECONDS + config.timeout + MARGIN_SECONDS,
    )


def _fingerprint(config: TargetConfig) -> str:
    """Return what tells one state of a target's options and role table from another; no secret is in it."""
    rows = [[row.precedence, row.text, row.roles, row.entitlements] for row in config.role_table]
    decisive = [config.vendor, config.settings.options, rows]
    return hashlib.sha256(orjson.dumps(decisive, option=orjson.OPT_SORT_KEYS)).hexdigest()
