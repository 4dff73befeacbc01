"""Resources as a client sees them: document, id, meta, and what is computed from membership rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.directory import search
from app.directory.members import Reference
from app.directory.resources import Resource
from app.directory.search import COMPUTED, reference
from app.scim.meta import meta
from app.scim.projection import project, wants
from app.scim.schemas import ResourceType
from app.scim.types import Document


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document, and the version that its ETag names."""

    document: Document
    version: str


@dataclass(frozen=True, slots=True)
class View:
    """What of a resource a client asks for, and under which address it knows this target.

    ``note`` is an extension that says what does not reach the vendor: users, and whoever is a member.
    """

    base_url: str
    type: ResourceType
    attributes: str | None = None
    excluded: str | None = None
    note: Mapping[str, Document] = field(default_factory=dict)

    @property
    def is_chosen(self) -> bool:
        """Whether the client says which attributes it wants."""
        return self.attributes is not None or self.excluded is not None

    def location(self, id_: str) -> str:
        """Return the resource's own address."""
        return f"{self.base_url}{self.type.endpoint}/{id_}"

    def render(self, connection: Connection, found: Sequence[Resource]) -> list[Rendered]:
        """Return resources as documents; members only if asked for, groups always: the version tells of them."""
        references: Mapping[str, list[Reference]] = {}
        wanted = wants(COMPUTED[self.type.name], self.type, self.attributes, self.excluded)
        if wanted or self.type.name == "User":
            references = search.references(connection, self.type.name, [resource.id for resource in found])
        return [self._document(resource, references.get(resource.id, [])) for resource in found]

    def _document(self, resource: Resource, references: Sequence[Reference]) -> Rendered:
        location = self.location(resource.id)
        version = search.shown_version(resource, references)
        document = {
            "schemas": resource.document.get("schemas", []),
            "id": resource.id,
            **resource.document,
            "meta": meta(self.type.name, resource.created, resource.modified, version, location),
        }
        if references:
            document[COMPUTED[self.type.name]] = [self._reference(end) for end in references]
        if references or self.type.name == "User":
            self._add_note(document)
        return Rendered(project(document, self.type, self.attributes, self.excluded), version)

    def _add_note(self, document: Document) -> None:
        for urn, said in self.note.items():
            document[urn] = {**document.get(urn, {}), **said}
            document["schemas"] = list(dict.fromkeys([*document["schemas"], urn]))

    def _reference(self, end: Reference) -> Document:
        return reference(end, self.type.name, self.base_url)
