"""Whose ``X-Forwarded-*`` headers count: those of the configured proxies, nobody else's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.middleware.proxy_fix import ProxyFix


class TrustedProxies:
    """Apply the forwarded scheme, host and address if the peer is in one of ``networks``."""

    def __init__(self, app: WSGIApplication, networks: Sequence[str]) -> None:
        self._app = app
        self._forwarded = ProxyFix(app, x_for=1, x_proto=1, x_host=1)
        self._networks = [ip_network(network, strict=False) for network in networks]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        app = self._forwarded if self._is_trusted(environ.get("REMOTE_ADDR", "")) else self._app
        return app(environ, start_response)

    def _is_trusted(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._networks)
