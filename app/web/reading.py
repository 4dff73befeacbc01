"""What a request says: target and token, body, paging, projection. Its parameters are read in ``query``."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from flask import current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.assembly import Bridge
from app.directory import tokens
from app.provisioning import resource_types
from app.provisioning.journal import Request
from app.provisioning.target import Target
from app.scim.body import decode
from app.scim.errors import NotFound, Unauthorized
from app.scim.meta import Preconditions
from app.scim.projection import refuse_both
from app.scim.schemas import ResourceType
from app.scim.types import Json
from app.web import media
from app.web.query import of_search, of_url
from app.web.rendering import View

MAX_BODY = 1024 * 1024
"""Bytes; a group of 10,000 members fits."""


def bridge() -> Bridge:
    """Return the parts this process works with."""
    found: Bridge = current_app.extensions["bridge"]
    return found


def target() -> Target:
    """Return the target of this request's URL. Raises ``NotFound``."""
    found = bridge().targets.get(g.target)
    if found is None:
        raise NotFound(f"There is no target {g.target!r}.")
    return found


def authenticate() -> None:
    """Demand a bearer token of the target, from the configuration or the database; note whose it is."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthorized
    digest = tokens.digest(secret.strip())
    g.actor = _configured(digest) or _stored(digest)
    if g.actor is None:
        raise Unauthorized


def _configured(digest: str) -> str | None:
    known = target().tokens.items()
    return next((name for sha256, name in known if hmac.compare_digest(sha256, digest)), None)


def _stored(digest: str) -> str | None:
    with bridge().database.read() as connection:
        found = tokens.find(connection, target().name, digest)
    return None if found is None else found.name


def write_request() -> Request:
    """Return who asks for what, for the audit."""
    path = request.path.partition("/scim/v2")[2]
    return Request(actor=g.actor, action=f"{request.method} {path}")


def preconditions() -> Preconditions:
    """Return what the client demands of the version that it changes."""
    return Preconditions(request.headers.get("If-Match"), request.headers.get("If-None-Match"))


def body() -> Json:
    """Return the decoded body. Raises 413, 415 and ``InvalidSyntax``."""
    charset, encoding = request.mimetype_params.get("charset", ""), request.headers.get("Content-Encoding", "")
    media.refuse_other(request.mimetype, charset, encoding)
    sent = request.get_data(cache=False)
    if len(sent) > MAX_BODY:
        raise RequestEntityTooLarge
    return decode(sent)


def base_url() -> str:
    """Return this target's SCIM base URL as the client should see it."""
    root = current_app.extensions["external_url"] or request.host_url.rstrip("/")
    return f"{root}/{target().name}/scim/v2"


def view(type_: ResourceType, query: Mapping[str, str] | None = None) -> View:
    """Return what of a resource the query asks for: that of the URL, unless another is given.

    Raises ``InvalidValue`` where it cannot be asked for so: before a write, this is the time to say it.
    """
    query = of_url() if query is None else query
    attributes, excluded = query.get("attributes"), query.get("excludedAttributes")
    refuse_both(attributes, excluded)
    return View(base_url(), type_, attributes, excluded, resource_types.note(target().mapping, type_.name))


def search_request() -> dict[str, str]:
    """Return the body of a search as the query it would be in a URL (RFC 7644 §3.4.3)."""
    return of_search(body())
