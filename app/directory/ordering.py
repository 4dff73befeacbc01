"""Orders as SQL where the promoted columns can say them: the same, resource for resource, as in Python.

Text is compared by code points, which is what Python does, whatever the database was created with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, UnaryExpression, and_, case, literal, or_, tuple_

from app.directory.database import by_code_point
from app.directory.tables import resource
from app.scim.paging import Cursor
from app.scim.sorting import Order, Position

Column: TypeAlias = ColumnElement[Any]

OF_KIND: Mapping[tuple[str, str], Column] = {
    ("User", "userName"): by_code_point(resource.c.name_key),
    ("User", "active"): resource.c.active,
}
OF_EVERY_KIND: Mapping[str, Column] = {
    "displayName": by_code_point(resource.c.display_key),
    "id": by_code_point(resource.c.id),
    "externalId": by_code_point(resource.c.external_id),
    "meta.created": resource.c.created,
    "meta.lastModified": resource.c.modified,
}
"""The columns of promoted attributes, as they sort."""

PLACE = (resource.c.created, by_code_point(resource.c.id))
"""What decides between resources that are sorted by the same."""


@dataclass(frozen=True, slots=True)
class SqlOrder:
    """An order of rows; ``key`` is ``None`` where only the place decides."""

    key: Column | None
    descending: bool

    def terms(self, *, forward: bool = True) -> list[UnaryExpression[Any]]:
        """Return what to order by, to read the list forward or backward."""
        if self.descending != forward:
            ends = [] if self.key is None else [self.key.asc().nulls_last()]
            return [*ends, *(column.asc() for column in PLACE)]
        ends = [] if self.key is None else [self.key.desc().nulls_first()]
        return [*ends, *(column.desc() for column in PLACE)]

    def beyond(self, cursor: Cursor) -> Column | None:
        """Return the condition that a row comes after the cursor, as the cursor goes; ``None``: every row does."""
        if cursor.gap is None:
            return None
        upward = self.descending != cursor.forward
        beside, inclusive = cursor.gap.beside, cursor.gap.after != cursor.forward
        return self._above(beside, inclusive) if upward else self._below(beside, inclusive)

    def _above(self, beside: Position, inclusive: bool) -> Column:
        place = tuple_(*PLACE) >= _place(beside) if inclusive else tuple_(*PLACE) > _place(beside)
        if self.key is None:
            return place
        if beside.key is None:
            return and_(self.key.is_(None), place)
        key = literal(beside.key, self.key.type)
        return or_(self.key > key, self.key.is_(None), and_(self.key == key, place))

    def _below(self, beside: Position, inclusive: bool) -> Column:
        place = tuple_(*PLACE) <= _place(beside) if inclusive else tuple_(*PLACE) < _place(beside)
        if self.key is None:
            return place
        if beside.key is None:
            return or_(self.key.is_not(None), place)
        key = literal(beside.key, self.key.type)
        return or_(self.key < key, and_(self.key == key, place))


def in_sql(order: Order) -> SqlOrder | None:
    """Return the order as SQL, or ``None`` where an attribute is not promoted."""
    if not order.paths:
        ranks = {kind: rank for rank, kind in enumerate(order.kinds)}
        return SqlOrder(case(ranks, value=resource.c.kind) if len(ranks) > 1 else None, order.descending)
    paths = {kind: str(path) for kind, path in order.paths.items()}
    columns = {kind: OF_KIND.get((kind, path), OF_EVERY_KIND.get(path)) for kind, path in paths.items()}
    known = {kind: column for kind, column in columns.items() if column is not None}
    if len(known) < len(columns):
        return None
    if len(known) == len(order.kinds) and len(set(paths.values())) == 1:
        return SqlOrder(next(iter(known.values())), order.descending)
    return SqlOrder(case(known, value=resource.c.kind), order.descending)


def _place(beside: Position) -> Column:
    return tuple_(literal(beside.created), literal(beside.id))
