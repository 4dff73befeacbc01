"""A bulk request as it comes in (RFC 7644 §3.7)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.scim.body import members_of
from app.scim.bulk.operation import Operation, read_operation
from app.scim.errors import InvalidSyntax, InvalidValue, PayloadTooLarge
from app.scim.types import Json

MAX_OPERATIONS = 1000
"""The most operations that one request may have."""


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """Operations in the order of the request; after ``fail_on_errors`` errors no more of them are begun."""

    operations: tuple[Operation, ...]
    fail_on_errors: int | None = None


def parse_bulk(body: Json) -> BulkRequest:
    """Read a BulkRequest; keys count in any case, `schemas` may be missing.

    Raises InvalidSyntax for what is no such message, InvalidValue for a wrong failOnErrors, PayloadTooLarge for
    too many operations. What is wrong with one operation is told as its result, not raised.
    """
    given = members_of(body, "A bulk request")
    operations = given.get("operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidSyntax("A bulk request needs a list of Operations.")
    if len(operations) > MAX_OPERATIONS:
        raise PayloadTooLarge(f"{len(operations)} operations are more than the maxOperations ({MAX_OPERATIONS}).")
    read = [read_operation(operation) for operation in operations]
    return BulkRequest(tuple(_each_bulk_id_once(read)), _fail_on_errors(given.get("failonerrors")))


def _fail_on_errors(given: Json) -> int | None:
    if given is None:
        return None
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise InvalidValue("failOnErrors must be an integer of 1 or more.")
    return given


def _each_bulk_id_once(operations: list[Operation]) -> list[Operation]:
    """Leave a bulkId to the first operation that has it."""
    seen: set[str] = set()
    judged = []
    for operation in operations:
        again = operation.bulk_id in seen and operation.problem is None
        problem = InvalidSyntax(f"The bulkId {operation.bulk_id} is used more than once.") if again else None
        judged.append(replace(operation, problem=problem) if again else operation)
        if operation.bulk_id is not None:
            seen.add(operation.bulk_id)
    return judged
