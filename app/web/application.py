"""The WSGI application: blueprints, errors, JSON, proxies and paths put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask, Response
from flask.globals import request_ctx
from flask.json.provider import JSONProvider

from app.assembly import Bridge
from app.config import ServerConfig
from app.web import bulk, catalogue, discovery, errors, health, lists, me, metrics, reading, resources
from app.web.answers import answer
from app.web.paths import CanonicalPaths
from app.web.proxies import TrustedProxies
from app.web.scim import ResourceId


class Orjson(JSONProvider):
    """JSON by orjson: a page of users costs a tenth of the standard library's time."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Serialise to text."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Parse text or bytes."""
        return orjson.loads(s)


class Application(Flask):
    """Flask, whose answers are ours."""

    def make_default_options_response(self) -> Response:
        """Say which methods an address takes (RFC 9110 §9.3.7)."""
        adapter = request_ctx.url_adapter
        allowed = adapter.allowed_methods() if adapter else ()
        return answer(None, 204, {"Allow": ", ".join(sorted(allowed))})


def application(bridge: Bridge, server: ServerConfig, draining: Callable[[], bool]) -> Flask:
    """Build the Flask application of a bridge; ``draining``: whether the process is about to be stopped."""
    app = Application("app", static_folder=None)
    app.json = Orjson(app)
    app.config["MAX_CONTENT_LENGTH"] = reading.MAX_BODY + 1  # a body without a length is cut off there, unsaid
    app.url_map.strict_slashes = False
    app.url_map.converters["id"] = ResourceId
    app.extensions["bridge"] = bridge
    app.extensions["draining"] = draining
    app.extensions["external_url"] = server.external_url
    errors.register(app)
    for part in (health, metrics, resources, lists, bulk, discovery, me, catalogue):
        app.register_blueprint(part.blueprint)
    app.wsgi_app = TrustedProxies(CanonicalPaths(app.wsgi_app), server.trusted_proxies)  # type: ignore[method-assign]
    return app
