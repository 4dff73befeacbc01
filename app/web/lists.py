"""Lists of ``/Users``, of ``/Groups`` and of both: by GET and by POST to ``/.search`` (RFC 7644 §3.4.2, §3.4.3)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request

from app.directory import search
from app.scim import messages
from app.scim.filter import Filter, parse_filter
from app.scim.schemas import ResourceType
from app.scim.types import Document
from app.web import reading
from app.web.answers import answer
from app.web.resources import KINDS
from app.web.scim import scim_blueprint

blueprint = scim_blueprint("lists")


@blueprint.get("/<any(Users, Groups):endpoint>")
def list_resources(endpoint: str) -> Response:
    """RFC 7644 §3.4.2."""
    return _list(KINDS[endpoint], request.args)


@blueprint.post("/<any(Users, Groups):endpoint>/.search")
def search_resources(endpoint: str) -> Response:
    """RFC 7644 §3.4.3."""
    return _list(KINDS[endpoint], reading.search_request())


@blueprint.get("")
def list_everything() -> Response:
    """RFC 7644 §3.4.2.1: a query on the root is one over every kind of resource."""
    return _list_all(request.args)


@blueprint.post("/.search")
def search_everything() -> Response:
    """RFC 7644 §3.4.3."""
    return _list_all(reading.search_request())


# -- parts


def _list(kind: str, query: Mapping[str, str]) -> Response:
    type_ = reading.target().types[kind]
    view = reading.view(type_, query)
    filter_ = parse_filter(query["filter"], type_) if "filter" in query else None
    start, count = reading.page(query)
    with reading.bridge().database.read() as connection:
        page = search.search(connection, reading.target().name, type_, filter_, start, count)
        rendered = view.render(connection, page.resources)
    documents = [each.document for each in rendered]
    return answer(messages.list_response(documents, page.total, start))


def _list_all(query: Mapping[str, str]) -> Response:
    """List users, then groups; an attribute that only one kind has is without a value in the other."""
    start, count = reading.page(query)
    skip, total = start - 1, 0
    documents: list[Document] = []
    with reading.bridge().database.read() as connection:
        for type_, filter_ in _filters(query):
            room = count - len(documents)
            page = search.search(connection, reading.target().name, type_, filter_, skip + 1, room)
            rendered = reading.view(type_, query).render(connection, page.resources)
            documents += [each.document for each in rendered]
            skip, total = max(0, skip - page.total), total + page.total
    return answer(messages.list_response(documents, total, start))


def _filters(query: Mapping[str, str]) -> list[tuple[ResourceType, Filter | None]]:
    types = list(reading.target().types.values())
    if "filter" not in query:
        return [(type_, None) for type_ in types]
    return [(type_, parse_filter(query["filter"], type_, types)) for type_ in types]
