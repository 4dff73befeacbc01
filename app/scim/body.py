"""Bodies as they come over the wire: bytes -> JSON, of which every object means one thing."""

from __future__ import annotations

import json
from codecs import BOM_UTF8

import orjson

from app.scim.errors import InvalidSyntax
from app.scim.types import Json

SHOWN = 100
"""Characters of a name in an error."""


def decode(sent: bytes) -> Json:
    """Read strict JSON in UTF-8, with or without a byte order mark (RFC 8259). Raises InvalidSyntax.

    A name that stands twice in one object, however deep, has no one meaning: `active: false, active: true`
    is refused. `validation` sees to names that differ in case.
    """
    text = sent.removeprefix(BOM_UTF8)
    if not text.strip():
        raise InvalidSyntax("The body is empty: it must be a JSON object.")
    try:
        found: Json = orjson.loads(text)
    except orjson.JSONDecodeError as broken:
        raise InvalidSyntax(f"The body is not JSON: {_reason(text, broken)}.") from None
    _refuse_duplicates(text)
    return found


def _reason(text: bytes, broken: orjson.JSONDecodeError) -> str:
    try:
        text.decode()
    except UnicodeDecodeError as wrong:
        return f"it is not UTF-8 (byte {wrong.start})"
    return str(broken)


def _refuse_duplicates(text: bytes) -> None:
    """Read it again for the names alone: numbers of any length are left as they are written."""
    try:
        json.loads(text, object_pairs_hook=_unique, parse_int=str, parse_float=str)
    except RecursionError:
        raise InvalidSyntax("The body is nested too deeply.") from None


def _unique(pairs: list[tuple[str, None]]) -> None:
    names: set[str] = set()
    for name, _ in pairs:
        if name in names:
            raise InvalidSyntax(f"The name {name[:SHOWN]!r} stands more than once in one object.")
        names.add(name)


def folded(given: dict[str, Json]) -> dict[str, Json]:
    """Give the members of a message by their case-folded names. Raises InvalidSyntax where two are one."""
    members: dict[str, Json] = {}
    for name, value in given.items():
        if name.casefold() in members:
            raise InvalidSyntax(f"{name[:SHOWN]!r} is given more than once.")
        members[name.casefold()] = value
    return members


def members_of(value: object, what: str) -> dict[str, Json]:
    """Give the members of a message that must be an object, by their case-folded names. Raises InvalidSyntax."""
    if not isinstance(value, dict):
        raise InvalidSyntax(f"{what} must be a JSON object.")
    return folded(value)
