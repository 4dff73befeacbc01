"""Where the names in a filter are looked up: in a resource, or in one entry of a complex attribute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.scim.attributes import Attribute
from app.scim.resource_type import AttributePath


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
    """The names of several scopes; what an earlier one knows, a later one does not hide."""

    scopes: tuple[Scope, ...]

    def resolve(self, text: str) -> AttributePath | None:
        """Find a path in the first scope that knows the name."""
        return next((path for scope in self.scopes if (path := scope.resolve(text))), None)

    def find(self, path: AttributePath) -> Attribute | None:
        """Give the definition in the first scope that has one."""
        return next((found for scope in self.scopes if (found := scope.find(path))), None)
