"""marshmallow fields for the data types of RFC 7643 §2.3, and the schemas made of them."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from app.scim.attributes import Attribute
from app.scim.normalise import as_truth
from app.scim.types import Document

URL_SAFE = str.maketrans("-_", "+/")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")

NOT_ENFORCED = frozenset({"active"})
"""Declared required for the sake of conformance testers, and not asked for: a create without it is fine."""


def text(value: object) -> str:
    """Take a string that can be stored: PostgreSQL refuses NUL, and UTF-8 has no lone surrogates."""
    if not isinstance(value, str):
        raise ValidationError("must be a string")
    if not is_storable(value):
        raise ValidationError("contains a character that cannot be stored")
    return value


def is_storable(value: str) -> bool:
    """Tell whether every database and every JSON reader can hold the text."""
    return UNSTORABLE.search(value) is None


def truth(value: Any) -> bool:
    """Take a boolean, also as "True" or "false"."""
    truth_value = as_truth(value)
    if not isinstance(truth_value, bool):
        raise ValidationError("must be true or false")
    return truth_value


def integer(value: object) -> int:
    """Take an integer of 64 bits, the most that a database and a JSON writer hold."""
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise ValidationError("must be an integer of 64 bits")
    return value


def decimal(value: object) -> float:
    """Take a finite number."""
    if isinstance(value, float) and math.isfinite(value):
        return value
    try:
        return integer(value)
    except ValidationError:
        raise ValidationError("must be a number") from None


def instant(value: object) -> str:
    """Take a dateTime; it is kept as it was written."""
    written = text(value)
    try:
        datetime.fromisoformat(written)
    except ValueError:
        raise ValidationError("must be a date and time such as 2030-01-31T12:00:00Z") from None
    return written


def binary(value: object) -> str:
    """Take what is encoded in base64, in either alphabet; it is kept as it was written (RFC 7643 §2.3.6)."""
    written = text(value)
    try:
        base64.b64decode("".join(written.split()).translate(URL_SAFE), validate=True)
    except ValueError:
        raise ValidationError("must be base64") from None
    return written


CHECKS: Mapping[str, Callable[[object], Any]] = {
    "string": text,
    "reference": text,
    "binary": binary,
    "boolean": truth,
    "integer": integer,
    "decimal": decimal,
    "dateTime": instant,
}


class Simple(fields.Field[Any]):
    """A value of one of the simple types."""

    def __init__(self, attribute: Attribute, **traits: Any) -> None:
        super().__init__(**traits)
        self.check = CHECKS[attribute.type]
        self.choices: Collection[str] = attribute.canonical_values if attribute.closed else ()
        self.takes_numbers = attribute.takes_numbers

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        is_number = self.takes_numbers and isinstance(value, int) and not isinstance(value, bool)
        checked = self.check(str(value) if is_number else value)
        if self.required and isinstance(checked, str) and not checked.strip():
            raise ValidationError("must not be empty")
        if self.choices and checked not in self.choices:
            raise ValidationError(f"must be one of {', '.join(self.choices)}")
        return checked


class Values(fields.List[Any]):
    """The entries of a multi-valued attribute, of which one at most is primary (RFC 7643 §2.4)."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> list[Any]:
        entries = super()._deserialize(*args, **kwargs)
        if sum(isinstance(entry, dict) and entry.get("primary") is True for entry in entries) > 1:
            raise ValidationError("has more than one primary value")
        return entries


class ObjectSchema(Schema):
    """A complex value, an extension or a resource."""

    error_messages = {"type": "must be an object"}  # noqa: RUF012 - an instance variable in the base

    class Meta:
        """Unknown attributes were dropped before."""

        unknown = EXCLUDE


def schema_for(attributes: Iterable[Attribute]) -> Schema:
    """Make the marshmallow schema of an object with these attributes."""
    return ObjectSchema.from_dict({attribute.name: _field(attribute) for attribute in attributes})()


def _field(attribute: Attribute) -> fields.Field[Any]:
    is_required = attribute.required and attribute.name not in NOT_ENFORCED
    traits: Document = {"required": is_required, "error_messages": {"required": "is required"}}
    if attribute.multi_valued:
        return Values(_single(attribute, {}), **traits)
    return _single(attribute, traits)


def _single(attribute: Attribute, traits: Document) -> fields.Field[Any]:
    if attribute.is_complex:
        return fields.Nested(schema_for(attribute.sub_attributes), **traits)
    return Simple(attribute, **traits)
