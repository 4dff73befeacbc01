"""Lists: filter, count and page, in SQL as far as SQL goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.directory import members, resources
from app.directory.members import Reference
from app.directory.resources import Resource
from app.directory.where import where
from app.scim.filter import And, Filter, Not, Or, matches
from app.scim.meta import meta
from app.scim.schemas import ResourceType

COMPUTED = {"User": "groups", "Group": "members"}
"""The attribute of each kind that is not in the document but in the membership rows."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the matches, and how many there are in all."""

    total: int
    resources: Sequence[Resource]


def search(
    connection: Connection, target: str, type_: ResourceType, filter_: Filter | None, start: int, count: int
) -> Page:
    """Return the page of matches that begins at ``start`` (from 1), of ``count`` resources at most."""
    narrowed = where(filter_, type_.name)
    if narrowed.exact or filter_ is None:
        total = resources.count(connection, target, type_.name, narrowed.clause)
        found = resources.page(connection, target, type_.name, narrowed.clause, start - 1, count) if count else []
        return Page(total, found)
    candidates = resources.page(connection, target, type_.name, narrowed.clause)
    complete: Sequence[Resource] = candidates
    if COMPUTED[type_.name] in _names(filter_):
        complete = _with_computed(connection, type_.name, candidates)
    kept = [
        resource for resource, whole in zip(candidates, complete, strict=True) if _matches(filter_, whole, type_)
    ]
    return Page(len(kept), kept[start - 1 : start - 1 + count])


def references(connection: Connection, kind: str, ids: Sequence[str]) -> dict[str, list[Reference]]:
    """Return the members of groups, or the groups of users, by the resource's id."""
    return members.of_resources(connection, kind, ids) if ids else {}


def _matches(filter_: Filter, resource: Resource, type_: ResourceType) -> bool:
    known = meta(type_.name, resource.created, resource.modified, resource.version, "")
    return matches(filter_, {**resource.document, "id": resource.id, "meta": known}, type_)


def _with_computed(connection: Connection, kind: str, found: Sequence[Resource]) -> list[Resource]:
    references_ = references(connection, kind, [resource.id for resource in found])
    return [
        replace(
            resource,
            document={
                **resource.document,
                COMPUTED[kind]: [{"value": ref.id, "display": ref.display} for ref in references_[resource.id]],
            },
        )
        for resource in found
    ]


def _names(node: Filter) -> list[str]:
    if isinstance(node, And | Or):
        return _names(node.left) + _names(node.right)
    if isinstance(node, Not):
        return _names(node.filter)
    return [node.path.name]
