"""Memberships, one row each: what the IdP wants (desired) beside what the vendor has (applied).

A row that is neither is deleted; a removed member's row stays until it is removed at the vendor.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, not_, or_, select

from app.directory.database import chunks
from app.directory.links import is_leased
from app.directory.tables import link, member, resource


@dataclass(slots=True)
class Membership:
    """One membership of one user, with the group's vendor id (``None``: the group is not there yet)."""

    group_link: int
    group_vendor_id: str | None
    group_name: str
    desired: bool
    applied: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """One end of a membership as SCIM shows it: the resource's id and its name."""

    id: str
    display: str


_group = link.alias("group_link")
_OF_USERS = (
    select(member, _group.c.vendor_id, _group.c.name)
    .select_from(member.join(_group, _group.c.id == member.c.group_link))
    .where(member.c.user_link.in_(bindparam("user_links", expanding=True)))
    .order_by(member.c.group_link)
)


def of_users(connection: Connection, user_links: Sequence[int]) -> dict[int, list[Membership]]:
    """Return every membership of some users, by link id."""
    found: dict[int, list[Membership]] = {user_link: [] for user_link in user_links}
    for row in connection.execute(_OF_USERS, {"user_links": user_links}):
        membership = Membership(row.group_link, row.vendor_id, row.name, row.desired, row.applied)
        found[row.user_link].append(membership)
    return found


@dataclass(frozen=True, slots=True)
class Flags:
    """The two sides of a membership."""

    desired: bool
    applied: bool


def flags(connection: Connection, group_link: int, among: Sequence[int] | None = None) -> dict[int, Flags]:
    """Return the rows of a group by user link: those of users ``among``, or all."""
    columns = (member.c.user_link, member.c.desired, member.c.applied)
    whole = select(*columns).where(member.c.group_link == group_link)
    parts = [whole] if among is None else [whole.where(member.c.user_link.in_(some)) for some in chunks(among)]
    rows = [row for part in parts for row in connection.execute(part)]
    return {row.user_link: Flags(row.desired, row.applied) for row in rows}


def lock(connection: Connection, group_link: int) -> set[int]:
    """Lock the links of everybody who is or may be in a group, before its rows, as everybody does; return them."""
    statement = select(link.c.id).join(member, member.c.user_link == link.c.id)
    rows = statement.where(member.c.group_link == group_link).order_by(link.c.id)
    return set(connection.execute(rows.with_for_update(of=link, key_share=True)).scalars())


def holders(connection: Connection, group_link: int) -> set[int]:
    """Return the user links that have a group at the vendor, or may have it as long as nobody has looked again."""
    statement = select(member.c.user_link).join(link, link.c.id == member.c.user_link)
    has = or_(member.c.applied, is_leased(), link.c.due_at.is_not(None))
    return set(connection.execute(statement.where(member.c.group_link == group_link, has)).scalars())


def entries(connection: Connection, group_link: int) -> dict[int, dict[str, str]]:
    """Return the wanted members of a group as SCIM shows them, by user link: for filters on them."""
    statement = (
        select(link.c.id, link.c.resource_id, link.c.name)
        .join(member, member.c.user_link == link.c.id)
        .where(member.c.group_link == group_link, member.c.desired)
    )
    return {
        row.id: {"value": row.resource_id, "$ref": f"/Users/{row.resource_id}", "type": "User"}
        for row in connection.execute(statement)
    }


def want(connection: Connection, group_link: int, user_links: Sequence[int], rows: Collection[int]) -> None:
    """Want users in a group; ``rows`` are those that have a row already."""
    again = [user for user in user_links if user in rows]
    if again:
        _desire(connection, group_link, again, True)
    new = {"group_link": group_link, "desired": True, "applied": False}
    inserts = [{**new, "user_link": user} for user in user_links if user not in rows]
    if inserts:
        connection.execute(member.insert(), inserts)


def unwant(connection: Connection, group_link: int, user_links: Sequence[int]) -> None:
    """Want users no longer in a group."""
    _desire(connection, group_link, user_links, False)


def unwant_all(connection: Connection, link_id: int) -> None:
    """Want nobody in this group, and this user in no group."""
    ends = or_(member.c.group_link == link_id, member.c.user_link == link_id)
    connection.execute(member.update().where(ends).values(desired=False))


def give_up(connection: Connection, group_link: int, user_links: Sequence[int]) -> None:
    """Want users no longer in a group; rows of those who are not in it at the vendor either go."""
    rows = [{"group": group_link, "user": user} for user in user_links]
    if rows:
        take_back(connection, rows)
        forget(connection, rows)


def record(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what is ``applied`` now (``has``) of rows given by ``group`` and ``user``.

    What is desired belongs to the requests, who may have changed it meanwhile.
    """
    statement = member.update().where(_key()).values(applied=bindparam("has"))
    connection.execute(statement, list(rows))


def take_back(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Want memberships no longer, given by ``group`` and ``user``, that a request has just asked for."""
    connection.execute(member.update().where(_key()).values(desired=False), list(rows))


def forget(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Drop those rows, given by ``group`` and ``user``, that are neither desired nor applied."""
    neither = not_(or_(member.c.desired, member.c.applied))
    connection.execute(member.delete().where(_key(), neither), list(rows))


def existing(connection: Connection, user_links: Sequence[int]) -> set[tuple[int, int]]:
    """Return the memberships that some users have a row for, as group and user."""
    statement = select(member.c.group_link, member.c.user_link).where(member.c.user_link.in_(user_links))
    return {(row.group_link, row.user_link) for row in connection.execute(statement)}


def _key() -> ColumnElement[bool]:
    return and_(member.c.group_link == bindparam("group"), member.c.user_link == bindparam("user"))


def applied_to(connection: Connection, group_link: int, user_links: Sequence[int]) -> None:
    """Write that users have got a group along with its creation."""
    for some in chunks(user_links):
        where = and_(member.c.group_link == group_link, member.c.user_link.in_(some))
        connection.execute(member.update().where(where).values(applied=True))


def drop_group(connection: Connection, group_link: int) -> None:
    """Forget the memberships of a group that is gone at the vendor, where nobody wants them."""
    where = and_(member.c.group_link == group_link, not_(member.c.desired))
    connection.execute(member.delete().where(where))
    connection.execute(member.update().where(member.c.group_link == group_link).values(applied=False))


def unsettled(connection: Connection, group_link: int) -> list[int]:
    """Return the user links whose membership in a group is not yet what is wanted."""
    where = (member.c.group_link == group_link, member.c.desired != member.c.applied)
    return list(connection.execute(select(member.c.user_link).where(*where)).scalars())


def idle_holders(connection: Connection, group_link: int) -> list[int]:
    """Return the user links that have a group at the vendor which they should not have, and that nobody sees to."""
    where = (member.c.group_link == group_link, member.c.applied, not_(member.c.desired), link.c.due_at.is_(None))
    return list(
        connection.execute(select(link.c.id).join(member, member.c.user_link == link.c.id).where(*where)).scalars()
    )


def vendor_ids(connection: Connection, group_link: int) -> dict[str, int]:
    """Return the wanted members of a group that have an account and are active: vendor id to user link."""
    statement = (
        select(link.c.vendor_id, link.c.id)
        .join(member, member.c.user_link == link.c.id)
        .join(resource, resource.c.id == link.c.resource_id)
        .where(member.c.group_link == group_link, member.c.desired)
        .where(link.c.vendor_id.is_not(None), resource.c.active)
    )
    return {row.vendor_id: row.id for row in connection.execute(statement)}


def accounts(connection: Connection, group_link: int) -> frozenset[str]:
    """Return the vendor ids of everybody who has a row in a group."""
    statement = select(link.c.vendor_id).join(member, member.c.user_link == link.c.id)
    found = statement.where(member.c.group_link == group_link, link.c.vendor_id.is_not(None))
    return frozenset(connection.execute(found).scalars())


def _far_ends(near: ColumnElement[int], far: ColumnElement[int]) -> Select[tuple[str, str, str]]:
    own, other = link.alias("own"), link.alias("other")
    return (
        select(own.c.resource_id.label("owner"), resource.c.id, other.c.name)
        .select_from(member)
        .join(own, own.c.id == near)
        .join(other, other.c.id == far)
        .join(resource, resource.c.id == other.c.resource_id)
        .where(own.c.resource_id.in_(bindparam("ids", expanding=True)), member.c.desired)
        .order_by(resource.c.created, resource.c.id)
    )


_FAR_ENDS = {
    "Group": _far_ends(member.c.group_link, member.c.user_link),
    "User": _far_ends(member.c.user_link, member.c.group_link),
}
"""Built once: to build it takes longer than to run it, and every answer needs it."""


def of_resources(connection: Connection, kind: str, ids: Sequence[str]) -> dict[str, list[Reference]]:
    """Return what SCIM shows: the members of groups, or the groups of users (``kind`` of ``ids``)."""
    found: dict[str, list[Reference]] = {id_: [] for id_ in ids}
    for row in connection.execute(_FAR_ENDS[kind], {"ids": ids}):
        found[row.owner].append(Reference(row.id, row.name))
    return found


def _desire(connection: Connection, group_link: int, user_links: Sequence[int], desired: bool) -> None:
    for some in chunks(user_links):
        where = and_(member.c.group_link == group_link, member.c.user_link.in_(some))
        connection.execute(member.update().where(where).values(desired=desired))
