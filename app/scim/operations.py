"""The operations of a PATCH request, as they came (RFC 7644 §3.5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from app.scim.body import members_of
from app.scim.errors import InvalidPath, InvalidSyntax, InvalidValue
from app.scim.types import Document, Json

Verb: TypeAlias = Literal["add", "remove", "replace"]

WHAT = "A PATCH body and each of its operations"
VERBS = frozenset({"add", "remove", "replace"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. A `value` that is missing, as `remove` may have it, is None."""

    op: Verb
    path: str | None
    value: Json = None


def parse_patch(body: object) -> tuple[Operation, ...]:
    """Read a PATCH body; keys and verbs count in any case, `schemas` may be missing.

    Raises InvalidSyntax for what is no PatchOp message, InvalidPath for a path that is no string and
    InvalidValue for an `add` or `replace` without a value.
    """
    operations = members_of(body, WHAT).get("operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidSyntax("A PATCH body needs a list of Operations.")
    return tuple(_operation(members_of(each, WHAT)) for each in operations)


def _operation(given: Document) -> Operation:
    verb, path = given.get("op"), given.get("path")
    if not isinstance(verb, str) or verb.casefold() not in VERBS:
        raise InvalidSyntax("The op of an operation must be add, remove or replace.")
    if not isinstance(path, str | None):
        raise InvalidPath("The path of an operation must be a string.")
    verb = verb.casefold()
    if verb != "remove" and "value" not in given:
        raise InvalidValue(f"An operation that is {verb} needs a value.")
    return Operation(cast(Verb, verb), path or None, given.get("value"))
