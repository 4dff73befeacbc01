"""One spelling for each path: IdPs send trailing and double slashes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SLASHES = re.compile(r"/{2,}")


class CanonicalPaths:
    """Collapse double slashes and drop a trailing one before routing; a redirect would lose a POST."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        path = SLASHES.sub("/", environ.get("PATH_INFO", "/"))
        environ["PATH_INFO"] = path.rstrip("/") or "/"
        return self._app(environ, start_response)
