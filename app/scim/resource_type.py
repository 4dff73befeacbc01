"""A resource type: its schemas, and the one index that resolves every way to write an attribute's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from app.scim.attributes import Attribute, Schema
from app.scim.definitions import COMMON
from app.scim.types import Document

RESOURCE_TYPE_URN = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"


@dataclass(frozen=True, slots=True)
class AttributePath:
    """Where a value stands in a document, in the schema's own spelling (RFC 7644 §3.10).

    `extension` is the URN of the extension it belongs to, None for the core schema and common attributes.
    """

    name: str
    sub: str | None = None
    extension: str | None = None

    def __str__(self) -> str:
        name = f"{self.name}.{self.sub}" if self.sub else self.name
        return f"{self.extension}:{name}" if self.extension else name


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource, its endpoint, its core schema and its extensions (RFC 7643 §6)."""

    name: str
    endpoint: str
    schema: Schema
    extensions: tuple[Schema, ...] = ()
    description: str = ""
    _paths: Mapping[str, AttributePath] = field(init=False, repr=False, compare=False)
    _attributes: Mapping[AttributePath, Attribute] = field(init=False, repr=False, compare=False)
    _top: Mapping[str, Attribute] = field(init=False, repr=False, compare=False)
    _immutable: tuple[AttributePath, ...] = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        attributes = {path: attribute for schema in self._layers() for path, attribute in _paths(schema)}
        top = {path.name.casefold(): attribute for path, attribute in attributes.items() if _is_core(path)}
        object.__setattr__(self, "_attributes", MappingProxyType(attributes))
        object.__setattr__(self, "_paths", MappingProxyType(self._spellings()))
        object.__setattr__(self, "_top", MappingProxyType(top))
        object.__setattr__(self, "_immutable", tuple(_immutable(attributes)))
        object.__setattr__(self, "_hash", hash((self.name, self.endpoint, *self.schemas)))

    def __hash__(self) -> int:
        return self._hash

    def _layers(self) -> Iterator[tuple[str | None, tuple[Attribute, ...]]]:
        yield None, (*COMMON, *self.schema.attributes)
        yield from ((extension.id, extension.attributes) for extension in self.extensions)

    def _spellings(self) -> dict[str, AttributePath]:
        """Index `name`, `urn:name` and, where nothing else has the name, an extension's bare name (Entra)."""
        spellings: dict[str, AttributePath] = {}
        for path in self._attributes:
            spellings.setdefault(str(path).casefold(), path)
            if path.extension is None:
                spellings[f"{self.schema.id}:{path}".casefold()] = path
            else:
                spellings.setdefault(str(replace(path, extension=None)).casefold(), path)
        return spellings

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        """The common and core attributes, by case-folded name."""
        return self._top

    @property
    def schemas(self) -> tuple[str, ...]:
        """The URNs of the core schema and the extensions, in this order."""
        return (self.schema.id, *(extension.id for extension in self.extensions))

    @property
    def immutable(self) -> tuple[AttributePath, ...]:
        """The attributes, not sub-attributes, that cannot be changed once they have a value."""
        return self._immutable

    def resolve(self, text: str) -> AttributePath | None:
        """Find an attribute by name, `name.sub` or URN-prefixed name, in any case."""
        return self._paths.get(text.casefold())

    def find(self, path: str | AttributePath) -> Attribute | None:
        """Give the definition of the attribute, or sub-attribute, that a path names."""
        resolved = self.resolve(path) if isinstance(path, str) else path
        return self._attributes.get(resolved) if resolved else None

    def extension(self, urn: str) -> Schema | None:
        """Find an extension by its URN in any case."""
        folded = urn.casefold()
        return next((each for each in self.extensions if each.id.casefold() == folded), None)

    def with_extension(self, schema: Schema) -> ResourceType:
        """Add an extension, such as a vendor's own attributes."""
        return replace(self, extensions=(*self.extensions, schema))

    def without(self, name: str) -> ResourceType:
        """Leave out an attribute of the core schema, such as `password` where a vendor takes none."""
        kept = tuple(each for each in self.schema.attributes if each.name.casefold() != name.casefold())
        return replace(self, schema=replace(self.schema, attributes=kept))

    def requiring(self, name: str) -> ResourceType:
        """Declare an attribute and its `value` required, such as `emails` where a vendor knows people by them."""
        changed = tuple(
            _required(each) if each.name.casefold() == name.casefold() else each for each in self.schema.attributes
        )
        return replace(self, schema=replace(self.schema, attributes=changed))

    def document(self, base_url: str) -> Document:
        """Describe it as /ResourceTypes does."""
        document: Document = {
            "schemas": [RESOURCE_TYPE_URN],
            "id": self.name,
            "name": self.name,
            "endpoint": self.endpoint,
            "description": self.description or self.schema.description,
            "schema": self.schema.id,
        }
        if self.extensions:
            listed = [{"schema": extension.id, "required": False} for extension in self.extensions]
            document["schemaExtensions"] = listed
        location = f"{base_url}/ResourceTypes/{self.name}"
        return {**document, "meta": {"resourceType": "ResourceType", "location": location}}


def _required(attribute: Attribute) -> Attribute:
    subs = tuple(replace(sub, required=sub.required or sub.name == "value") for sub in attribute.sub_attributes)
    return replace(attribute, required=True, sub_attributes=subs)


def _is_core(path: AttributePath) -> bool:
    return path.extension is None and path.sub is None


def _immutable(attributes: Mapping[AttributePath, Attribute]) -> Iterator[AttributePath]:
    return (path for path, each in attributes.items() if each.mutability == "immutable" and not path.sub)


def _paths(layer: tuple[str | None, tuple[Attribute, ...]]) -> Iterator[tuple[AttributePath, Attribute]]:
    extension, attributes = layer
    for attribute in attributes:
        yield AttributePath(attribute.name, None, extension), attribute
        for sub in attribute.sub_attributes:
            yield AttributePath(attribute.name, sub.name, extension), sub
