"""What a list is asked for with, and the page that answers it: the same for every list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.scim import cursor, messages
from app.scim.errors import InvalidCount, InvalidValue
from app.scim.filter import Filter, parse_filter
from app.scim.paging import Page, Window
from app.scim.resource_type import ResourceType
from app.scim.sorting import Order, parse_order
from app.scim.types import Document

MAX_RESULTS = 200
"""The most resources that one page of a list holds."""

LARGEST = 2**31 - 1
INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The parameters of one list; ``place`` is what tells it from other lists: the target and the endpoint."""

    place: tuple[str, ...]
    filter: str | None
    order: Order
    start: int
    window: Window

    @property
    def scope(self) -> tuple[str, ...]:
        """What a cursor belongs to, beside the order."""
        return (*self.place, self.filter or "")

    def answer(self, page: Page[object], shown: Sequence[Document]) -> Document:
        """Make the answer: one with cursors where one was sent, even an empty one (RFC 9865 §2)."""
        if self.window.cursor is None:
            return messages.list_response(shown, page.total, self.start)
        next_, previous = (
            None if each is None else cursor.encode(each, self.order, *self.scope)
            for each in (page.next, page.previous)
        )
        return messages.cursor_response(shown, page.total, next_, previous)


def list_query(query: Mapping[str, str], place: tuple[str, ...], types: Sequence[ResourceType]) -> ListQuery:
    """Read the parameters of a list of resources of these types."""
    order = parse_order(query.get("sortBy"), query.get("sortOrder"), types)
    start = max(1, _integer(query, "startIndex", 1, InvalidValue))
    by_cursor = "cursor" in query
    count = _integer(query, "count", MAX_RESULTS, InvalidCount if by_cursor else InvalidValue)
    limit = max(0, min(MAX_RESULTS, count))
    read = ListQuery(place, query.get("filter"), order, start, Window(limit, start - 1))
    if not by_cursor:
        return read
    if start != 1:
        raise InvalidValue("cursor and startIndex are two ways to page: use one of them.")
    window = Window(limit, cursor=cursor.decode(query["cursor"], order, *read.scope))
    return ListQuery(place, read.filter, order, start, window)


def filters(text: str | None, types: Sequence[ResourceType]) -> list[tuple[ResourceType, Filter | None]]:
    """Read a filter for each type; an attribute that only others have is one without a value there."""
    return [(type_, None if text is None else parse_filter(text, type_, types)) for type_ in types]


def _integer(query: Mapping[str, str], name: str, default: int, refusal: type[InvalidCount | InvalidValue]) -> int:
    text = query.get(name, "")
    if not text.strip():
        return default
    if INTEGER.fullmatch(text) is None or len(text) > 1000:
        raise refusal(f"{name} must be an integer.")
    return max(-LARGEST, min(LARGEST, int(text)))
