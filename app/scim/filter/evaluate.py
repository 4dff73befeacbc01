"""Whether a document satisfies a filter (RFC 7644 §3.4.2.2).

A comparison asks whether some value compares so; one with a missing attribute is false. `ne` is no comparison
here: it has been read as `not (x eq y)`, true where the attribute is missing (docs/decisions/0012).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from app.scim.attributes import Attribute
from app.scim.filter.scope import EntryScope, Scope
from app.scim.filter.tree import And, Comparison, Filter, Not, Or, Present, ValuePath
from app.scim.normalise import is_empty
from app.scim.resource_type import AttributePath, ResourceType
from app.scim.types import Document

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
    "co": operator.contains,
    "sw": str.startswith,
    "ew": str.endswith,
}


def matches(filter: Filter, document: Document, resource_type: ResourceType) -> bool:  # noqa: A002
    """Tell whether a resource satisfies the filter; an attribute that its type does not have is missing."""
    return evaluate(filter, document, resource_type)


def entry_matches(filter: Filter, entry: Any, attribute: Attribute) -> bool:  # noqa: A002
    """Tell whether one entry of a multi-valued attribute satisfies the filter between its brackets."""
    return isinstance(entry, dict) and evaluate(filter, entry, EntryScope(attribute))


def evaluate(node: Filter, document: Document, scope: Scope) -> bool:
    """Evaluate a filter whose names stand in the scope."""
    match node:
        case And(left, right):
            return evaluate(left, document, scope) and evaluate(right, document, scope)
        case Or(left, right):
            return evaluate(left, document, scope) or evaluate(right, document, scope)
        case Not(inner):
            return not evaluate(inner, document, scope)
        case Present(path):
            return any(True for _ in values(document, path))
        case ValuePath(path, inner):
            attribute = scope.find(path)
            return attribute is not None and any(
                entry_matches(inner, entry, attribute) for entry in values(document, path)
            )
        case Comparison(path, op, literal):
            attribute = scope.find(path)
            return attribute is not None and any(
                compare(op, value, literal, attribute) for value in values(document, path)
            )


def values(document: Document, path: AttributePath) -> Iterator[Any]:
    """Give every value at a path that is not empty: several where the attribute is multi-valued."""
    container = document.get(path.extension, {}) if path.extension else document
    for value in _entries(container.get(path.name)):
        if path.sub is None:
            yield value
        elif isinstance(value, dict):
            yield from _entries(value.get(path.sub))


def _entries(value: Any) -> Iterator[Any]:
    entries = value if isinstance(value, list) else [value]
    return (entry for entry in entries if not is_empty(entry))


def compare(op: str, value: Any, literal: Any, attribute: Attribute) -> bool:
    """Compare as the attribute's type and caseExact say; values of another type are different."""
    if attribute.type == "dateTime" and op not in {"co", "sw", "ew"}:
        value, literal = as_instant(value), as_instant(literal)
    elif isinstance(value, str) and isinstance(literal, str) and not attribute.case_exact:
        value, literal = value.casefold(), literal.casefold()
    try:
        return COMPARE[op](value, literal)
    except TypeError:
        return False


def as_instant(value: Any) -> datetime | None:
    """Read a dateTime; one without a zone is taken as UTC."""
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
