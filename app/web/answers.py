"""Answers: SCIM's media type and the headers that go with a resource."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from flask import Response, request

from app.scim.errors import PreconditionFailed
from app.scim.meta import etag, names
from app.scim.types import Document
from app.web import media


def answer(body: Document | None, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a SCIM body, or with none; errors too."""
    content = b"" if body is None else orjson.dumps(body)
    response = Response(content, status=status, headers=dict(headers or {}))
    if body is None:
        del response.headers["Content-Type"]
    else:
        response.headers["Content-Type"] = f"{media.SCIM}; charset=utf-8"
    return response


def resource_answer(
    body: Document | None, version: str, status: int = 200, location: str | None = None
) -> Response:
    """Answer with a resource, or nothing, and its ETag (RFC 7644 §3.14, RFC 9110 §13).

    A read is 412 where it is not the version of ``If-Match``, and 304 where the client has it already.
    """
    headers = {"ETag": etag(version)}
    if location is not None:
        headers["Location"] = location
    if request.method in {"GET", "HEAD"}:
        wanted, known = request.headers.get("If-Match"), request.headers.get("If-None-Match")
        if wanted is not None and not names(wanted, version):
            raise PreconditionFailed("The resource does not have the version in If-Match.")
        if known is not None and names(known, version):
            return answer(None, 304, headers)
    return answer(body, status, headers)
