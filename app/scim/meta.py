"""``meta``, and the entity tags made of it (RFC 7643 §3.1, RFC 7644 §3.14)."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

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


def derived(version: str, references: Iterable[str]) -> str:
    """Return the version of a representation that also shows references, which the resource does not store."""
    shown = ",".join(sorted(references))
    return f"{version}.{zlib.crc32(shown.encode()):08x}" if shown else version


def digest(document: Document) -> str:
    """Return the version of a document that nobody stores: what discovery and a vendor's catalogue show."""
    return hashlib.sha256(orjson.dumps(document)).hexdigest()[:16]


def names(header: str, version: str) -> bool:
    """Whether an ``If-Match`` or ``If-None-Match`` header names this version, or any (RFC 9110 §13.1).

    Tags compare weakly, as the examples of RFC 7644 §3.14 have it: all of ours are weak.
    """
    return header.strip() == "*" or version in _versions(header)


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What a client demands of the stored version that it changes: its ``If-Match`` and ``If-None-Match``.

    What a representation was derived with does not count: a user whose groups have changed has not changed.
    """

    if_match: str | None = None
    if_none_match: str | None = None

    def check(self, version: str) -> None:
        """Raise ``PreconditionFailed`` unless the version is one that the client wants changed (RFC 9110 §13.1)."""
        if self.if_match is not None and not _names_stored(self.if_match, version):
            raise PreconditionFailed("The resource has changed since the version in If-Match.")
        if self.if_none_match is not None and _names_stored(self.if_none_match, version):
            raise PreconditionFailed("The resource still has a version that is named in If-None-Match.")


def _names_stored(header: str, version: str) -> bool:
    return header.strip() == "*" or version in {found.partition(".")[0] for found in _versions(header)}


TAG = r'(?:W/)?(?:"([^"]*)"|([^\s,"]+))'
"""An entity tag, which may hold commas; without its quotes, as some clients send it, it holds none."""
TAGS = re.compile(rf"[\s,]*(?:{TAG}\s*(?:,[\s,]*|$))*")


def _versions(header: str) -> list[str]:
    """Return the versions that a list of entity tags names; what is no such list names none."""
    if TAGS.fullmatch(header) is None:
        return []
    return [quoted or bare for quoted, bare in re.findall(TAG, header)]
