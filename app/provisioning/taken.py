"""A name that another resource has, or is just being given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from app.directory import links
from app.directory.resources import Resource
from app.directory.tables import link, resource
from app.scim import errors

ATTRIBUTE = {"User": "userName", "Group": "displayName"}


class Taken(errors.Uniqueness):
    """Another resource has the name of this one."""

    def __init__(self, wanted: Resource) -> None:
        super().__init__(f"{ATTRIBUTE[wanted.kind]} {wanted.name} is taken")
        self.wanted = wanted


@contextmanager
def storing(wanted: Resource) -> Iterator[None]:
    """Raise :class:`Taken` if the resource cannot be stored within."""
    try:
        yield
    except IntegrityError as taken:
        raise Taken(wanted) from taken


def may_be_freed(connection: Connection, taken: Taken) -> bool:
    """Whether nobody has the name any more, or the one that has it is just being delivered, and may yet lose it."""
    wanted = taken.wanted
    owner = (resource.c.target == wanted.target, resource.c.kind == wanted.kind)
    named = resource.c.name_key == wanted.name.casefold()
    statement = select(links.is_leased()).join(resource, resource.c.id == link.c.resource_id)
    leased = connection.execute(statement.where(*owner, named)).scalar()
    return leased is None or bool(leased)
