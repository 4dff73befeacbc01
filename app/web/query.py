"""The protocol's own query parameters, of a URL and of a search by POST (RFC 7644 §3.4.2, §3.4.3, §3.9).

Their names count in any case: a filter that is written ``Filter`` must not be a filter that is ignored. What the
protocol does not name is ignored; Entra's flags are such (``aadOptscim062020``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import request

from app.scim.body import folded
from app.scim.errors import InvalidSyntax, InvalidValue
from app.scim.types import Json

NAMES = ("filter", "sortBy", "sortOrder", "startIndex", "count", "cursor", "attributes", "excludedAttributes")
NUMBERS = frozenset({"startIndex", "count"})
LISTS = frozenset({"attributes", "excludedAttributes"})
BY_FOLDED_NAME: Mapping[str, str] = {name.casefold(): name for name in NAMES}


def of_url() -> dict[str, str]:
    """Return the parameters of this request's URL. Raises ``InvalidValue`` if one is given twice."""
    return parameters(request.args.items(multi=True))


def parameters(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return those of some parameters that the protocol knows, by their names in its own spelling."""
    found: dict[str, str] = {}
    for key, value in given:
        name = BY_FOLDED_NAME.get(key.casefold())
        if name in found:
            raise InvalidValue(f"{name} is given more than once.")
        if name is not None:
            found[name] = value
    return found


def of_search(body: Json) -> dict[str, str]:
    """Return a SearchRequest as the query that it would be in a URL (RFC 7644 §3.4.3)."""
    if not isinstance(body, dict):
        raise InvalidSyntax("The body must be a SearchRequest.")
    given = {BY_FOLDED_NAME.get(key): value for key, value in folded(body).items() if value is not None}
    return {name: _as_text(name, value) for name, value in given.items() if name is not None}


def _as_text(name: str, value: Json) -> str:
    if isinstance(value, str):
        return value
    if name in NUMBERS and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)  # whether it is an integer, paging says
    if name in LISTS and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(str(item) for item in value)
    raise InvalidSyntax(f"{name} has the wrong type.")
