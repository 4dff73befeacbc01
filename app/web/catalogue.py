"""``/Roles`` and ``/Entitlements``: what the vendor offers to be assigned, read-only.

See draft-ietf-scim-roles-entitlements. Each list is one call in five minutes; filters and pages are made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response

from app.provisioning.catalogue import Catalogue, Entries
from app.provisioning.looking import look
from app.provisioning.outcomes import scim_error
from app.provisioning.target import Target
from app.provisioning.writing import REQUEST_SECONDS
from app.scim.catalogue import resource_id
from app.scim.errors import MethodNotAllowed, NotFound
from app.scim.filter import matches, parse_filter
from app.scim.meta import digest, etag
from app.scim.normalise import is_empty
from app.scim.paging import cut
from app.scim.projection import project
from app.scim.resource_type import ResourceType
from app.scim.sorting import Position
from app.scim.types import Document
from app.web import reading
from app.web.answers import answer, resource_answer
from app.web.listing import list_query
from app.web.query import of_url
from app.web.rendering import Rendered
from app.web.scim import scim_blueprint
from mappings import Entry, Flow, VendorError

blueprint = scim_blueprint("catalogue")

LISTS: Mapping[str, tuple[str, Callable[[Catalogue], Flow[Entries]]]] = {
    "Roles": ("Role", Catalogue.roles),
    "Entitlements": ("Entitlement", Catalogue.entitlements),
}
Containers = dict[str, list[str]]
REFUSED = ["POST", "PUT", "PATCH", "DELETE", "TRACE"]
READ_ONLY = "GET, HEAD, OPTIONS"


@blueprint.get("/<any(Roles, Entitlements):endpoint>", provide_automatic_options=False)
def list_offered(endpoint: str) -> Response:
    """RFC 7644 §3.4.2."""
    return _page(endpoint, of_url())


@blueprint.post("/<any(Roles, Entitlements):endpoint>/.search")
def search_offered(endpoint: str) -> Response:
    """RFC 7644 §3.4.3."""
    return _page(endpoint, reading.search_request())


@blueprint.get("/<any(Roles, Entitlements):endpoint>/<id:id_>", provide_automatic_options=False)
def read_offered(endpoint: str, id_: str) -> Response:
    """RFC 7644 §3.4.1."""
    type_ = _type(endpoint)
    found = next((each for each in _offered(endpoint, type_) if each.document["id"] == id_), None)
    if found is None:
        raise NotFound(f"{type_.name} {id_} not found")
    return resource_answer(_shown(found.document, type_, of_url()), found.version)


@blueprint.route("/<any(Roles, Entitlements):endpoint>", methods=["OPTIONS"])
@blueprint.route("/<any(Roles, Entitlements):endpoint>/<id:id_>", methods=["OPTIONS"])
def options(endpoint: str, id_: str = "") -> Response:  # noqa: ARG001 -- part of the address
    """RFC 9110 §9.3.7: the routes for what is refused do not count."""
    _type(endpoint)
    return answer(None, 204, {"Allow": READ_ONLY})


@blueprint.route("/<any(Roles, Entitlements):endpoint>", methods=REFUSED, provide_automatic_options=False)
@blueprint.route("/<any(Roles, Entitlements):endpoint>/<id:id_>", methods=REFUSED, provide_automatic_options=False)
def refuse_write(endpoint: str, id_: str = "") -> Response:  # noqa: ARG001 -- part of the address
    """Nothing here can be written: what there is to be assigned is decided at the vendor."""
    _type(endpoint)
    said = f"/{endpoint} is read-only: it shows what {reading.target().mapping.title} offers."
    raise MethodNotAllowed(said, headers={"Allow": READ_ONLY})


# -- parts


def _type(endpoint: str) -> ResourceType:
    name, _ = LISTS[endpoint]
    found = reading.target().published.get(name)
    if found is None:
        raise NotFound(f"This target does not offer /{endpoint}.")
    return found


def _page(endpoint: str, query: Mapping[str, str]) -> Response:
    type_ = _type(endpoint)
    asked = list_query(query, (reading.target().name, endpoint), [type_])
    filter_ = None if asked.filter is None else parse_filter(asked.filter, type_)
    documents = [each.document for each in _offered(endpoint, type_)]
    found = [each for each in documents if filter_ is None or matches(filter_, each, type_)]

    def position(document: Document) -> Position:
        return Position(asked.order.key(type_.name, document), 0.0, document["id"])

    page = cut(found, position, asked.order, asked.window)
    return answer(asked.answer(page, [_shown(each, type_, query) for each in page.items]))


def _shown(document: Document, type_: ResourceType, query: Mapping[str, str]) -> Document:
    shown = project(document, type_, query.get("attributes"), query.get("excludedAttributes"))
    return {**shown, "schemas": document["schemas"]}


def _offered(endpoint: str, type_: ResourceType) -> list[Rendered]:
    target = reading.target()
    try:
        entries, containers = look(target, _with_containers(target, endpoint), REQUEST_SECONDS)
    except VendorError as error:
        raise scim_error(error) from error
    base = f"{reading.base_url()}{type_.endpoint}"
    return [_rendered(entry, type_, containers.get(entry.value, []), base) for entry in entries]


def _with_containers(target: Target, endpoint: str) -> Flow[tuple[Entries, Containers]]:
    """Return a list, and the values of the roles that contain each value.

    What roles contain are entitlements, where the vendor has any.
    """
    _, read = LISTS[endpoint]
    entries = yield from read(target.catalogue)
    containers: Containers = {}
    if endpoint == "Entitlements" or "Entitlements" not in target.mapping.catalogues:
        for role in (yield from target.catalogue.roles()):
            for value in role.contains:
                containers.setdefault(value, []).append(role.value)
    return entries, containers


def _rendered(entry: Entry, type_: ResourceType, containers: list[str], base: str) -> Rendered:
    id_ = resource_id(entry.value)
    known = {
        "value": entry.value,
        "display": entry.display,
        "displayName": entry.display,
        "type": entry.type,
        "supported": entry.supported,
        "contains": list(entry.contains),
        "containedBy": containers,
    }
    given = {name: value for name, value in known.items() if name.casefold() in type_.attributes}
    document: Document = {
        "schemas": list(type_.schemas),
        "id": id_,
        **{name: value for name, value in given.items() if not is_empty(value)},
    }
    version = digest(document)
    document["meta"] = {"resourceType": type_.name, "location": f"{base}/{id_}", "version": etag(version)}
    return Rendered(document, version)
