"""The tables of the file, and how what is wrong with one is said."""

from __future__ import annotations

import ipaddress
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates, validates_schema
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.config.model import DEFAULT_DATABASE
from app.provisioning.dialects import DIALECTS
from app.scim.catalogue import ROLE_SCHEMAS
from mappings import Setting

MOST_CALLS = 64
"""As ``concurrency``: each is a thread."""
KINDS: dict[type, type[fields.Field[Any]]] = {str: fields.String, bool: fields.Boolean, int: fields.Integer}


class Strict(Schema):
    """A table that refuses keys it does not know."""

    class Meta:
        """Refuse them."""

        unknown = RAISE


class Server(Strict):
    """``[server]``."""

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


class Target(Strict):
    """``[targets.NAME]``, but for what only the mapping knows."""

    vendor = fields.String(required=True)
    idp = fields.String(load_default="generic", validate=validate.OneOf(sorted(DIALECTS)))
    tokens = fields.List(fields.String(validate=validate.Length(min=1)), load_default=list)
    base_url = fields.Url(required=True, require_tld=False, schemes={"http", "https"})
    on_outage = fields.String(load_default="refuse", validate=validate.OneOf(["refuse", "queue"]))
    adopt = fields.String(load_default="never", validate=validate.OneOf(["never", "equal", "always"]))
    timeout = fields.Float(load_default=10.0, validate=validate.Range(min=0.1, max=20))
    concurrency = fields.Integer(load_default=None, strict=True, validate=validate.Range(min=1, max=MOST_CALLS))
    rate = fields.Float(load_default=None, validate=validate.Range(min=0.01, max=1000))
    ca_bundle = fields.String(load_default=None)
    credentials = fields.Dict(load_default=dict)
    options = fields.Dict(load_default=dict)
    role_table = fields.List(fields.Dict(), load_default=list)
    role_schemas = fields.String(load_default="unlisted", validate=validate.OneOf(list(ROLE_SCHEMAS)))


class RoleRow(Strict):
    """One row of ``[[targets.NAME.role_table]]``."""

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


def schema_of(settings: tuple[Setting, ...]) -> Schema:
    """Return the table of a mapping's settings."""
    return Strict.from_dict({setting.name: _field(setting) for setting in settings})()


def _field(setting: Setting) -> fields.Field[Any]:
    rules: list[Any] = [validate.OneOf(setting.choices)] if setting.choices else []
    if setting.required and setting.kind is str:
        rules.append(validate.Length(min=1, error="must not be empty"))
    presence: dict[str, Any] = {"required": True} if setting.required else {"load_default": setting.default}
    if setting.kind is list:
        return fields.List(fields.String(), **presence)
    return KINDS[setting.kind](validate=rules, **presence)


def load(schema: Schema, table: Any, path: str, problems: list[str]) -> dict[str, Any]:
    """Check a table and fill in its defaults; ``problems`` is told what is wrong, by the key's full path."""
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
