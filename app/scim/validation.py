"""From a request body to a canonical document (RFC 7644 §3.3, §3.5.1).

Formats and canonical values are not checked: RFC 7643 lets a server be lenient there, and Entra's validator
sends random words as locale, profileUrl and role type.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import lru_cache

from marshmallow import Schema, ValidationError

from app.scim.errors import InvalidSyntax, InvalidValue, MutabilityError
from app.scim.fields import schema_for
from app.scim.normalise import normalise_resource
from app.scim.resource_type import AttributePath, ResourceType
from app.scim.types import Document


def parse_resource(body: object, resource_type: ResourceType) -> Document:
    """Validate and normalise the body of a POST or PUT.

    ReadOnly and unknown attributes are dropped, and what is empty is absent. A `password` is in the result:
    the caller takes it out before the document goes anywhere. Raises InvalidSyntax and InvalidValue.
    """
    return _parse(body, resource_type, keep_read_only=False)


def revalidate(document: Document, resource_type: ResourceType) -> Document:
    """Validate and normalise a resource of our own after a change: readOnly attributes stay."""
    return _parse(document, resource_type, keep_read_only=True)


def _parse(body: object, resource_type: ResourceType, *, keep_read_only: bool) -> Document:
    if not isinstance(body, dict) or not all(isinstance(key, str) for key in body):
        raise InvalidSyntax("The body must be a JSON object.")
    normal = normalise_resource(body, resource_type, keep_read_only=keep_read_only)
    core, extensions = _validators(resource_type)
    loaded = _load(core, normal)
    given = {urn: _load(schema, normal[urn], urn) for urn, schema in extensions.items() if urn in normal}
    _refuse_length(loaded)
    return {**loaded, **given}


@lru_cache(maxsize=64)
def _validators(resource_type: ResourceType) -> tuple[Schema, Mapping[str, Schema]]:
    """One for the core and one for each extension: marshmallow takes the dot in a URN for a path."""
    extensions = {each.id: schema_for(each.attributes) for each in resource_type.extensions}
    return schema_for(resource_type.attributes.values()), extensions


LONGEST = 256
"""Characters of what resources are found by: more may be more bytes than a database's index takes."""
FOUND_BY = ("userName", "displayName", "externalId")


def _refuse_length(document: Document) -> None:
    """Raise InvalidValue where an attribute that resources are found by is too long for any index."""
    values = [(name, document.get(name)) for name in FOUND_BY]
    values += [("emails.value", email.get("value")) for email in document.get("emails", ())]
    for name, value in values:
        if isinstance(value, str) and len(value) > LONGEST:
            raise InvalidValue(f"{name} is longer than {LONGEST} characters.")


def _load(schema: Schema, value: object, urn: str = "") -> Document:
    try:
        loaded: Document = schema.load(value)  # type: ignore[arg-type]  # it reports what is no object
    except ValidationError as error:
        sentences = (_within(urn, sentence) for sentence in _sentences(error.messages))
        raise InvalidValue("; ".join(sentences) + ".") from None
    return loaded


def _sentences(messages: object, path: str = "") -> Iterator[str]:
    """Flatten marshmallow's tree of messages to `.emails[0].value must be a string`."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from _sentences(below, path + _step(key))
    elif isinstance(messages, list):
        yield from (f"{path} {message}" for message in messages)


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return "" if key == "_schema" else f".{key}"


def _within(urn: str, sentence: str) -> str:
    """Put the extension's URN before a path in it."""
    return f"{urn}:{sentence[1:]}" if urn and sentence.startswith(".") else f"{urn}{sentence.lstrip('.')}"


def replaced(before: Document, after: Document, resource_type: ResourceType) -> Document:
    """Give what a PUT makes of a resource: what is left out is cleared, unless it is immutable and has a value.

    Raises MutabilityError where an immutable attribute is given another value (RFC 7644 §3.5.1).
    """
    result = copy.deepcopy(after)
    for path in resource_type.immutable:
        old = _value(before, path)
        if old is not None and _value(result, path) is None:
            holder = result.setdefault(path.extension, {}) if path.extension else result
            holder[path.name] = old
    refuse_immutable_changes(before, result, resource_type)
    return revalidate(result, resource_type)


def refuse_immutable_changes(before: Document, after: Document, resource_type: ResourceType) -> None:
    """Refuse a PUT or PATCH that changes an immutable attribute which has a value (RFC 7643 §7)."""
    for path in resource_type.immutable:
        old, new = (_value(document, path) for document in (before, after))
        if old is not None and old != new:
            raise MutabilityError(f"{path} is immutable: it cannot be changed once it is set.")


def _value(document: Document, path: AttributePath) -> object:
    container = document.get(path.extension, {}) if path.extension else document
    return container.get(path.name)
