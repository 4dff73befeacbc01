"""``meta``, and the entity tags made of it (RFC 7643 §3.1, RFC 7644 §3.14)."""

from __future__ import annotations

from datetime import UTC, datetime

from app.scim.errors import PreconditionFailed
from app.scim.types import Document


def meta(kind: str, created: float, modified: float, version: str, location: str) -> Document:
    """Describe a resource; ``created`` and ``modified`` are seconds since the epoch."""
    return {
        "resourceType": kind,
        "created": instant(created),
        "lastModified": instant(modified),
        "location": location,
        "version": etag(version),
    }


def instant(seconds: float) -> str:
    """Write a time as SCIM does: UTC, milliseconds, with its zone (RFC 7643 §2.3.5)."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def etag(version: str) -> str:
    """Return the weak entity tag of a version."""
    return f'W/"{version}"'


def names(header: str, version: str) -> bool:
    """Whether an ``If-Match`` or ``If-None-Match`` header names this version, or any (RFC 9110 §13.1)."""
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or f'"{version}"' in tags


def check_if_match(header: str | None, version: str) -> None:
    """Raise ``PreconditionFailed`` if an ``If-Match`` header names another version than this one."""
    if header is not None and not names(header, version):
        raise PreconditionFailed("The resource has changed since the version in If-Match.")
