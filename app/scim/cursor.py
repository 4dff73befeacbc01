"""Cursors as clients see them (RFC 9865 §2): opaque, of unreserved characters only, good for ever.

Nothing is stored for one: it holds the place where the page begins, and a digest of that and of the list that it
is a place in. The digest is no secret; it finds mistakes, and who forges a cursor sees what the token sees anyway.
"""

from __future__ import annotations

import hashlib
import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson

from app.scim.errors import InvalidCursor
from app.scim.fields import is_storable
from app.scim.paging import Cursor, Gap
from app.scim.sorting import Order, Position

DIGEST_BYTES = 12


def encode(cursor: Cursor, order: Order, *scope: str) -> str:
    """Write a cursor of the list that the order and the scope (target, endpoint, filter) make."""
    gap = cursor.gap
    place = None if gap is None else [gap.beside.key, gap.beside.created, gap.beside.id, gap.after]
    payload = orjson.dumps([cursor.forward, place])
    return _base64(_digest(payload, order, scope) + payload)


def decode(text: str, order: Order, *scope: str) -> Cursor:
    """Read a cursor of the same list; an empty one is the start. Raises InvalidCursor."""
    if not text:
        return Cursor()
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        digest, payload = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
        if _base64(content) == text and digest == _digest(payload, order, scope):
            return _cursor(orjson.loads(payload), order)
    except (ValueError, TypeError):
        pass
    raise InvalidCursor(
        "This is not a cursor of this list: begin with an empty one, then send a nextCursor or previousCursor "
        "as it came, with the same filter, sortBy and sortOrder."
    )


def _cursor(payload: Any, order: Order) -> Cursor:
    forward, place = payload
    if place is None:
        return Cursor(None, forward is True)
    key, created, id_, after = place
    if not (order.takes(key) and isinstance(created, float) and math.isfinite(created)):
        raise ValueError(place)
    if not all(is_storable(each) for each in (key, id_) if isinstance(each, str)):
        raise ValueError(place)
    return Cursor(Gap(Position(key, created, str(id_)), after is True), forward is True)


def _digest(payload: bytes, order: Order, scope: tuple[str, ...]) -> bytes:
    listed = orjson.dumps([str(order), *scope])
    return hashlib.blake2b(listed + b"\n" + payload, digest_size=DIGEST_BYTES).digest()


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
