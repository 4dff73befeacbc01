"""What the HTTP server refuses before the application sees it: in SCIM's form too (RFC 7644 §3.12)."""

from __future__ import annotations

import socket

import orjson
from gunicorn import util

from app.scim.errors import ScimError
from app.web.media import SCIM


def write_error(client: socket.socket, status: int, reason: str, _message: str) -> None:
    """Answer a request line or headers that are too long, or no HTTP at all; what was sent is not repeated."""
    body = orjson.dumps(ScimError(f"{reason}.", status=status).body())
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\n"
        f"Content-Type: {SCIM}; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(client, head.encode("latin-1") + body)
