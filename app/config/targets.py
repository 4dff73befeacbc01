"""One target: its own keys, and what only its mapping knows of its settings and role table."""

from __future__ import annotations

import re
from typing import Any

from app.config.model import TargetConfig
from app.config.tables import RoleRow, Target, load, schema_of
from app.provisioning.resource_types import resource_types
from app.provisioning.role_table import Row
from app.scim.errors import ScimError
from app.scim.filter import parse_filter
from mappings import Mapping, Setting, Settings, discovery

TARGET_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def target(name: str, table: Any, problems: list[str]) -> TargetConfig | None:
    """Check one target; ``None`` if ``problems`` has been told of some."""
    path = f"targets.{name}"
    before = len(problems)
    if not TARGET_NAME.fullmatch(name):
        problems.append(f"{path}: a target's name is made of a-z, 0-9 and hyphens, since it is part of a URL")
    loaded = load(Target(), table, path, problems)
    settings = _settings(table, path, problems) if isinstance(table, dict) else None
    if len(problems) > before or settings is None:
        return None
    mapping = _mapping(loaded["vendor"], settings, f"{path}.options", problems)
    rows = _rows(mapping, loaded["role_table"], f"{path}.role_table", problems) if mapping else ()
    elsewhere = {"tokens", "credentials", "options", "role_table"}
    own = {key: value for key, value in loaded.items() if key not in elsewhere}
    return TargetConfig(name=name, tokens=tuple(loaded["tokens"]), settings=settings, role_table=rows, **own)


def _mapping(vendor: str, settings: Settings, path: str, problems: list[str]) -> Mapping | None:
    """Build the mapping once: it may know more about its options than their types."""
    try:
        return discovery.load(vendor)(settings)
    except ValueError as wrong:
        problems.append(f"{path}: {wrong}")
        return None


def _rows(mapping: Mapping, tables: list[Any], path: str, problems: list[str]) -> tuple[Row, ...]:
    """Return the role table by precedence; rows of the same one keep their order."""
    if tables and not mapping.takes_roles:
        problems.append(f"{path}: {mapping.title} has no role or entitlement that a user could be given")
    rows = [_row(mapping, table, f"{path}[{index}]", problems) for index, table in enumerate(tables)]
    return tuple(sorted((row for row in rows if row is not None), key=lambda row: row.precedence))


def _row(mapping: Mapping, table: dict[str, Any], path: str, problems: list[str]) -> Row | None:
    loaded = load(RoleRow(), table, path, problems)
    if not loaded:
        return None
    text = loaded["filter"]
    try:
        filter_ = None if text is None else parse_filter(text, resource_types(mapping)["User"])
    except ScimError as wrong:
        problems.append(f"{path}.filter: {wrong.detail}")
        return None
    roles, entitlements = tuple(loaded["roles"]), tuple(loaded["entitlements"])
    objections = filter(None, map(mapping.objection, (*roles, *entitlements)))
    problems += [f"{path}: {objection}" for objection in objections]
    return Row(
        loaded["precedence"], roles, entitlements, loaded["group"], filter_, text or f"group {loaded['group']}"
    )


def _settings(table: dict[str, Any], path: str, problems: list[str]) -> Settings | None:
    """Check what only the mapping knows, so that one wrong key does not hide what is wrong with the others."""
    vendor = table.get("vendor")
    if not isinstance(vendor, str):
        return None
    try:
        mapping = discovery.load(vendor)
    except KeyError:
        why = next((f"{each.why}; " for each in discovery.broken() if each.vendor == vendor), "")
        problems.append(f"{path}.vendor: {why}must be one of {', '.join(discovery.names())}")
        return None
    options = load(schema_of(mapping.options), table.get("options", {}), f"{path}.options", problems)
    given = table.get("credentials", {})
    credentials = _credentials(mapping.credentials, given, f"{path}.credentials", problems)
    return Settings(credentials, options)


def _credentials(
    alternatives: tuple[tuple[Setting, ...], ...], given: Any, path: str, problems: list[str]
) -> dict[str, str]:
    """Check the one of the alternative sets that was meant: the one that names most of what is given."""
    names = set(given) if isinstance(given, dict) else set()
    sets = [{setting.name for setting in settings} for settings in alternatives]
    meant = max(range(len(sets)), key=lambda index: len(sets[index] & names))
    known = names & set().union(*sets)
    if not known <= sets[meant]:
        problems.append(f"{path}: give {_either(alternatives)}, not both")
        given = {name: value for name, value in given.items() if name in sets[meant] or name not in known}
    needed = tuple(
        Setting(s.name, s.about, s.kind, s.default, required=s.default is None) for s in alternatives[meant]
    )
    return load(schema_of(needed), given, path, problems)


def _either(alternatives: tuple[tuple[Setting, ...], ...]) -> str:
    """Return the alternative sets in words."""
    return "either " + ", or ".join(" and ".join(setting.name for setting in settings) for settings in alternatives)
