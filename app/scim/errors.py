"""The errors a SCIM client is told about (RFC 7644 §3.12, Table 8 and 9; RFC 9865 §2.1).

ScimError                    any status
├── BadRequest               400
│   ├── InvalidCount         invalidCount (RFC 9865)
│   ├── InvalidCursor        invalidCursor (RFC 9865)
│   ├── InvalidFilter        invalidFilter
│   ├── InvalidPath          invalidPath
│   ├── InvalidSyntax        invalidSyntax
│   ├── InvalidValue         invalidValue
│   ├── MutabilityError      mutability
│   ├── NoTarget             noTarget
│   └── TooMany              tooMany
├── Unauthorized             401, with WWW-Authenticate
├── Forbidden                403
├── NotFound                 404
├── MethodNotAllowed         405
├── Conflict                 409
│   └── Uniqueness           uniqueness
├── PreconditionFailed       412
├── PayloadTooLarge          413
├── RetryLater               with Retry-After
│   ├── TooManyRequests      429
│   └── Unavailable          503
├── NotSupported             501
└── BadGateway               502
"""

from __future__ import annotations

from typing import ClassVar

from app.scim.types import Document

ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error"


class ScimError(Exception):
    """A refusal, with all that is needed to say it over HTTP: status, scimType, detail and headers."""

    default_status: ClassVar[int] = 500
    default_scim_type: ClassVar[str | None] = None

    def __init__(
        self,
        detail: str = "",
        *,
        status: int | None = None,
        scim_type: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status or self.default_status
        self.scim_type = scim_type or self.default_scim_type
        self.headers = dict(headers or {})

    def body(self) -> Document:
        """Give the error message of RFC 7644 §3.12; `status` is a string there."""
        optional = {"scimType": self.scim_type, "detail": self.detail}
        given = {key: value for key, value in optional.items() if value}
        return {"schemas": [ERROR_URN], "status": str(self.status), **given}


class BadRequest(ScimError):
    """400: the request itself is wrong."""

    default_status = 400


class InvalidCount(BadRequest):
    """The size of a page is not a number, where pages are asked for by cursor (RFC 9865 §2.1)."""

    default_scim_type = "invalidCount"


class InvalidCursor(BadRequest):
    """The cursor is none that this list has given out (RFC 9865 §2.1)."""

    default_scim_type = "invalidCursor"


class InvalidFilter(BadRequest):
    """The filter is malformed, or compares what cannot be compared."""

    default_scim_type = "invalidFilter"


class InvalidPath(BadRequest):
    """The path of a PATCH operation is malformed or names no attribute."""

    default_scim_type = "invalidPath"


class InvalidSyntax(BadRequest):
    """The body does not have the shape of the message it should be."""

    default_scim_type = "invalidSyntax"


class InvalidValue(BadRequest):
    """A required value is missing, or a value does not fit its attribute."""

    default_scim_type = "invalidValue"


class MutabilityError(BadRequest):
    """The change is not compatible with the attribute's mutability."""

    default_scim_type = "mutability"


class NoTarget(BadRequest):
    """The path of a PATCH operation selects nothing that could be changed."""

    default_scim_type = "noTarget"


class TooMany(BadRequest):
    """The filter would give more results than the server is willing to return."""

    default_scim_type = "tooMany"


class Unauthorized(ScimError):
    """401: no token, or not one that is known here."""

    default_status = 401

    def __init__(self, detail: str = "A valid bearer token is required.") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="SCIM"'})


class Forbidden(ScimError):
    """403: the operation is not permitted."""

    default_status = 403


class NotFound(ScimError):
    """404: there is no such resource *here* (never: the vendor does not know it)."""

    default_status = 404


class MethodNotAllowed(ScimError):
    """405: the endpoint exists and does not take this method."""

    default_status = 405


class Conflict(ScimError):
    """409: what is asked for does not go together with what is there."""

    default_status = 409


class Uniqueness(Conflict):
    """Another resource has this userName or displayName."""

    default_scim_type = "uniqueness"


class PreconditionFailed(ScimError):
    """412: the resource has changed since the version in If-Match."""

    default_status = 412


class PayloadTooLarge(ScimError):
    """413: the body is larger than the server takes."""

    default_status = 413


class RetryLater(ScimError):
    """An error that passes: it says after how many seconds to come back."""

    default_status = 503

    def __init__(self, detail: str = "", *, retry_after: int = 30) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class TooManyRequests(RetryLater):
    """429: too many requests here or at the vendor."""

    default_status = 429


class NotSupported(ScimError):
    """501: what is asked for is not offered."""

    default_status = 501


class BadGateway(ScimError):
    """502: the vendor answered something that makes the request impossible, such as refused credentials."""

    default_status = 502


class Unavailable(RetryLater):
    """503: the vendor is down, or does not answer in time."""

    default_status = 503


def database_away() -> Unavailable:
    """Give the error of a bridge that cannot reach or use its own database now."""
    return Unavailable("The bridge's own database is not available now.", retry_after=5)


def unexpected() -> ScimError:
    """Give the error of a defect of ours, which tells nothing of its insides."""
    return ScimError("An unexpected error of the bridge; its log says more.", status=500)
