"""One shape for what providers write in many: names in the schema's spelling, nothing empty, lists where due.

This runs before validation and judges nothing: a value of the wrong type is left as it is.

* Names are matched in any case (RFC 7643 §2.1); unknown attributes are dropped: Entra sends the URN of
  its own group schema and top-level `department`, Okta sends `groups` and `password`.
* null, "" and [] mean unassigned (RFC 7643 §2.5): JumpCloud sends `emails: null`, Okta `middleName: ""`.
* "True" and "False" are booleans where the attribute is one: Entra disables with `"False"`.
* An object for a list is wrapped (OneLogin), an object in a list is unwrapped (Entra's manager), a bare
  string for an object becomes its `value` (Entra's manager, plain e-mail lists).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.scim.attributes import Attribute
from app.scim.errors import InvalidSyntax
from app.scim.resource_type import ResourceType
from app.scim.types import Document, Json

TRUTH: Mapping[str, bool] = {"true": True, "false": False}


def is_empty(value: object) -> bool:
    """Tell whether a value means unassigned (RFC 7643 §2.5)."""
    return value is None or (isinstance(value, (str, list, dict)) and not value)


def normalise_resource(body: Document, resource_type: ResourceType, *, keep_read_only: bool) -> Document:
    """Fold a whole resource; extensions stand under their URNs, `schemas` lists what has values."""
    core = fold(body, resource_type.attributes, keep_read_only=keep_read_only)
    core.pop("schemas", None)
    extensions: Document = {}
    for key, value in body.items():
        schema = resource_type.extension(key)
        if schema is not None and isinstance(value, dict):
            _put(extensions, schema.id, fold(value, schema.by_name, keep_read_only=keep_read_only))
        elif schema is not None:
            _put(extensions, schema.id, value)
    given = [urn for urn in resource_type.schemas if urn in extensions]
    return {"schemas": [resource_type.schema.id, *given], **core, **extensions}


def fold(body: Mapping[str, Json], attributes: Mapping[str, Attribute], *, keep_read_only: bool) -> Document:
    """Bring the attributes of one object into the schema's spelling and shape."""
    folded: Document = {}
    for key, value in body.items():
        attribute = attributes.get(key.casefold())
        if attribute is not None and (keep_read_only or not attribute.is_read_only):
            _put(folded, attribute.name, shape(attribute, value, keep_read_only=keep_read_only))
    return folded


def _put(document: Document, name: str, value: Json) -> None:
    """Set what is not empty; a name given twice in different case has no one meaning."""
    if is_empty(value):
        return
    if name in document:
        raise InvalidSyntax(f"The attribute {name} is given more than once.")
    document[name] = value


def shape(attribute: Attribute, value: Json, *, keep_read_only: bool = False) -> Json:
    """Bring one attribute's value into shape; what comes out empty is unassigned."""
    if attribute.multi_valued:
        return shape_all(attribute, value, keep_read_only=keep_read_only)
    if attribute.is_complex and isinstance(value, list) and len(value) == 1:
        value = value[0]
    return shape_one(attribute, value, keep_read_only=keep_read_only)


def shape_all(attribute: Attribute, value: Json, *, keep_read_only: bool = False) -> list[Json]:
    """Bring the entries of a multi-valued attribute into shape, each of them once."""
    items = value if isinstance(value, list) else [value]
    shaped = (shape_one(attribute, item, keep_read_only=keep_read_only) for item in items)
    return unique([item for item in shaped if not is_empty(item)])


def as_truth(value: Json) -> Json:
    """Turn "True" and "False", as Entra writes them, into booleans; leave the rest."""
    return TRUTH.get(value.casefold(), value) if isinstance(value, str) else value


def shape_one(attribute: Attribute, value: Json, *, keep_read_only: bool = False) -> Json:
    """Bring one entry of a multi-valued attribute, or the value of another, into shape."""
    if attribute.type == "boolean":
        return as_truth(value)
    if not attribute.is_complex:
        return value
    if isinstance(value, str) and value and attribute.sub("value"):
        value = {"value": value}
    if isinstance(value, dict):
        return fold(value, attribute.by_name, keep_read_only=keep_read_only)
    return value


def unique(items: list[Json]) -> list[Json]:
    """Drop entries that are there already, keeping the order."""
    return list({fingerprint(item): item for item in reversed(items)}.values())[::-1]


def fingerprint(value: Json) -> str:
    """Give equal JSON values one text, whatever the order of their keys."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, sort_keys=True)
    except RecursionError:
        raise InvalidSyntax("The body is nested too deeply.") from None
