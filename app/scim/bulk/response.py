"""The answer to a bulk request (RFC 7644 §3.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.scim.bulk.job import Done, Outcome
from app.scim.bulk.operation import Operation
from app.scim.types import Document

BULK_RESPONSE_URN = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"


def bulk_response(base_url: str, operations: Sequence[Operation], outcomes: Mapping[int, Outcome]) -> Document:
    """Tell what became of the operations that were processed, in the order of the request."""
    told = [_result(base_url, each, outcomes[at]) for at, each in enumerate(operations) if at in outcomes]
    return {"schemas": [BULK_RESPONSE_URN], "Operations": told}


def _result(base_url: str, operation: Operation, outcome: Outcome) -> Document:
    """Tell one result: where the resource is, unless it was not created, and why, if the operation failed."""
    is_done = isinstance(outcome, Done)
    there = operation.id is not None and (is_done or not operation.creates)
    given = {
        "method": operation.method,
        "bulkId": operation.bulk_id,
        "version": outcome.tag if isinstance(outcome, Done) else None,
        "location": f"{base_url}/{operation.endpoint}/{operation.id}" if there else None,
        "status": str(outcome.status),
        "response": None if isinstance(outcome, Done) else outcome.body(),
    }
    return {key: value for key, value in given.items() if value}
