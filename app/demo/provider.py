"""An identity provider as data: its headers, and the requests it sends for each step of the story."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Request:
    """One SCIM request.

    ``path`` is below the target's base URL and percent-encoded as the IdP does it. ``{name}`` in it and in any
    string of ``body`` stands for an id that an earlier answer gave; ``keep`` is the name to keep this one's by: the
    id of the resource, or of the only one of a list.
    ``expects`` is the status of the right answer.
    """

    method: str
    path: str
    body: Any = None
    expects: int = 200
    keep: str | None = None

    def url(self, base: str, ids: Mapping[str, str]) -> str:
        """Return the address below ``base``."""
        return f"{base}{_filled(self.path, ids)}"

    def data(self, ids: Mapping[str, str]) -> bytes | None:
        """Return the body as it goes over the wire."""
        if self.body is None:
            return None
        return json.dumps(_filled(self.body, ids), separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Provider:
    """``idp`` is the word of the configuration; ``headers`` go with each request, ``body_headers`` with a body."""

    idp: str
    title: str
    headers: Mapping[str, str | bytes]
    body_headers: Mapping[str, str]
    requests: Mapping[str, tuple[Request, ...]]


def _filled(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(each, ids) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, ids) for each in value]
    return PLACEHOLDER.sub(lambda found: ids[found[1]], value) if isinstance(value, str) else value
