"""The configuration: one TOML file, checked whole before anything starts.

``${VAR}`` and ``${VAR:-default}`` in any string come from the environment, ``file:/path`` from a file. Whatever is
wrong is said with the key's full path, all of it at once.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates, validates_schema
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.provisioning.dialects import DIALECTS
from app.provisioning.resource_types import resource_types
from app.provisioning.role_table import Row
from app.scim.catalogue import ROLE_SCHEMAS
from app.scim.errors import ScimError
from app.scim.filter import parse_filter
from mappings import Mapping, Setting, Settings, discovery

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
DEFAULT_DATABASE = "sqlite:///bridge.db"
TARGET_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
KINDS: dict[type, type[fields.Field[Any]]] = {str: fields.String, bool: fields.Boolean, int: fields.Integer}


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
    """``[targets.NAME]``. ``timeout`` is how long to wait for one vendor answer, in seconds."""

    name: str
    vendor: str
    idp: str
    tokens: tuple[str, ...]
    base_url: str
    on_outage: Literal["refuse", "queue"]
    timeout: float
    ca_bundle: str | None
    settings: Settings
    role_table: tuple[Row, ...] = ()
    role_schemas: str = "unlisted"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that the file says."""

    server: ServerConfig
    targets: dict[str, TargetConfig]


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
    known = _expanded(document, "", problems)
    problems += [f"{key}: unknown key" for key in known if key not in {"server", "targets"}]
    server = _load(_Server(), known.get("server", {}), "server", problems)
    targets = known.get("targets", {})
    if not isinstance(targets, dict) or not targets:
        problems.append("targets: at least one [targets.NAME] is needed")
        targets = {}
    loaded = {name: _target(name, table, problems) for name, table in targets.items()}
    if problems:
        raise ConfigError(_once(problems))
    return Config(_server(server), {name: target for name, target in loaded.items() if target})


# -- values


def _expanded(value: Any, path: str, problems: list[str]) -> Any:
    if isinstance(value, dict):
        return {key: _expanded(item, f"{path}.{key}" if path else key, problems) for key, item in value.items()}
    if isinstance(value, list):
        return [_expanded(item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
    return _text(value, path, problems) if isinstance(value, str) else value


def _text(value: str, path: str, problems: list[str]) -> str:
    def variable(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = os.environ.get(name) or default
        if found is None:
            problems.append(f"{path}: the environment variable {name} is not set")
        return found or ""

    text = VARIABLE.sub(variable, value)
    if not text.startswith("file:"):
        return text
    try:
        return Path(text.removeprefix("file:")).read_text(encoding="utf-8").strip()
    except OSError as missing:
        problems.append(f"{path}: {text}: {missing.strerror}")
        return ""


# -- tables


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class _Server(_Strict):
    database_url = fields.String(load_default=DEFAULT_DATABASE)
    external_url = fields.Url(require_tld=False, schemes={"http", "https"})
    trusted_proxies = fields.List(fields.String(), load_default=list)

    @validates("database_url")
    def _is_database(self, value: str, **_: Any) -> None:
        try:
            backend = make_url(value).get_backend_name()
        except ArgumentError as wrong:
            raise ValidationError("is not a database URL") from wrong
        if backend not in {"sqlite", "postgresql"}:
            raise ValidationError("must begin with sqlite:/// or postgresql+psycopg://")

    @validates("trusted_proxies")
    def _are_networks(self, value: list[str], **_: Any) -> None:
        for network in value:
            try:
                ipaddress.ip_network(network, strict=False)
            except ValueError as wrong:
                raise ValidationError(f"{network!r} is not a network such as 10.0.0.0/8") from wrong


class _Target(_Strict):
    vendor = fields.String(required=True)
    idp = fields.String(load_default="generic", validate=validate.OneOf(sorted(DIALECTS)))
    tokens = fields.List(fields.String(validate=validate.Length(min=1)), load_default=list)
    base_url = fields.Url(required=True, require_tld=False, schemes={"http", "https"})
    on_outage = fields.String(load_default="refuse", validate=validate.OneOf(["refuse", "queue"]))
    timeout = fields.Float(load_default=10.0, validate=validate.Range(min=0.1, max=20))
    ca_bundle = fields.String(load_default=None)
    credentials = fields.Dict(load_default=dict)
    options = fields.Dict(load_default=dict)
    role_table = fields.List(fields.Dict(), load_default=list)
    role_schemas = fields.String(load_default="unlisted", validate=validate.OneOf(list(ROLE_SCHEMAS)))


class _Row(_Strict):
    group = fields.String(load_default=None, validate=validate.Length(min=1))
    filter = fields.String(load_default=None, validate=validate.Length(min=1))
    roles = fields.List(fields.String(validate=validate.Length(min=1)), load_default=list)
    entitlements = fields.List(fields.String(validate=validate.Length(min=1)), load_default=list)
    precedence = fields.Integer(load_default=0, strict=True)

    @validates_schema
    def _says_who_and_what(self, row: dict[str, Any], **_: Any) -> None:
        if (row["group"] is None) == (row["filter"] is None):
            raise ValidationError("give either group or filter")
        if not (row["roles"] or row["entitlements"]):
            raise ValidationError("give roles, entitlements or both")


def _once(problems: list[str]) -> list[str]:
    """Keep the first thing said of each key: a variable that is not set is empty as well."""
    return list({problem.partition(": ")[0]: problem for problem in reversed(problems)}.values())[::-1]


def _server(loaded: dict[str, Any]) -> ServerConfig:
    url = loaded.get("external_url")
    return ServerConfig(loaded["database_url"], url and url.rstrip("/"), tuple(loaded["trusted_proxies"]))


def _target(name: str, table: Any, problems: list[str]) -> TargetConfig | None:
    path = f"targets.{name}"
    before = len(problems)
    if not TARGET_NAME.fullmatch(name):
        problems.append(f"{path}: a target's name is made of a-z, 0-9 and hyphens, since it is part of a URL")
    loaded = _load(_Target(), table, path, problems)
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
    loaded = _load(_Row(), table, path, problems)
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
    if vendor not in discovery.names():
        if isinstance(vendor, str):
            why = next((f"{each.why}; " for each in discovery.broken() if each.vendor == vendor), "")
            problems.append(f"{path}.vendor: {why}must be one of {', '.join(discovery.names())}")
        return None
    mapping = discovery.load(vendor)
    options = _load(_schema(mapping.options), table.get("options", {}), f"{path}.options", problems)
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
    return _load(_schema(needed), given, path, problems)


def _either(alternatives: tuple[tuple[Setting, ...], ...]) -> str:
    """Return the alternative sets in words."""
    return "either " + ", or ".join(" and ".join(setting.name for setting in settings) for settings in alternatives)


def _schema(settings: tuple[Setting, ...]) -> Schema:
    return _Strict.from_dict({setting.name: _field(setting) for setting in settings})()


def _field(setting: Setting) -> fields.Field[Any]:
    rules: list[Any] = [validate.OneOf(setting.choices)] if setting.choices else []
    if setting.required and setting.kind is str:
        rules.append(validate.Length(min=1, error="must not be empty"))
    presence: dict[str, Any] = {"required": True} if setting.required else {"load_default": setting.default}
    if setting.kind is list:
        return fields.List(fields.String(), **presence)
    return KINDS[setting.kind](validate=rules, **presence)


def _load(schema: Schema, table: Any, path: str, problems: list[str]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(table)
    except ValidationError as wrong:
        problems += _sentences(wrong.messages, path)
        return {}
    return loaded


def _sentences(messages: Any, path: str) -> list[str]:
    if isinstance(messages, dict):
        return [
            sentence
            for key, inner in messages.items()
            for sentence in _sentences(inner, path if key == "_schema" else f"{path}.{key}")
        ]
    return [f"{path}: {_sentence(message)}" for message in messages]


def _sentence(message: str) -> str:
    """Return one of the validation library's messages in our voice."""
    return SAID.get(message, message[:1].lower() + message[1:].rstrip("."))


SAID = {
    "Not a valid string.": "must be a string",
    "Not a valid boolean.": "must be true or false",
    "Not a valid list.": "must be a list",
    "Not a valid number.": "must be a number",
    "Not a valid integer.": "must be a whole number",
    "Not a valid mapping type.": "must be a table",
    "Not a valid URL.": "must be an http or https URL",
    "Shorter than minimum length 1.": "must not be empty",
    "Unknown field.": "unknown key",
    "Missing data for required field.": "is missing",
    "Field may not be null.": "must not be empty",
}
"""The validation library's words that are not ours."""
