"""`sortBy` and `sortOrder`: one total order of resources (RFC 7644 §3.4.2.3).

Ascending, a resource stands by its sort key, those without one last, then by when it was created and by its id.
Descending is the same order read backwards, so those without a key come first. Without `sortBy`, kinds stand in
the order in which they are asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from app.scim.attributes import Attribute
from app.scim.errors import InvalidValue
from app.scim.filter.evaluate import as_instant
from app.scim.normalise import is_empty
from app.scim.resource_type import AttributePath, ResourceType
from app.scim.types import Document

Key: TypeAlias = str | bool | int | float | None
"""What a resource is sorted by; None: it has no value there."""

ORDERS: Mapping[str, bool] = {"ascending": False, "descending": True}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a resource stands in an order: the sort key decides, then the time of creation, then the id."""

    key: Key
    created: float
    id: str

    @property
    def rank(self) -> tuple[bool, Key, float, str]:
        """What compares as the positions do, ascending."""
        return (self.key is None, self.key, self.created, self.id)


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: by an attribute of each kind that has it, or by kind alone."""

    kinds: tuple[str, ...]
    descending: bool = False
    paths: Mapping[str, AttributePath] = field(default_factory=dict)
    attributes: Mapping[str, Attribute] = field(default_factory=dict)

    def key(self, kind: str, document: Document) -> Key:
        """Give what a resource of that kind is sorted by."""
        if not self.paths:
            return self.kinds.index(kind)
        return sort_key(document, self.paths[kind], self.attributes[kind]) if kind in self.paths else None

    def takes(self, key: object) -> bool:
        """Tell whether this could be the sort key of some resource, so that the keys compare with it."""
        if not self.paths:
            return type(key) is int and key in range(len(self.kinds))
        return key is None or any(_FAMILIES[each.type].takes(key) for each in self.attributes.values())

    def __str__(self) -> str:
        by = ",".join(f"{kind}:{path}" for kind, path in sorted(self.paths.items()))
        return f"{by} {self.descending}"


def parse_order(sort_by: str | None, sort_order: str | None, types: Sequence[ResourceType]) -> Order:
    """Read `sortBy`, in any spelling of some type's attribute, and `sortOrder`, in any case.

    A kind that has no such attribute is sorted like resources that have no value of it. Raises InvalidValue.
    """
    descending = ORDERS.get((sort_order or "ascending").casefold())
    if descending is None:
        raise InvalidValue("sortOrder must be ascending or descending.")
    kinds = tuple(each.name for each in types)
    if not sort_by:
        return Order(kinds)
    found = {each.name: each.resolve(sort_by) for each in types}
    paths = {each.name: _sortable(each, path) for each in types if (path := found[each.name])}
    if not paths:
        raise InvalidValue(f"sortBy: there is no attribute {sort_by}.")
    attributes = {each.name: attribute for each in types if (attribute := each.find(paths.get(each.name, "")))}
    if len({_FAMILIES[each.type].name for each in attributes.values()}) > 1:
        raise InvalidValue(f"sortBy: {sort_by} has not the same type in {' and '.join(attributes)}.")
    return Order(kinds, descending, paths, attributes)


def sort_key(document: Document, path: AttributePath, attribute: Attribute) -> Key:
    """Give what a resource is sorted by: of several values the primary one, else the first."""
    container = document.get(path.extension, {}) if path.extension else document
    value = _one(container.get(path.name))
    if path.sub is not None:
        value = _one(value.get(path.sub)) if isinstance(value, dict) else None
    return None if is_empty(value) else _FAMILIES[attribute.type].key(value, attribute)


def _sortable(type_: ResourceType, path: AttributePath) -> AttributePath:
    whole = AttributePath(path.name, None, path.extension)
    attribute = type_.find(path)
    if attribute is not None and attribute.is_complex:
        value = attribute.sub("value")
        if value is None:
            raise InvalidValue(f"sortBy: {path} is complex, so name one of its sub-attributes.")
        path, attribute = AttributePath(path.name, value.name, path.extension), value
    if any(each is None or each.returned == "never" for each in (attribute, type_.find(whole))):
        raise InvalidValue(f"sortBy: {path} is never shown.")
    return path


def _one(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    primary = (each for each in value if isinstance(each, dict) and each.get("primary") is True)
    return next(primary, next((each for each in value if not is_empty(each)), None))


# -- keys by type; a value that is not of its type counts as none


def _text(value: Any, attribute: Attribute) -> Key:
    if not isinstance(value, str):
        return None
    return value if attribute.case_exact else value.casefold()


def _truth(value: Any, _attribute: Attribute) -> Key:
    return value if isinstance(value, bool) else None


def _number(value: Any, _attribute: Attribute) -> Key:
    return value if _is_number(value) else None


def _microseconds(value: Any, _attribute: Attribute) -> Key:
    instant = as_instant(value)
    return None if instant is None else (instant - EPOCH) // timedelta(microseconds=1)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


@dataclass(frozen=True, slots=True)
class _Family:
    """Types whose keys compare with each other."""

    name: str
    key: Callable[[Any, Attribute], Key]
    takes: Callable[[object], bool]


_TEXT = _Family("text", _text, lambda key: isinstance(key, str))
_NUMBER = _Family("number", _number, _is_number)
_FAMILIES: Mapping[str, _Family] = {
    "string": _TEXT,
    "reference": _TEXT,
    "binary": _TEXT,
    "boolean": _Family("truth", _truth, lambda key: isinstance(key, bool)),
    "integer": _NUMBER,
    "decimal": _NUMBER,
    "dateTime": _Family("instant", _microseconds, _is_number),
}
