"""One operation of a bulk request, read and judged by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from app.scim.body import members_of
from app.scim.errors import InvalidSyntax, MethodNotAllowed, NotFound, ScimError
from app.scim.fields import is_storable
from app.scim.types import Json

METHODS = ("POST", "PUT", "PATCH", "DELETE")
PATH = re.compile("/?(Users|Groups)(?:/([^/?#]+))?/?")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: ``id`` is the resource's, of a POST the one that it will have.

    ``refers_to`` are the positions of the operations whose resources it names. One with a ``problem`` is never
    performed; the problem is its result.
    """

    method: str = ""
    bulk_id: str | None = None
    endpoint: str = ""
    id: str | None = None
    version: str | None = None
    data: Json = None
    refers_to: frozenset[int] = frozenset()
    problem: ScimError | None = None

    @property
    def creates(self) -> bool:
        """Whether a resource comes into being by it."""
        return self.method == "POST"


def read_operation(given: Json) -> Operation:
    """Read one operation; what is wrong with it is its ``problem``, and of no concern to the others."""
    try:
        keys = members_of(given, "An operation of a bulk request")
    except ScimError as problem:
        return Operation(problem=problem)
    method = keys.get("method")
    known = Operation(method.upper() if isinstance(method, str) and is_storable(method) else "")
    problem_ = None
    for name, read in READERS.items():
        try:
            known = read(known, keys.get(name))
        except ScimError as problem:
            problem_ = problem_ or problem
    return replace(known, problem=problem_)


def _with_method(operation: Operation, _given: Json) -> Operation:
    if operation.method not in METHODS:
        raise InvalidSyntax(f"The method of an operation must be one of {', '.join(METHODS)}.")
    return operation


def _with_bulk_id(operation: Operation, given: Json) -> Operation:
    if operation.creates and not given:
        raise InvalidSyntax("An operation that is POST needs a bulkId.")
    return replace(operation, bulk_id=_text("bulkId", given))


def _with_path(operation: Operation, given: Json) -> Operation:
    path = _text("path", given)
    if path is None:
        raise InvalidSyntax("An operation needs a path.")
    found = PATH.fullmatch(path)
    if found is None:
        raise NotFound("The path of an operation must be /Users, /Groups, or the path of a resource of theirs.")
    endpoint, id_ = found[1], unquote(found[2]) if found[2] else None
    if operation.creates != (id_ is None):
        raise MethodNotAllowed(f"The path {path} does not take the method {operation.method}.")
    if id_ is not None and not is_storable(id_):
        raise NotFound("There is no such resource.")
    return replace(operation, endpoint=endpoint, id=id_)


def _with_version(operation: Operation, given: Json) -> Operation:
    return replace(operation, version=_text("version", given))


def _with_data(operation: Operation, given: Json) -> Operation:
    if given is None and operation.method in METHODS and operation.method != "DELETE":
        raise InvalidSyntax(f"An operation that is {operation.method} needs data.")
    return replace(operation, data=given)


def _text(name: str, given: Json) -> str | None:
    if not isinstance(given, str | None) or not is_storable(given or ""):
        raise InvalidSyntax(f"The {name} of an operation must be a string.")
    return given or None


READERS = {
    "method": _with_method,
    "bulkid": _with_bulk_id,
    "path": _with_path,
    "version": _with_version,
    "data": _with_data,
}
"""What reads each key, in an order in which each knows what it judges by."""
