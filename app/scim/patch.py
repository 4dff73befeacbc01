"""PATCH (RFC 7644 §3.5.2): apply the operations to a copy, then validate the result like a PUT.

What real providers need beyond the RFC:

* `Add`, `Replace`, `Remove`, `"False"` for a boolean, names in any case (Entra);
* `replace` of `emails[type eq "work"].value` makes the entry that is not there yet (Entra);
* keys such as `name.givenName` or `urn:…:User:department` in a value without path are paths (Entra);
* readOnly attributes in a value without path are ignored (Okta sends the `id`);
* "", null and [] unassign; a complex value is merged, one that is a reference (`manager`) is replaced;
* `remove` with a value removes what the value names, not everything (Entra).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

from app.scim.assign import assign, assign_chosen, assign_sub, remove, remove_chosen, remove_sub
from app.scim.attributes import Attribute
from app.scim.errors import InvalidFilter, InvalidPath, InvalidValue, MutabilityError, NoTarget
from app.scim.fields import NOT_ENFORCED
from app.scim.members import MemberChange, split_members
from app.scim.normalise import is_empty
from app.scim.operations import Operation, Verb, parse_patch
from app.scim.path import Path, parse_path
from app.scim.resource_type import ResourceType
from app.scim.types import Document, Json
from app.scim.validation import refuse_immutable_changes, revalidate

__all__ = ["MemberChange", "Operation", "apply_patch", "parse_patch", "split_members"]


def apply_patch(document: Document, operations: Iterable[Operation], resource_type: ResourceType) -> Document:
    """Give what the document becomes; the document itself stays as it is, whatever happens.

    All operations or none: the first that cannot be applied raises a ScimError. A patch that changes
    nothing gives an equal document. A `password` that was set is in the result.
    """
    changed = copy.deepcopy(document)
    for operation in operations:
        for path, value in _targets(operation, resource_type):
            _apply(changed, operation.op, path, value)
    result = revalidate(changed, resource_type)
    refuse_immutable_changes(document, result, resource_type)
    return result


def _targets(operation: Operation, resource_type: ResourceType) -> Iterator[tuple[Path, Json]]:
    """Give every path that an operation sets, with the value for it."""
    if operation.path is not None:
        yield from _explicit(operation, operation.path, resource_type)
    elif operation.op == "remove":
        raise NoTarget("A remove operation needs a path.")
    elif isinstance(operation.value, dict):
        yield from _implicit(operation.value, "", resource_type)
    else:
        raise InvalidValue("An operation without path needs an object as its value.")


def _explicit(operation: Operation, text: str, resource_type: ResourceType) -> Iterator[tuple[Path, Json]]:
    path = parse_path(text, resource_type)
    if path.is_read_only:
        raise MutabilityError(f"{path} is readOnly.")
    if operation.op == "remove" and _is_required(path):
        raise MutabilityError(f"{path} is required and cannot be removed.")
    if path.attribute is None and isinstance(operation.value, dict) and operation.op != "remove":
        yield from _implicit(operation.value, f"{path.extension}:", resource_type)
    else:
        yield path, operation.value


def _is_required(path: Path) -> bool:
    if path.attribute is None or path.filter is not None:
        return False
    target = path.sub or path.attribute
    return target.required and target.name not in NOT_ENFORCED


def _implicit(value: Document, prefix: str, resource_type: ResourceType) -> Iterator[tuple[Path, Json]]:
    """Read the keys of a value as paths, and skip what is unknown or readOnly."""
    for key, item in value.items():
        try:
            path = parse_path(prefix + key, resource_type)
        except (InvalidPath, InvalidFilter):
            continue
        if path.attribute is None and isinstance(item, dict):
            yield from _implicit(item, f"{path.extension}:", resource_type)
        elif not path.is_read_only:
            yield path, item


def _apply(document: Document, verb: Verb, path: Path, value: Json) -> None:
    if path.attribute is None:
        _apply_to_extension(document, verb, path, value)
        return
    holder = document.setdefault(path.extension, {}) if path.extension else document
    if verb == "remove":
        _remove(holder, path, path.attribute, value)
    elif verb == "replace" or not (is_empty(value) and path.attribute.multi_valued):
        _assign(holder, path, path.attribute, value, verb)


def _apply_to_extension(document: Document, verb: Verb, path: Path, value: Json) -> None:
    if verb != "remove" and not is_empty(value):
        raise InvalidValue(f"{path} must be an object.")
    if verb != "add":
        document.pop(str(path.extension), None)


def _assign(holder: Document, path: Path, attribute: Attribute, value: Json, verb: Verb) -> None:
    if path.filter is not None:
        assign_chosen(holder, attribute, path.filter, sub=path.sub, value=value, verb=verb)
    elif path.sub is not None:
        assign_sub(holder, attribute, path.sub, value, verb)
    else:
        assign(holder, attribute, value, verb)


def _remove(holder: Document, path: Path, attribute: Attribute, value: Json) -> None:
    if path.filter is not None:
        remove_chosen(holder, attribute, path.filter, path.sub)
    elif path.sub is not None:
        remove_sub(holder, attribute, path.sub)
    else:
        remove(holder, attribute, value)
