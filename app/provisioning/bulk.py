"""A bulk request at work: its operations are written as single ones are, side by side where nothing orders them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import OperationalError

from app.directory import resources, search
from app.directory.database import Database
from app.directory.resources import Resource
from app.provisioning import writing
from app.provisioning.endpoints import ENDPOINTS, KINDS, Endpoint
from app.provisioning.journal import Request
from app.provisioning.target import Target
from app.scim.bulk import BulkRequest, Done, Job, Operation, Outcome, Schedule, Turn, resolve, units
from app.scim.errors import ScimError, Unavailable, database_away, unexpected
from app.scim.meta import Preconditions, etag
from app.scim.types import Document

TAKING_BACK_SECONDS = 5.0
"""How much later than everything else the taking back must end: what refers to nobody must not stay."""

Performing = Callable[[Endpoint, Request, Operation], Resource | None]

log = structlog.get_logger()


def _preconditions(operation: Operation) -> Preconditions:
    return Preconditions(if_match=operation.version)


PERFORM: Mapping[str, Performing] = {
    "POST": lambda endpoint, request, it: endpoint.create(request, it.data, it.id or ""),
    "PUT": lambda endpoint, request, it: endpoint.replace(request, it.id or "", it.data, _preconditions(it)),
    "PATCH": lambda endpoint, request, it: endpoint.patch(request, it.id or "", it.data, _preconditions(it)),
    "DELETE": lambda endpoint, request, it: endpoint.delete(request, it.id or "", _preconditions(it)),
}
STATUS = {"POST": 201, "PUT": 200, "DELETE": 204}
"""What a single request would be answered (RFC 7644 §3.7.3); of a PATCH, the dialect knows."""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """The operations, each with the id of its resource, and the outcome of those that were processed."""

    operations: tuple[Operation, ...]
    outcomes: Mapping[int, Outcome]


@dataclass(frozen=True, slots=True)
class Bulk:
    """Performs bulk requests on one target for somebody. What cannot be begun in time is 503 by itself."""

    database: Database
    target: Target
    request: Request

    def run(self, asked: BulkRequest) -> BulkResult:
        """Perform a bulk request, as many operations at one time as the vendor takes calls."""
        operations = resolve(asked.operations, lambda: str(uuid.uuid4()))
        job = Job(operations, self.perform, self.take_back)
        schedule = Schedule(units(operations, self._stored(operations)), asked.fail_on_errors)
        _side_by_side(job, schedule, self.target.budget.limits.most)
        return BulkResult(operations, job.outcomes)

    def perform(self, operation: Operation) -> Outcome:
        """Perform one operation; whatever goes wrong is its own outcome."""
        try:
            return self._perform(operation)
        except ScimError as error:
            return error
        except OperationalError as failure:
            log.error("the database failed", error=str(failure.orig))
            return database_away()
        except Exception:  # a defect of ours must not take the others' outcomes with it
            log.exception("unexpected error", method=operation.method, endpoint=operation.endpoint)
            return unexpected()

    def take_back(self, operation: Operation) -> None:
        """End what was created and must not stay; what the vendor does not delete now stays due there."""
        action = f"DELETE /{operation.endpoint}/{operation.id} (bulk, taken back)"
        began = min(time.monotonic(), self.request.started + TAKING_BACK_SECONDS)
        try:
            self._endpoint(operation).delete(
                Request(self.request.actor, action, takes_back=True, started=began),
                operation.id or "",
                Preconditions(),
            )
        except ScimError as error:  # in the audit too; the operation has failed as it is
            log.warning("not taken back yet", endpoint=operation.endpoint, id=operation.id, why=error.detail)
        except Exception:
            log.exception("unexpected error", method="DELETE", endpoint=operation.endpoint)

    def _perform(self, operation: Operation) -> Done:
        if time.monotonic() > self.request.started + writing.REQUEST_SECONDS:
            raise Unavailable("There was no time left to begin this operation: send it again.")
        path = f"/{operation.endpoint}" + ("" if operation.creates else f"/{operation.id}")
        request = Request(self.request.actor, f"{operation.method} {path} (bulk)", started=self.request.started)
        became = PERFORM[operation.method](self._endpoint(operation), request, operation)
        patched = self.target.dialect.patched(KINDS[operation.endpoint])
        return Done(STATUS.get(operation.method, patched), self._tag(became) if became else None)

    def _tag(self, became: Resource) -> str:
        """Return the ETag of a resource as its endpoint shows it."""
        with self.database.read() as connection:
            return etag(search.version_of(connection, became))

    def _endpoint(self, operation: Operation) -> Endpoint:
        return ENDPOINTS[operation.endpoint](self.database, self.target)

    def _stored(self, operations: tuple[Operation, ...]) -> Mapping[str, Document]:
        """Return what the resources in paths are now, for the names that they may give up."""
        ids = [each.id for each in operations if each.id and not each.creates]
        with self.database.read() as connection:
            return {id_: found.document for id_, found in resources.by_ids(connection, ids).items()}


def _side_by_side(job: Job, schedule: Schedule, width: int) -> None:
    running: dict[Future[int], Turn] = {}
    with ThreadPoolExecutor(width) as pool:
        while True:
            while len(running) < width and (turn := schedule.next()) is not None:
                running[pool.submit(job.run, turn.unit, turn.most_errors)] = turn
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                schedule.finish(running.pop(future), future.result())
