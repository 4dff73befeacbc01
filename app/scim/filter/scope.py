"""Where the names in a filter are looked up: in a resource, or in one entry of a complex attribute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from app.scim.attributes import Attribute
from app.scim.resource_type import AttributePath, ResourceType


class Scope(Protocol):
    """What names mean."""

    def resolve(self, text: str) -> AttributePath | None:
        """Find the path that a name in any case stands for."""

    def find(self, path: AttributePath) -> Attribute | None:
        """Give the definition of the attribute at a resolved path."""


@dataclass(frozen=True, slots=True)
class EntryScope:
    """The names between the brackets of `emails[...]`: sub-attributes only."""

    attribute: Attribute

    def resolve(self, text: str) -> AttributePath | None:
        """Find a sub-attribute by its name in any case."""
        sub = self.attribute.sub(text)
        return AttributePath(sub.name) if sub else None

    def find(self, path: AttributePath) -> Attribute | None:
        """Give the definition of a sub-attribute."""
        return self.attribute.sub(path.name)


@dataclass(frozen=True, slots=True)
class AnyScope:
    """The names of one resource type, and what `beside` it only others know.

    Theirs carries the URN of their schema in place of an extension's, and so has no value in a resource of this
    type.
    """

    own: ResourceType
    beside: tuple[ResourceType, ...] = ()

    def resolve(self, text: str) -> AttributePath | None:
        """Find a path here, or else in another type."""
        path = self.own.resolve(text)
        foreign = ((type_, type_.resolve(text)) for type_ in self.beside if path is None)
        return path or next((_foreign(found, type_) for type_, found in foreign if found), None)

    def find(self, path: AttributePath) -> Attribute | None:
        """Give the definition of the attribute at a resolved path."""
        known = self.own.find(path)
        theirs = (type_.find(_native(path, type_)) for type_ in self.beside if known is None)
        return known or next((found for found in theirs if found), None)


def _foreign(path: AttributePath, type_: ResourceType) -> AttributePath:
    return replace(path, extension=path.extension or type_.schema.id)


def _native(path: AttributePath, type_: ResourceType) -> AttributePath:
    return replace(path, extension=None) if path.extension == type_.schema.id else path
