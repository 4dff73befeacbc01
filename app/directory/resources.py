"""Resources as the IdP wrote them: insert, read, list, replace, delete."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, case, func, select

from app.directory.tables import link, member, resource
from app.scim.types import Document


@dataclass(frozen=True, slots=True)
class Resource:
    """One SCIM resource. ``document`` lacks what is computed: ``meta``, ``groups``, ``members``.

    ``version`` is a random token, new at each change, so that an ETag never names two states.
    """

    id: str
    target: str
    kind: str
    document: Document
    version: str
    created: float
    modified: float

    @property
    def name(self) -> str:
        """userName or displayName: what people call it."""
        return str(self.document.get("userName") or self.document.get("displayName") or "")


def new_version() -> str:
    """Return a token that no other state of any resource has."""
    return secrets.token_hex(8)


def changed(old: Resource, document: Document, now: float) -> Resource:
    """Return ``old`` with another document, as a new version; ``modified`` never runs backwards."""
    return replace(old, document=document, version=new_version(), modified=max(now, old.modified))


def insert(connection: Connection, new: Resource) -> None:
    """Store a new resource. Raises ``IntegrityError`` if its name is taken in that target."""
    connection.execute(resource.insert(), _values(new))


def update(connection: Connection, changed_: Resource) -> None:
    """Store a changed resource. Raises ``IntegrityError`` if its name is taken in that target."""
    connection.execute(resource.update().where(resource.c.id == changed_.id).values(_values(changed_)))


def touch(connection: Connection, id_: str, now: float) -> str:
    """Give a group a new version because its members have changed, and return it."""
    values = _touched(now)
    connection.execute(resource.update().where(resource.c.id == id_).values(values))
    return str(values["version"])


def untouch(connection: Connection, old: Resource, touched: str) -> None:
    """Give a group the version back that it had, if nothing has changed since it was ``touched``."""
    where = (resource.c.id == old.id, resource.c.version == touched)
    connection.execute(resource.update().where(*where).values(version=old.version, modified=old.modified))


def touch_groups_of(connection: Connection, user_link: int, now: float) -> None:
    """Give the groups that a user leaves a new version."""
    groups = select(link.c.resource_id).join(member, member.c.group_link == link.c.id)
    where = resource.c.id.in_(groups.where(member.c.user_link == user_link))
    connection.execute(resource.update().where(where).values(_touched(now)))


def _touched(now: float) -> dict[str, Any]:
    """Return a new version and its time, which no step of a clock turns back."""
    later = case((resource.c.modified > now, resource.c.modified), else_=now)
    return {"version": new_version(), "modified": later}


def delete(connection: Connection, id_: str) -> None:
    """Remove a resource."""
    connection.execute(resource.delete().where(resource.c.id == id_))


def get(connection: Connection, target: str, kind: str, id_: str) -> Resource | None:
    """Return one resource, or ``None``."""
    scope = (resource.c.target == target, resource.c.kind == kind, resource.c.id == id_)
    row = connection.execute(select(resource).where(*scope)).first()
    return None if row is None else of_row(row)


def by_ids(connection: Connection, ids: Sequence[str]) -> dict[str, Resource]:
    """Return those of some resources that exist."""
    rows = connection.execute(select(resource).where(resource.c.id.in_(ids)))
    return {row.id: of_row(row) for row in rows}


def count(
    connection: Connection, target: str, where: ColumnElement[bool], part: ColumnElement[bool] | None = None
) -> tuple[int, int]:
    """Count the resources for which ``where`` is true, and those of them for which ``part`` is true too."""
    counted = func.count() if part is None else func.count().filter(part)
    statement = select(func.count(), counted).select_from(resource).where(resource.c.target == target, where)
    whole, some = connection.execute(statement).one()
    return whole, some


def page(
    connection: Connection,
    target: str,
    where: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]] = (),
    offset: int = 0,
    limit: int | None = None,
) -> list[Resource]:
    """Return the resources for which ``where`` is true, in this order."""
    statement = select(resource).where(resource.c.target == target, where).order_by(*order)
    return [of_row(row) for row in connection.execute(statement.offset(offset).limit(limit))]


def of_row(row: Row[Any]) -> Resource:
    """Build a resource from a row that has the table's columns."""
    return Resource(
        id=row.id,
        target=row.target,
        kind=row.kind,
        document=orjson.loads(row.document),
        version=row.version,
        created=row.created,
        modified=row.modified,
    )


def _values(new: Resource) -> dict[str, Any]:
    display = new.document.get("displayName")
    return {
        "id": new.id,
        "target": new.target,
        "kind": new.kind,
        "document": orjson.dumps(new.document).decode(),
        "name_key": new.name.casefold(),
        "display_key": None if display is None else display.casefold(),
        "external_id": new.document.get("externalId"),
        "active": new.document.get("active", True),
        "version": new.version,
        "created": new.created,
        "modified": new.modified,
    }
