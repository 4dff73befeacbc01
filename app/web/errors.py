"""Every error as a SCIM error body, whoever raised it (RFC 7644 §3.12)."""

from __future__ import annotations

import structlog
from flask import Flask, Response, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from app.scim import errors
from app.scim.errors import ScimError
from app.web import reading
from app.web.answers import answer

log = structlog.get_logger()

SAID = {
    404: "There is nothing at this address.",
    405: "This address does not take the method {method}.",
    413: f"The body is larger than the maxPayloadSize ({reading.MAX_BODY}).",
}


def register(app: Flask) -> None:
    """Answer every error of the application in SCIM's form."""
    app.register_error_handler(OperationalError, database_error)
    app.register_error_handler(ScimError, scim_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected)


def scim_error(error: ScimError) -> Response:
    """Answer a refusal."""
    return answer(error.body(), error.status, error.headers)


def http_error(error: HTTPException) -> Response:
    """Answer what the web framework refuses: unknown paths, methods, bodies that are too large."""
    status = error.code or 500
    detail = SAID.get(status, error.description or "").format(method=request.method)
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    if status == 413:  # the rest of the body is not read
        headers["Connection"] = "close"
    return scim_error(ScimError(detail, status=status, headers=headers))


def database_error(error: OperationalError) -> Response:
    """Answer that the database cannot be reached or used now."""
    log.error("the database failed", error=str(error.orig))
    return scim_error(errors.database_away())


def unexpected(error: Exception) -> Response:
    """Answer a defect of ours without telling its insides; the log has them."""
    log.exception("unexpected error", method=request.method, endpoint=request.endpoint, exc_info=error)
    return scim_error(errors.unexpected())
