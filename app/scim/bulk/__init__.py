"""Bulk requests (RFC 7644 §3.7): what one asks for, what its operations wait for, and what is answered."""

from app.scim.bulk.job import Done, Job, Outcome
from app.scim.bulk.operation import Operation
from app.scim.bulk.order import Unit, units
from app.scim.bulk.references import resolve
from app.scim.bulk.request import MAX_OPERATIONS, BulkRequest, parse_bulk
from app.scim.bulk.response import bulk_response
from app.scim.bulk.schedule import Schedule, Turn

__all__ = [
    "MAX_OPERATIONS",
    "BulkRequest",
    "Done",
    "Job",
    "Operation",
    "Outcome",
    "Schedule",
    "Turn",
    "Unit",
    "bulk_response",
    "parse_bulk",
    "resolve",
    "units",
]
