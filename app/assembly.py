"""From a configuration to running parts: the database and the targets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import orjson

from app.config import Config, TargetConfig
from app.directory import tokens
from app.directory.database import Database
from app.provisioning.catalogue import Catalogue
from app.provisioning.dialects import DIALECTS
from app.provisioning.resource_types import listed, published, resource_types
from app.provisioning.role_table import RoleTable
from app.provisioning.sender import Sender
from app.provisioning.target import Target
from mappings import discovery


@dataclass(frozen=True, slots=True)
class Bridge:
    """The parts that a process of the bridge works with."""

    database: Database
    targets: dict[str, Target]


def assemble(config: Config) -> Bridge:
    """Build the parts. Nothing is connected to yet."""
    database = Database(config.server.database_url)
    return Bridge(database, {name: target(settings) for name, settings in config.targets.items()})


def target(config: TargetConfig) -> Target:
    """Build one target with its mapping and its sender."""
    mapping = discovery.load(config.vendor)(config.settings)
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
        sender=Sender(config.name, mapping, config.base_url, timeout=config.timeout, verify=verify),
        dialect=DIALECTS[config.idp],
        on_outage=config.on_outage,
        adopt=config.adopt,
        tokens={tokens.digest(token): f"tokens[{index}]" for index, token in enumerate(config.tokens)},
        types=types,
        published=shown,
        listed=listed(types, shown, config.role_schemas),
    )


def _fingerprint(config: TargetConfig) -> str:
    """Return what tells one state of a target's options and role table from another; no secret is in it."""
    rows = [[row.precedence, row.text, row.roles, row.entitlements] for row in config.role_table]
    decisive = [config.vendor, config.settings.options, rows]
    return hashlib.sha256(orjson.dumps(decisive, option=orjson.OPT_SORT_KEYS)).hexdigest()
