"""Answers: SCIM's media type and the headers that go with a resource."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from flask import Response, request

from app.scim import meta
from app.scim.types import Document

MEDIA_TYPE = "application/scim+json"


def answer(body: Document | None, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a SCIM body, or with none."""
    content = b"" if body is None else orjson.dumps(body)
    response = Response(content, status=status, headers=dict(headers or {}))
    if body is None:
        del response.headers["Content-Type"]
    else:
        response.headers["Content-Type"] = f"{MEDIA_TYPE}; charset=utf-8"
    return response


def resource_answer(body: Document, version: str, status: int = 200, location: str | None = None) -> Response:
    """Answer with a resource and its ETag; 304 where the client has this version already."""
    headers = {"ETag": meta.etag(version)}
    if location is not None:
        headers["Location"] = location
    known = request.headers.get("If-None-Match")
    if request.method in {"GET", "HEAD"} and known is not None and meta.names(known, version):
        return answer(None, 304, headers)
    return answer(body, status, headers)
