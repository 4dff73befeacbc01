"""Lists: filter, count, sort and page, in SQL as far as SQL goes, and in Python where it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, or_

from app.directory import members, resources
from app.directory.database import chunks
from app.directory.members import Reference
from app.directory.ordering import SqlOrder, in_sql
from app.directory.resources import Resource
from app.directory.tables import resource
from app.directory.where import where
from app.scim.filter import And, Filter, Not, Or, matches
from app.scim.meta import derived, meta
from app.scim.paging import Cursor, Page, Window, cut, neighbours
from app.scim.resource_type import AttributePath
from app.scim.schemas import ResourceType
from app.scim.sorting import Order, Position
from app.scim.types import Document

COMPUTED = {"User": "groups", "Group": "members"}
"""The attribute of each kind that is not in the document but in the membership rows."""

OTHER = {"User": ("Groups", "direct"), "Group": ("Users", "User")}
"""What a reference points to, and what its ``type`` says (RFC 7643 §4.1.2 and §4.2)."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for in a target: resources of some kinds, of each those that a filter selects, in an order.

    The order must be one of these kinds. ``base_url`` is what the addresses begin with by which they are known.
    """

    target: str
    types: Sequence[tuple[ResourceType, Filter | None]]
    order: Order
    base_url: str = ""


def search(connection: Connection, query: Query, window: Window) -> Page[Resource]:
    """Return one page of the matches."""
    narrowed = [(type_.name, where(filter_, type_.name)) for type_, filter_ in query.types]
    clause = or_(*(and_(resource.c.kind == kind, each.clause) for kind, each in narrowed))
    order = in_sql(query.order)
    if order is not None and all(each.exact for _, each in narrowed):
        return _page_in_sql(connection, query, clause, order, window)
    candidates = resources.page(connection, query.target, clause)
    documents = _documents(connection, query, candidates)
    filters = {type_.name: (type_, filter_) for type_, filter_ in query.types}
    kept = [each for each in candidates if _matches(documents[each.id], *filters[each.kind])]
    return cut(kept, lambda each: _position(query.order, each, documents[each.id]), query.order, window)


def references(connection: Connection, kind: str, ids: Sequence[str]) -> dict[str, list[Reference]]:
    """Return the members of groups, or the groups of users, by the resource's id."""
    found: dict[str, list[Reference]] = {}
    for some in chunks(ids):
        found |= members.of_resources(connection, kind, some)
    return found


# -- in SQL


def _page_in_sql(
    connection: Connection, query: Query, clause: ColumnElement[bool], order: SqlOrder, window: Window
) -> Page[Resource]:
    if window.cursor is not None:
        return _from_cursor(connection, query, clause, order, window.limit, window.cursor)
    total, _ = resources.count(connection, query.target, clause)
    if not window.limit:
        return Page([], total)
    found = resources.page(connection, query.target, clause, order.terms(), window.offset, window.limit)
    return Page(found, total)


def _from_cursor(
    connection: Connection, query: Query, clause: ColumnElement[bool], order: SqlOrder, limit: int, cursor: Cursor
) -> Page[Resource]:
    beyond = order.beyond(cursor)
    total, walked = resources.count(connection, query.target, clause, beyond)
    narrowed = clause if beyond is None else and_(clause, beyond)
    terms = order.terms(forward=cursor.forward)
    found = resources.page(connection, query.target, narrowed, terms, limit=limit) if limit else []
    if not cursor.forward:
        found.reverse()
    shown = [_position(query.order, each, {**each.document, "id": each.id}) for each in (*found[:1], *found[-1:])]
    following, preceding = neighbours(cursor, shown, more=walked > len(found), rest=total > walked)
    return Page(found, total, following, preceding)


# -- in Python


def _position(order: Order, found: Resource, document: Document) -> Position:
    """Return where a resource stands; what the columns hold of its times is finer than what SCIM shows of them."""
    path = str(order.paths.get(found.kind))
    times = {"meta.created": found.created, "meta.lastModified": found.modified}
    key = times[path] if path in times else order.key(found.kind, document)
    return Position(key, found.created, found.id)


def _matches(document: Document, type_: ResourceType, filter_: Filter | None) -> bool:
    return filter_ is None or matches(filter_, document, type_)


def _documents(connection: Connection, query: Query, found: Sequence[Resource]) -> Mapping[str, Document]:
    """Return what the filters and the order may look at, by id; references are read only if they do."""
    documents: dict[str, Document] = {}
    for type_, filter_ in query.types:
        own = [each for each in found if each.kind == type_.name]
        computed, ends = COMPUTED[type_.name], {}
        sorted_by = query.order.paths.get(type_.name)
        named = {path for path in (*_paths(filter_), sorted_by) if path is not None}
        if computed in {path.name for path in named} or AttributePath("meta", "version") in named:
            ends = references(connection, type_.name, [each.id for each in own])
        for each in own:
            documents[each.id] = _document(each, type_, ends.get(each.id, []), query.base_url)
    return documents


def _document(found: Resource, type_: ResourceType, ends: Sequence[Reference], base_url: str) -> Document:
    location = f"{base_url}{type_.endpoint}/{found.id}"
    known = meta(type_.name, found.created, found.modified, shown_version(found, ends), location)
    document = {**found.document, "id": found.id, "meta": known}
    if ends:
        document[COMPUTED[type_.name]] = [reference(each, type_.name, base_url) for each in ends]
    return document


def shown_version(found: Resource, ends: Sequence[Reference]) -> str:
    """Return the version of what is shown: that of a group changes with its members, a user's with the groups."""
    if found.kind == "Group":
        return found.version
    return derived(found.version, (f"{end.id} {end.display}" for end in ends))


def version_of(connection: Connection, found: Resource) -> str:
    """Return the version that is shown of one resource, without reading the members of a group."""
    ends = references(connection, found.kind, [found.id])[found.id] if found.kind == "User" else ()
    return shown_version(found, ends)


def reference(end: Reference, kind: str, base_url: str) -> Document:
    """Return a member of a group, or a group of a user, as SCIM shows it."""
    endpoint, name = OTHER[kind]
    shown = {"value": end.id, "$ref": f"{base_url}/{endpoint}/{end.id}", "type": name}
    return shown if kind == "Group" else {**shown, "display": end.display}


def _paths(node: Filter | None) -> list[AttributePath]:
    if node is None:
        return []
    if isinstance(node, And | Or):
        return _paths(node.left) + _paths(node.right)
    if isinstance(node, Not):
        return _paths(node.filter)
    return [node.path]
