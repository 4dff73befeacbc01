"""Media types: of the body that comes, and of the one that is sent back (RFC 7644 §3.1, §3.8)."""

from __future__ import annotations

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from app.scim.errors import ScimError

SCIM = "application/scim+json"
JSON = "application/json"
TAKEN = frozenset({SCIM, JSON, ""})
"""What a body may be; no type at all is taken for SCIM's."""
CHARSETS = frozenset({"utf-8", "utf8", ""})
WILDCARDS = ("application/*", "*/*")


def refuse_other(media_type: str, charset: str, encoding: str) -> None:
    """Raise 415 for a body that is not SCIM's JSON, not in UTF-8, or compressed."""
    if media_type not in TAKEN:
        raise ScimError(f"The body must be {SCIM}, not {media_type}.", status=415)
    if charset.casefold() not in CHARSETS:
        raise ScimError(f"The body must be in UTF-8, not {charset}.", status=415)
    if encoding.strip().casefold() not in {"", "identity"}:
        raise ScimError(f"The body must not be encoded, and it is: {encoding}.", status=415)


def answered(accept: str | None) -> str:
    """Return the media type of an answer: SCIM's own, unless an ``Accept`` header prefers plain JSON.

    It does where it names application/json, not application/scim+json, and no wildcard that is as good. Nothing
    is 406: a client that names neither can do more with an answer than without.
    """
    accepted = parse_accept_header(accept, MIMEAccept)
    best: dict[str, float] = {}
    for name, quality in accepted:
        media_type = name.partition(";")[0].strip().casefold()
        best[media_type] = max(quality, best.get(media_type, 0))
    plain, wildcard = best.get(JSON, 0), max(best.get(name, 0) for name in WILDCARDS)
    return JSON if plain > wildcard and not best.get(SCIM) else SCIM
