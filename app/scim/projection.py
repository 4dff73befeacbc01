"""Which attributes an answer shows: `attributes`, `excludedAttributes` and `returned` (RFC 7644 §3.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.scim.attributes import Attribute
from app.scim.errors import InvalidValue
from app.scim.normalise import is_empty
from app.scim.resource_type import AttributePath, ResourceType
from app.scim.types import Document


def project(
    document: Document,
    resource_type: ResourceType,
    attributes: str | None = None,
    excluded: str | None = None,
) -> Document:
    """Give the part of a resource that a client asked for.

    Both parameters are comma-separated lists of names, sub-attributes or URN-prefixed names, in any case;
    an empty one counts as not given, unknown names select nothing. `schemas` and `id` are always there, a
    password never; an extension is listed in `schemas` only where it is shown. Raises InvalidValue where
    both are given: they are mutually exclusive.
    """
    selection = _selection(resource_type, attributes or None, excluded or None)
    core = _shown(document, resource_type.attributes, selection, None)
    extensions = {
        extension.id: shown
        for extension in resource_type.extensions
        if (shown := _shown(document.get(extension.id, {}), extension.by_name, selection, extension.id))
    }
    schemas = [resource_type.schema.id, *extensions]
    return {**core, "schemas": schemas, **extensions}


def wants(
    name: str, resource_type: ResourceType, attributes: str | None = None, excluded: str | None = None
) -> bool:
    """Tell whether an answer would show the attribute, before it is loaded: `members`, `groups`."""
    path = resource_type.resolve(name)
    attribute = resource_type.find(path) if path else None
    if path is None or attribute is None:
        return False
    selection = _selection(resource_type, attributes or None, excluded or None)
    return selection.shows(path, attribute) or selection.shows_part(path, attribute)


@dataclass(frozen=True, slots=True)
class _Selection:
    """What was named: `chosen` is None where the client did not say, then `returned` decides."""

    chosen: frozenset[AttributePath] | None
    excluded: frozenset[AttributePath]

    def shows(self, path: AttributePath, attribute: Attribute) -> bool:
        """Whether the attribute is shown as a whole."""
        if attribute.returned in {"always", "never"}:
            return attribute.returned == "always"
        if self.chosen is not None:
            return path in self.chosen
        return attribute.returned == "default" and path not in self.excluded

    def shows_part(self, path: AttributePath, attribute: Attribute) -> bool:
        """Whether a sub-attribute was named and not the attribute itself."""
        if self.chosen is None or attribute.returned == "never":
            return False
        return any(_below(path, sub) in self.chosen for sub in attribute.sub_attributes)

    def keeps(self, path: AttributePath, sub: Attribute, *, whole: bool) -> bool:
        """Whether a sub-attribute of a shown attribute is shown."""
        if sub.returned in {"always", "never"}:
            return sub.returned == "always"
        named = self.chosen is not None and path in self.chosen
        return named or (whole and sub.returned == "default" and path not in self.excluded)


def refuse_both(attributes: str | None, excluded: str | None) -> None:
    """Raise InvalidValue where both are given: they are mutually exclusive (RFC 7644 §3.9)."""
    if attributes and excluded:
        raise InvalidValue("attributes and excludedAttributes cannot be used together.")


@lru_cache(maxsize=256)
def _selection(resource_type: ResourceType, attributes: str | None, excluded: str | None) -> _Selection:
    refuse_both(attributes, excluded)
    chosen = None if attributes is None else _named(resource_type, attributes)
    return _Selection(chosen, _named(resource_type, excluded or ""))


def _named(resource_type: ResourceType, names: str) -> frozenset[AttributePath]:
    paths: set[AttributePath] = set()
    for name in (each.strip() for each in names.split(",")):
        extension = resource_type.extension(name)
        if extension is not None:
            paths |= {AttributePath(each.name, None, extension.id) for each in extension.attributes}
        elif path := resource_type.resolve(name):
            paths.add(path)
    return frozenset(paths)


def _below(path: AttributePath, sub: Attribute) -> AttributePath:
    return AttributePath(path.name, sub.name, path.extension)


def _shown(
    holder: Document, attributes: Mapping[str, Attribute], selection: _Selection, extension: str | None
) -> Document:
    shown: Document = {}
    for name, value in holder.items():
        attribute = attributes.get(name.casefold())
        if attribute is None:
            continue
        path = AttributePath(attribute.name, None, extension)
        whole = selection.shows(path, attribute)
        if whole or selection.shows_part(path, attribute):
            part = _part(value, path, attribute, selection, whole=whole)
            if not is_empty(part):
                shown[name] = part
    return shown


def _part(value: Any, path: AttributePath, attribute: Attribute, selection: _Selection, *, whole: bool) -> Any:
    """Give what is shown of a value; of a complex one the sub-attributes that were chosen."""
    if not attribute.is_complex:
        return value
    if isinstance(value, list):
        parts = (_part(entry, path, attribute, selection, whole=whole) for entry in value)
        return [part for part in parts if part]
    kept = {sub.name for sub in attribute.sub_attributes if selection.keeps(_below(path, sub), sub, whole=whole)}
    return {name: item for name, item in value.items() if name in kept}
