"""Lists of ``/Users``, of ``/Groups`` and of both: by GET and by POST to ``/.search`` (RFC 7644 §3.4.2, §3.4.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response
from sqlalchemy import Connection

from app.directory import search
from app.directory.resources import Resource
from app.directory.search import Query
from app.provisioning.endpoints import KINDS
from app.scim.schemas import ResourceType
from app.scim.types import Document
from app.web import reading
from app.web.answers import answer
from app.web.listing import filters, list_query
from app.web.query import of_url
from app.web.scim import scim_blueprint

blueprint = scim_blueprint("lists")


@blueprint.get("/<any(Users, Groups):endpoint>")
def list_resources(endpoint: str) -> Response:
    """RFC 7644 §3.4.2."""
    return _list(endpoint, of_url())


@blueprint.post("/<any(Users, Groups):endpoint>/.search")
def search_resources(endpoint: str) -> Response:
    """RFC 7644 §3.4.3."""
    return _list(endpoint, reading.search_request())


@blueprint.get("")
def list_everything() -> Response:
    """RFC 7644 §3.4.2.1: a query on the root is one over every kind of resource."""
    return _list("", of_url())


@blueprint.post("/.search")
def search_everything() -> Response:
    """RFC 7644 §3.4.3."""
    return _list("", reading.search_request())


# -- parts


def _list(endpoint: str, query: Mapping[str, str]) -> Response:
    """List what an endpoint serves; the root has no name and serves users, then groups."""
    target = reading.target()
    types = [target.types[KINDS[endpoint]]] if endpoint else list(target.types.values())
    asked = list_query(query, (target.name, endpoint), types)
    sought = Query(target.name, filters(asked.filter, types), asked.order, reading.base_url())
    with reading.bridge().database.read() as connection:
        page = search.search(connection, sought, asked.window)
        shown = _rendered(connection, types, page.items, query)
    return answer(asked.answer(page, shown))


def _rendered(
    connection: Connection, types: Sequence[ResourceType], found: Sequence[Resource], query: Mapping[str, str]
) -> list[Document]:
    documents: dict[str, Document] = {}
    for type_ in types:
        own = [each for each in found if each.kind == type_.name]
        rendered = reading.view(type_, query).render(connection, own)
        documents |= {each.id: shown.document for each, shown in zip(own, rendered, strict=True)}
    return [documents[each.id] for each in found]
