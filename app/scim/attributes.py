"""What an attribute and a schema are (RFC 7643 §2 and §7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app.scim.types import Document

SCHEMA_URN = "urn:ietf:params:scim:schemas:core:2.0:Schema"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute and its characteristics, with the defaults of RFC 7643 §2.2.

    The canonical values of an attribute that is ``closed`` are all that it takes. A string that ``takes_numbers``
    is an id, of which some clients make a number.
    """

    name: str
    type: str = "string"
    multi_valued: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: str = "readWrite"
    returned: str = "default"
    uniqueness: str = "none"
    description: str = ""
    sub_attributes: tuple[Attribute, ...] = ()
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    closed: bool = False
    takes_numbers: bool = False
    _by_name: Mapping[str, Attribute] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", by_folded_name(self.sub_attributes))

    @property
    def is_complex(self) -> bool:
        """Whether its values are objects."""
        return self.type == "complex"

    @property
    def is_read_only(self) -> bool:
        """Whether clients may not write it."""
        return self.mutability == "readOnly"

    @property
    def by_name(self) -> Mapping[str, Attribute]:
        """The sub-attributes by their case-folded names."""
        return self._by_name

    def sub(self, name: str) -> Attribute | None:
        """Find a sub-attribute by its name in any case."""
        return self._by_name.get(name.casefold())

    def document(self) -> Document:
        """Describe it as /Schemas does: camelCase, nothing null (RFC 7643 §7)."""
        optional: Document = {
            "subAttributes": [sub.document() for sub in self.sub_attributes],
            "canonicalValues": list(self.canonical_values),
            "referenceTypes": list(self.reference_types),
        }
        return {
            "name": self.name,
            "type": self.type,
            "multiValued": self.multi_valued,
            "description": self.description or self.name,
            "required": self.required,
            "caseExact": self.case_exact,
            "mutability": self.mutability,
            "returned": self.returned,
            "uniqueness": self.uniqueness,
            **{key: value for key, value in optional.items() if value},
        }


def by_folded_name(attributes: Iterable[Attribute]) -> Mapping[str, Attribute]:
    """Index attributes for lookups in any case: attribute names are case-insensitive (RFC 7643 §2.1)."""
    return MappingProxyType({attribute.name.casefold(): attribute for attribute in attributes})


@dataclass(frozen=True, slots=True)
class Schema:
    """A named collection of attributes (RFC 7643 §7)."""

    id: str
    name: str
    description: str
    attributes: tuple[Attribute, ...]
    _by_name: Mapping[str, Attribute] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", by_folded_name(self.attributes))

    @property
    def by_name(self) -> Mapping[str, Attribute]:
        """The attributes by their case-folded names."""
        return self._by_name

    def find(self, name: str) -> Attribute | None:
        """Find an attribute by its name in any case."""
        return self._by_name.get(name.casefold())

    def document(self) -> Document:
        """Describe it as /Schemas does; `messages.schema_documents` adds `meta`."""
        return {
            "schemas": [SCHEMA_URN],
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "attributes": [attribute.document() for attribute in self.attributes],
        }
