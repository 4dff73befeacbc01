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
