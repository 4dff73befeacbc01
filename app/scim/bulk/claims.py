"""What an operation touches: two that touch the same thing keep the order of the request."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.scim.bulk.operation import Operation
from app.scim.types import Document, Json

Thing: TypeAlias = tuple[str, str]
"""A resource by its id, or a name that one resource at a time can have."""

NAMING = {"Users": ("username", "externalid", "emails"), "Groups": ("displayname", "externalid")}
"""The attributes by which a resource is known here or at a vendor."""
EVERYBODY: Thing = ("everybody", "")
TOKENS = re.compile(r'[^"/\s\[\]]+')
QUOTED = re.compile('"[^"]*"')
BY_ID = {"value", "eq", "or"}
"""The words of a filter that chooses members by their ids."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The things that an operation changes, and those that it only depends on."""

    writes: frozenset[Thing] = frozenset()
    reads: frozenset[Thing] = frozenset()


def claims(operations: Sequence[Operation], stored: Mapping[str, Document]) -> list[Claims]:
    """Return what each operation touches; ``stored`` are the documents of the ids in paths, as they are now.

    A resource claims all names that it has or is given anywhere in the request: an operation that deletes or
    renames it gives up one of them, and whoever takes that one has to come after.
    """
    sound = [operation for operation in operations if operation.problem is None]
    names: dict[str | None, set[Thing]] = defaultdict(set)
    for operation in sound:
        document = stored.get(operation.id or "", {})
        names[operation.id].update(_names(operation.endpoint, [operation.data, document]))
    return [Claims() if operation.problem else _claims(operation, names) for operation in operations]


def _claims(operation: Operation, names: Mapping[str | None, set[Thing]]) -> Claims:
    writes = {("id", operation.id or ""), *names[operation.id]}
    texts = list(_texts(operation.data))
    reads = {("id", token) for text in texts for token in TOKENS.findall(text) if token in names}
    if operation.endpoint == "Users":
        reads.add(EVERYBODY)
    elif any(map(_chooses_by_name, texts)):
        writes.add(EVERYBODY)
    return Claims(frozenset(writes), frozenset(reads - writes))


def _names(endpoint: str, values: Iterable[Json]) -> Iterator[Thing]:
    for value in values:
        for text in _named(NAMING[endpoint], value):
            yield endpoint, text.casefold()


def _named(naming: Sequence[str], value: Json) -> Iterator[str]:
    """Find what the naming attributes are set to, in a resource as in the operations of a PATCH."""
    if isinstance(value, list):
        for item in value:
            yield from _named(naming, item)
    elif isinstance(value, dict):
        path = next((item for key, item in value.items() if key.casefold() == "path"), None)
        for key, item in value.items():
            is_patched = isinstance(path, str) and key.casefold() == "value" and _is_naming(naming, path)
            yield from _values(item) if is_patched or _is_naming(naming, key) else _named(naming, item)


def _is_naming(naming: Sequence[str], path: str) -> bool:
    """Whether a path or key is about a naming attribute; it may have a URN before, or a filter behind it."""
    return path.casefold().partition("[")[0].rpartition(":")[2].startswith(tuple(naming))


def _values(value: Json) -> Iterator[str]:
    """Find the strings of an attribute: alone, in a list, or as the ``value`` of an object."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _values(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key.casefold() == "value":
                yield from _values(item)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _chooses_by_name(text: str) -> bool:
    """Whether a path chooses members by anything but their ids, such as the names that users have by then."""
    _, bracket, filter_ = text.casefold().partition("members[")
    return bool(bracket) and not set(TOKENS.findall(QUOTED.sub("", filter_))) <= BY_ID
