"""The operations of a unit, one after the other: each does all it says, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from app.scim.bulk.operation import Operation
from app.scim.bulk.order import Unit
from app.scim.errors import Conflict, ScimError


@dataclass(frozen=True, slots=True)
class Done:
    """An operation that has been performed; ``tag`` is the ETag of what the resource has become, if it is there."""

    status: int
    tag: str | None = None


Outcome: TypeAlias = Done | ScimError


@dataclass(frozen=True, slots=True)
class Job:
    """A bulk request under way, with the outcome of each operation by its position.

    Units may run side by side: each writes the outcomes of its own operations, and reads those of finished ones.
    """

    operations: Sequence[Operation]
    perform: Callable[[Operation], Outcome]
    take_back: Callable[[Operation], None]
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    def run(self, unit: Unit, most_errors: int) -> int:
        """Perform the operations of a unit until too many have gone wrong, and return how many have.

        In a circle, what was created before something it refers to failed is taken back. If then too many would
        have gone wrong, those count as not performed: nothing is left of them.
        """
        for at in unit.operations:
            self.outcomes[at] = self._outcome(self.operations[at])
            if isinstance(self.outcomes[at], ScimError):
                self._end_all_that_refer_to([at], unit, most_errors)
            if self._errors(unit) >= most_errors:
                break
        never = [at for at in unit.operations if at not in self.outcomes]
        self._end_all_that_refer_to(never, unit, most_errors)
        return self._errors(unit)

    def _outcome(self, operation: Operation) -> Outcome:
        return operation.problem or self._missing(operation) or self.perform(operation)

    def _missing(self, operation: Operation) -> ScimError | None:
        """Say which reference cannot be followed; in a circle one may be to what is still to be created."""
        for other in sorted(operation.refers_to):
            if isinstance(self.outcomes.get(other), ScimError):
                return Conflict(f"This refers to bulkId:{self.operations[other].bulk_id}, which was not created.")
        return None

    def _end_all_that_refer_to(self, failed: Iterable[int], unit: Unit, most_errors: int) -> None:
        causes = list(failed)
        while causes:
            cause = causes.pop()
            for at in reversed(unit.operations):
                if cause in self.operations[at].refers_to and isinstance(self.outcomes.get(at), Done):
                    self._end(at, cause, unit, most_errors)
                    causes.append(at)

    def _end(self, at: int, cause: int, unit: Unit, most_errors: int) -> None:
        self.take_back(self.operations[at])
        if self._errors(unit) < most_errors:
            name = f"bulkId:{self.operations[cause].bulk_id}"
            self.outcomes[at] = Conflict(f"This refers to {name}, which was not created; it was taken back.")
        else:
            del self.outcomes[at]

    def _errors(self, unit: Unit) -> int:
        return sum(isinstance(self.outcomes.get(at), ScimError) for at in unit.operations)
