"""``/Users`` and ``/Groups``, one resource at a time (RFC 7644 §3.3 to §3.6)."""

from __future__ import annotations

import uuid

from flask import Response

from app.directory import resources
from app.directory.resources import Resource
from app.provisioning.endpoints import ENDPOINTS, KINDS, Endpoint
from app.scim.errors import NotFound
from app.web import reading
from app.web.answers import answer, resource_answer
from app.web.rendering import View
from app.web.scim import scim_blueprint

blueprint = scim_blueprint("resources")


@blueprint.post("/<any(Users, Groups):endpoint>")
def create(endpoint: str) -> Response:
    """RFC 7644 §3.3."""
    body, view = reading.body(), _view(endpoint)
    return _show(view, _endpoint(endpoint).create(reading.write_request(), body, str(uuid.uuid4())), 201)


@blueprint.get("/<any(Users, Groups):endpoint>/<id:id_>")
def read(endpoint: str, id_: str) -> Response:
    """RFC 7644 §3.4.1."""
    with reading.bridge().database.read() as connection:
        found = resources.get(connection, reading.target().name, KINDS[endpoint], id_)
    if found is None:
        raise NotFound(f"{KINDS[endpoint]} {id_} not found")
    return _show(_view(endpoint), found, 200)


@blueprint.put("/<any(Users, Groups):endpoint>/<id:id_>")
def replace(endpoint: str, id_: str) -> Response:
    """RFC 7644 §3.5.1."""
    body, view, conditions = reading.body(), _view(endpoint), reading.preconditions()
    return _show(view, _endpoint(endpoint).replace(reading.write_request(), id_, body, conditions), 200)


@blueprint.patch("/<any(Users, Groups):endpoint>/<id:id_>")
def patch(endpoint: str, id_: str) -> Response:
    """RFC 7644 §3.5.2. Who asks for attributes gets them; else the dialect says whether there is a body."""
    body, view, conditions = reading.body(), _view(endpoint), reading.preconditions()
    changed = _endpoint(endpoint).patch(reading.write_request(), id_, body, conditions)
    if view.is_chosen or reading.target().dialect.patched(KINDS[endpoint]) == 200:
        return _show(view, changed, 200)
    return resource_answer(None, changed.version, 204)


@blueprint.delete("/<any(Users, Groups):endpoint>/<id:id_>")
def delete(endpoint: str, id_: str) -> Response:
    """RFC 7644 §3.6."""
    _endpoint(endpoint).delete(reading.write_request(), id_, reading.preconditions())
    return answer(None, 204)


def _endpoint(name: str) -> Endpoint:
    return ENDPOINTS[name](reading.bridge().database, reading.target())


def _view(endpoint: str) -> View:
    return reading.view(reading.target().types[KINDS[endpoint]])


def _show(view: View, resource: Resource, status: int) -> Response:
    with reading.bridge().database.read() as connection:
        (rendered,) = view.render(connection, [resource])
    location = view.location(resource.id) if status == 201 else None
    return resource_answer(rendered.document, rendered.version, status, location)
