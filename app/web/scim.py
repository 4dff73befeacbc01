"""The SCIM endpoints of a target: parse, hand over, answer (RFC 7644 §3)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, g, request

from app.directory import resources, search
from app.provisioning.groups import Groups
from app.provisioning.users import Edit, Users
from app.scim import messages
from app.scim.errors import Forbidden, InvalidFilter, NotFound, NotSupported
from app.scim.filter import Filter, parse_filter
from app.scim.members import MemberChange, member_ids, split_members
from app.scim.operations import parse_patch
from app.scim.patch import apply_patch
from app.scim.schemas import ResourceType
from app.scim.types import Document
from app.scim.validation import parse_resource
from app.web import reading
from app.web.answers import answer, resource_answer
from app.web.rendering import View

blueprint = Blueprint("scim", __name__, url_prefix="/<target>/scim/v2")
KINDS = {"Users": "User", "Groups": "Group"}


@blueprint.url_value_preprocessor
def take_target(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """Keep the target's name for this request, so that no endpoint needs to take it."""
    g.target = (values or {}).pop("target", "")
    if "\0" in (values or {}).get("id_", ""):
        raise NotFound("There is no such resource.")


@blueprint.before_request
def authenticate() -> None:
    """Let nobody in without a token of the target."""
    reading.target()
    reading.authenticate()


# -- users


@blueprint.post("/Users")
def create_user() -> Response:
    """RFC 7644 §3.3."""
    type_ = reading.target().types["User"]
    document = parse_resource(reading.body(), type_)
    document.setdefault("active", True)
    created = _users().create(reading.write_request(document["userName"]), document)
    return _show("User", created, 201)


@blueprint.put("/Users/<id_>")
def replace_user(id_: str) -> Response:
    """RFC 7644 §3.5.1. Nobody is reactivated by an ``active`` that is left out."""
    new = parse_resource(reading.body(), reading.target().types["User"])
    return _update_user(id_, lambda old: {"active": old.get("active", True), **new})


@blueprint.patch("/Users/<id_>")
def patch_user(id_: str) -> Response:
    """RFC 7644 §3.5.2. Nobody is reactivated by an ``active`` that is removed."""
    operations = parse_patch(reading.body())
    type_ = reading.target().types["User"]

    def edit(old: Document) -> Document:
        return {"active": old.get("active", True), **apply_patch(old, operations, type_)}

    return _update_user(id_, edit)


@blueprint.delete("/Users/<id_>")
def delete_user(id_: str) -> Response:
    """RFC 7644 §3.6."""
    _users().delete(reading.write_request(id_), id_, request.headers.get("If-Match"))
    return answer(None, 204)


# -- groups


@blueprint.post("/Groups")
def create_group() -> Response:
    """RFC 7644 §3.3. Members come along, and become rows."""
    document, changes = _group_body()
    created = _groups().create(reading.write_request(document["displayName"]), document, changes)
    return _show("Group", created, 201)


@blueprint.put("/Groups/<id_>")
def replace_group(id_: str) -> Response:
    """RFC 7644 §3.5.1. The members given are all that stay."""
    document, changes = _group_body()
    _groups().update(
        reading.write_request(id_), id_, lambda _old: document, changes, request.headers.get("If-Match")
    )
    return _read("Group", id_)


@blueprint.patch("/Groups/<id_>")
def patch_group(id_: str) -> Response:
    """RFC 7644 §3.5.2. Answers 204: a list of members is sent back only to those who ask for attributes."""
    type_ = reading.target().types["Group"]
    others, changes = split_members(parse_patch(reading.body()), type_)
    _groups().update(
        reading.write_request(id_),
        id_,
        lambda old: apply_patch(old, others, type_) if others else old,
        changes,
        request.headers.get("If-Match"),
    )
    asked = {"attributes", "excludedAttributes"} & request.args.keys()
    return _read("Group", id_) if asked else answer(None, 204)


@blueprint.delete("/Groups/<id_>")
def delete_group(id_: str) -> Response:
    """RFC 7644 §3.6."""
    _groups().delete(reading.write_request(id_), id_, request.headers.get("If-Match"))
    return answer(None, 204)


# -- reading


@blueprint.get("/<any(Users, Groups):endpoint>/<id_>")
def read_resource(endpoint: str, id_: str) -> Response:
    """RFC 7644 §3.4.1."""
    return _read(KINDS[endpoint], id_)


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


# -- discovery


@blueprint.get("/ServiceProviderConfig")
def service_provider_config() -> Response:
    """RFC 7643 §5."""
    _refuse_filter()
    can_change = reading.target().mapping.passwords == "settable"
    config = messages.service_provider_config(
        reading.base_url(), change_password=can_change, max_results=reading.MAX_RESULTS
    )
    return answer(config)


@blueprint.get("/ResourceTypes")
def resource_types() -> Response:
    """RFC 7643 §6."""
    _refuse_filter()
    return answer(messages.resource_types(reading.base_url(), reading.target().listed.values()))


@blueprint.get("/ResourceTypes/<name>")
def resource_type(name: str) -> Response:
    """One resource type by its name."""
    found = reading.target().listed.get(name)
    if found is None:
        raise NotFound(f"There is no resource type {name!r}.")
    return answer(found.document(reading.base_url()))


@blueprint.get("/Schemas")
def schemas() -> Response:
    """RFC 7643 §7."""
    _refuse_filter()
    return answer(messages.schemas(reading.base_url(), reading.target().published.values()))


@blueprint.get("/Schemas/<urn>")
def schema(urn: str) -> Response:
    """One schema by its URN."""
    found = messages.schema_documents(reading.base_url(), reading.target().published.values()).get(urn)
    if found is None:
        raise NotFound(f"There is no schema {urn!r}.")
    return answer(found)


@blueprint.route("/Me", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@blueprint.route("/Bulk", methods=["POST"])
def not_offered() -> Response:
    """RFC 7644 §3.11: a service provider that knows no authenticated subject answers /Me with 501."""
    raise NotSupported("This is not offered, as ServiceProviderConfig says.")


# -- parts


def _update_user(id_: str, edit: Edit) -> Response:
    changed = _users().update(reading.write_request(id_), id_, edit, request.headers.get("If-Match"))
    return _show("User", changed, 200)


def _users() -> Users:
    return Users(reading.bridge().database, reading.target())


def _groups() -> Groups:
    return Groups(reading.bridge().database, reading.target())


def _group_body() -> tuple[Document, tuple[MemberChange, ...]]:
    """Split a whole group into its document and its members, which replace those before."""
    body = reading.body()
    given = None
    for key in [key for key in body if key.casefold() == "members"] if isinstance(body, dict) else ():
        given = body.pop(key)
    document = parse_resource(body, reading.target().types["Group"])
    ids = member_ids(given)
    return document, (MemberChange("replace", ids) if ids else MemberChange("clear"),)


def _show(kind: str, resource: resources.Resource, status: int) -> Response:
    view = reading.view(reading.target().types[kind])
    with reading.bridge().database.read() as connection:
        (rendered,) = view.render(connection, [resource])
    location = view.location(resource.id) if status == 201 else None
    return resource_answer(rendered.document, rendered.version, status, location)


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
    """List users, then groups; a filter that only one kind has the attributes for selects from that kind."""
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
    found: list[tuple[ResourceType, Filter | None]] = []
    for type_ in types:
        try:
            found.append((type_, parse_filter(query["filter"], type_)))
        except InvalidFilter as wrong:
            refusal = wrong
    if not found:
        raise refusal
    return found


def _read(kind: str, id_: str) -> Response:
    view: View = reading.view(reading.target().types[kind])
    with reading.bridge().database.read() as connection:
        found = resources.get(connection, reading.target().name, kind, id_)
        if found is None:
            raise NotFound(f"{kind} {id_} not found")
        (rendered,) = view.render(connection, [found])
    return resource_answer(rendered.document, rendered.version)


def _refuse_filter() -> None:
    """RFC 7644 §4: a filter on a discovery endpoint is 403."""
    if "filter" in request.args:
        raise Forbidden("Discovery endpoints take no filter.")
