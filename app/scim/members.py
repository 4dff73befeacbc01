"""The membership changes in a PATCH of a group, taken out so that nobody loads the member list.

A group of 100,000 members is changed by statements on rows: each change says which ids to add or remove.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from app.scim.errors import InvalidFilter, InvalidPath, InvalidValue, MutabilityError
from app.scim.fields import is_storable
from app.scim.filter import Comparison, Filter, Or
from app.scim.operations import Operation
from app.scim.path import Path, parse_path
from app.scim.resource_type import ResourceType
from app.scim.types import Json

Kind: TypeAlias = Literal["add", "remove", "replace", "clear", "remove_where"]


@dataclass(frozen=True, slots=True)
class MemberChange:
    """One change of a group's members, to be done in order.

    `add` and `remove` name the `ids`, each once, in the order given; `replace` makes them the only members;
    `clear` removes all; `remove_where` removes those that satisfy `filter`, whose paths are sub-attributes
    of `members` (value, type, display, $ref). Adding a member again or removing a stranger changes nothing.
    """

    kind: Kind
    ids: tuple[str, ...] = ()
    filter: Filter | None = None


def split_members(
    operations: Iterable[Operation], group_type: ResourceType
) -> tuple[tuple[Operation, ...], tuple[MemberChange, ...]]:
    """Separate what changes members from what changes the group itself, in order.

    `remove` of `members` with a value removes only those it names (Entra, authentik), with an empty list
    nobody, without a value everybody. Members are ids, as `{"value": id}` or bare; everything else in an
    entry is ignored. Raises InvalidValue for an id that is no string, MutabilityError for a change *in* a
    member, which is immutable.
    """
    others: list[Operation] = []
    changes: list[MemberChange] = []
    for operation in operations:
        other, change = _split(operation, group_type)
        others += other
        changes += change
    return tuple(others), tuple(changes)


def member_ids(value: Json) -> tuple[str, ...]:
    """Read the ids of members given as a list or alone, as objects or bare strings; each counts once.

    Only null and [] are nobody: an entry without an id is InvalidValue, or a client's mistake would empty a group.
    """
    entries = [] if value is None else value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(_id(entry) for entry in entries))


def _id(entry: Json) -> str:
    if isinstance(entry, dict):
        entry = next((item for key, item in entry.items() if key.casefold() == "value"), None)
    if not isinstance(entry, str) or not entry or not is_storable(entry):
        raise InvalidValue("The value of a member must be the id of a resource, a string.")
    return entry


def _split(operation: Operation, group_type: ResourceType) -> tuple[Iterable[Operation], Iterable[MemberChange]]:
    if operation.path is None:
        return _split_value(operation, group_type)
    if not operation.path.casefold().lstrip().startswith(("members", group_type.schema.id.casefold())):
        return [operation], []
    path = parse_path(operation.path, group_type)
    if not _is_members(path):
        return [operation], []
    return [], list(_changes(operation, path))


def _is_members(path: Path) -> bool:
    return path.attribute is not None and path.attribute.name == "members" and path.extension is None


def _split_value(
    operation: Operation, group_type: ResourceType
) -> tuple[Iterable[Operation], Iterable[MemberChange]]:
    """Take the keys that name members out of a value without path."""
    if operation.op == "remove" or not isinstance(operation.value, dict):
        return [operation], []
    rest = dict(operation.value)
    changes: list[MemberChange] = []
    for key in operation.value:
        path = _path_or_none(key, group_type)
        if path is not None and _is_members(path):
            changes += _changes(replace(operation, value=rest.pop(key)), path)
    return ([replace(operation, value=rest)] if rest or not changes else []), changes


def _path_or_none(key: str, group_type: ResourceType) -> Path | None:
    try:
        return parse_path(key, group_type)
    except (InvalidPath, InvalidFilter):
        return None


def _changes(operation: Operation, path: Path) -> Iterator[MemberChange]:
    if path.sub is not None:
        raise MutabilityError("A member is added or removed as a whole.")
    if path.filter is not None:
        yield _chosen(operation, path.filter)
    elif operation.op == "remove" and operation.value is None:
        yield MemberChange("clear")
    else:
        yield from _named(operation)


def _named(operation: Operation) -> Iterator[MemberChange]:
    ids = member_ids(operation.value)
    if ids:
        yield MemberChange(operation.op, ids)
    elif operation.op == "replace":
        yield MemberChange("clear")


def _chosen(operation: Operation, wanted: Filter) -> MemberChange:
    if operation.op != "remove":
        raise MutabilityError("A member is immutable: remove it and add another.")
    ids = _ids_in(wanted)
    return MemberChange("remove_where", (), wanted) if ids is None else MemberChange("remove", ids)


def _ids_in(wanted: Filter) -> tuple[str, ...] | None:
    """Give the ids of `value eq "a" or $ref eq "…/Users/b"`; None where the filter asks something else."""
    match wanted:
        case Comparison(path, "eq", str(literal)) if path.name == "value":
            return (literal,)
        case Comparison(path, "eq", str(literal)) if path.name == "$ref":
            return (literal.rpartition("/")[2],)
        case Or(left, right):
            first, second = _ids_in(left), _ids_in(right)
            return None if first is None or second is None else tuple(dict.fromkeys(first + second))
    return None
