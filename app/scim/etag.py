"""ETags: weak entity tags made of a resource's version (RFC 7644 §3.14, RFC 9110 §13.1)."""

from __future__ import annotations

from app.scim.errors import PreconditionFailed


def etag(version: str) -> str:
    """Return the entity tag of a version."""
    return f'W/"{version}"'


def matches(header: str, version: str) -> bool:
    """Whether an ``If-Match`` or ``If-None-Match`` header names this version."""
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or f'"{version}"' in tags


def check_if_match(header: str | None, version: str) -> None:
    """Raise ``PreconditionFailed`` if an ``If-Match`` header names another version than this one."""
    if header is not None and not matches(header, version):
        raise PreconditionFailed("the resource has changed since the version in If-Match")
