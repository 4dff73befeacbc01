"""The path of a PATCH operation (RFC 7644 §3.5.2, Figure 1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from scim2_filter_parser import ast

from app.scim.attributes import Attribute
from app.scim.errors import InvalidFilter, InvalidPath
from app.scim.filter import Filter
from app.scim.filter.grammar import tree
from app.scim.filter.parse import convert, spelling
from app.scim.filter.scope import EntryScope
from app.scim.resource_type import AttributePath, ResourceType


@dataclass(frozen=True, slots=True)
class Path:
    """What a path points at.

    `attribute` is None where the path is the URN of an extension: all of its attributes. `filter` chooses
    entries of a multi-valued attribute, `sub` is a sub-attribute of them or of the attribute.
    """

    attribute: Attribute | None
    sub: Attribute | None = None
    filter: Filter | None = None
    extension: str | None = None

    @property
    def is_read_only(self) -> bool:
        """Whether a client may not write there."""
        return any(each is not None and each.is_read_only for each in (self.attribute, self.sub))

    def __str__(self) -> str:
        if self.attribute is None:
            return str(self.extension)
        return str(AttributePath(self.attribute.name, self.sub.name if self.sub else None, self.extension))


def parse_path(text: str, resource_type: ResourceType) -> Path:
    """Read `attribute`, `attribute.sub`, `attribute[filter]`, `attribute[filter].sub` or an extension's URN.

    Names are matched in any case and may carry a schema's URN. Raises InvalidPath for what cannot be read or
    names no attribute, InvalidFilter for a filter that compares what cannot be compared (RFC 7644 Table 9).
    """
    extension = resource_type.extension(text)
    if extension is not None:
        return Path(None, extension=extension.id)
    resolved = resource_type.resolve(text)
    if resolved is not None:
        return _path(resolved, resource_type)
    try:
        chosen, entry = _split(_attribute_path(text))
        path = _path(_known(spelling(chosen), resource_type), resource_type)
        scope = None if entry is None else _entries(path)
    except InvalidFilter as error:
        raise InvalidPath(f"The path {text[:200]!r} is wrong: {error.detail}") from None
    return path if scope is None else replace(path, filter=convert(entry, scope))


def _attribute_path(text: str) -> Any:
    """Read the path as if it were a presence filter: alone, the library does not know it."""
    node = tree(f"{text} pr")
    expression = node.expr if isinstance(node, ast.Filter) and not node.negated else None
    if not isinstance(expression, ast.AttrExpr):
        raise InvalidFilter("it is a filter.")
    return expression.attr_path


def _split(node: Any) -> tuple[Any, Any]:
    """Give the attribute that a path names and the filter that chooses among its entries, or None."""
    entry = node.attr_name
    return (entry.namespace, entry.expr) if isinstance(entry, ast.Filter) else (node, None)


def _entries(path: Path) -> EntryScope:
    if path.attribute is None or not (path.attribute.multi_valued and path.attribute.is_complex):
        raise InvalidFilter(f"{path} has no entries to choose from.")
    return EntryScope(path.attribute)


def _known(text: str, resource_type: ResourceType) -> AttributePath:
    path = resource_type.resolve(text)
    if path is None:
        raise InvalidFilter(f"there is no attribute {text}.")
    return path


def _path(resolved: AttributePath, resource_type: ResourceType) -> Path:
    top = resource_type.find(AttributePath(resolved.name, None, resolved.extension))
    sub = resource_type.find(resolved) if resolved.sub else None
    return Path(top, sub, None, resolved.extension)
