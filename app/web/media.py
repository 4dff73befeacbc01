"""Media types: what a body may come as, and what every answer is (RFC 7644 §3.1, §3.8)."""

from __future__ import annotations

from app.scim.errors import ScimError

SCIM = "application/scim+json"
"""What every answer is, whatever a client accepts: each of them can read it as JSON."""
JSON = "application/json"
TAKEN = frozenset({SCIM, JSON, ""})
"""What a body may be; no type at all is taken for SCIM's."""
CHARSETS = frozenset({"utf-8", "utf8", ""})


def refuse_other(media_type: str, charset: str, encoding: str) -> None:
    """Raise 415 for a body that is not SCIM's JSON, not in UTF-8, or compressed."""
    if media_type not in TAKEN:
        raise ScimError(f"The body must be {SCIM}, not {media_type}.", status=415)
    if charset.casefold() not in CHARSETS:
        raise ScimError(f"The body must be in UTF-8, not {charset}.", status=415)
    if encoding.strip().casefold() not in {"", "identity"}:
        raise ScimError(f"The body must not be encoded, and it is: {encoding}.", status=415)
