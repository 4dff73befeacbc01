"""What an operation touches: two that touch the same thing keep the order of the request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from app.scim.bulk.operation import Operation
from app.scim.types import Document, Json

Thing: TypeAlias = tuple[str, ...]
"""A resource by its id, a name that one resource at a time can have, or those who share names."""

NAMING = {"Users": ("username", "externalid", "emails"), "Groups": ("displayname", "externalid")}
"""The attributes by which a resource is known here or at a vendor."""
EVERYBODY: Thing = ("everybody",)
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

    Resources that have, had or are given one name anywhere in the request are a family: an operation that deletes
    or renames one gives up a name, and whoever takes that one has to come after.
    """
    families = _Families()
    for operation in operations:
        if operation.problem is None:
            documents = [operation.data, stored.get(operation.id or "", {})]
            families.unite([("id", operation.id or ""), *_names(operation.endpoint, documents)])
    return [Claims() if operation.problem else _claims(operation, families) for operation in operations]


@dataclass(frozen=True, slots=True)
class _Families:
    """Disjoint sets of things, each with one of them that stands for it."""

    above: dict[Thing, Thing] = field(default_factory=dict)

    def unite(self, things: Sequence[Thing]) -> None:
        for thing in things:
            self.above[self.head(thing)] = self.head(things[0])

    def head(self, thing: Thing) -> Thing:
        path = [thing]
        while self.above.setdefault(path[-1], path[-1]) != path[-1]:
            path.append(self.above[path[-1]])
        self.above.update(dict.fromkeys(path, path[-1]))
        return path[-1]


def _claims(operation: Operation, families: _Families) -> Claims:
    thing = ("id", operation.id or "")
    writes = {thing, ("family of", *families.head(thing))}
    texts = list(_texts(operation.data))
    mentioned = (("id", token) for text in texts for token in TOKENS.findall(text))
    reads: set[Thing] = {other for other in mentioned if other in families.above}
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
