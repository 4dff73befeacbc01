"""References to what other operations create, replaced by the ids that their resources will have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.scim.bulk.operation import Operation
from app.scim.errors import Conflict, InvalidSyntax, ScimError
from app.scim.types import Json

WHOLE = re.compile("bulkId:(.+)", re.IGNORECASE | re.DOTALL)
WITHIN = re.compile(r'(?<=["/])bulkId:([^"/]+)', re.IGNORECASE)
"""In a filter, ``members[value eq "bulkId:x"]``, and at the end of an address, ``../Users/bulkId:x``."""

COMPUTED = {"groups", "meta", "id"}
"""What a User or Group may show and a client cannot set: a reference in it means nothing."""


def resolve(operations: Sequence[Operation], new_id: Callable[[], str]) -> tuple[Operation, ...]:
    """Give each POST the id of its resource, and replace the references to it, wherever they are.

    A reference to a bulkId that no POST has, or more than one, is the operation's problem (409): to guess could
    give somebody what was meant for another.
    """
    given = [replace(each, id=new_id()) if each.creates else each for each in operations]
    creations = _Creations.of(given)
    return tuple(_resolved(each, creations) for each in given)


@dataclass(frozen=True, slots=True)
class _Creations:
    """The positions of the operations that create what a bulkId stands for, and the ids."""

    positions: Mapping[str, int]
    ids: Mapping[str, str]
    ambiguous: frozenset[str]

    @classmethod
    def of(cls, operations: Sequence[Operation]) -> _Creations:
        all_ = [(each.bulk_id, at, each.id) for at, each in enumerate(operations) if each.creates and each.bulk_id]
        counts = Counter(bulk_id for bulk_id, _, _ in all_)
        return cls(
            {bulk_id: at for bulk_id, at, _ in all_ if bulk_id},
            {bulk_id: id_ for bulk_id, _, id_ in all_ if bulk_id and id_},
            frozenset(bulk_id for bulk_id, count in counts.items() if bulk_id and count > 1),
        )


@dataclass(slots=True)
class _Reader:
    """Reads one operation's values and keeps which bulkIds it found there."""

    creations: _Creations
    found: set[str] = field(default_factory=set)

    def value(self, given: Json) -> Json:
        """Return a value with the ids in the place of its references."""
        if isinstance(given, str):
            return self.text(given)
        if isinstance(given, list):
            return [self.value(item) for item in given]
        if isinstance(given, dict):
            return {key: self.value(item) for key, item in given.items()}
        return given

    def text(self, given: str) -> str:
        """Return a string with the ids in the place of its references."""
        if len(given) < len("bulkId:x"):
            return given
        whole = WHOLE.fullmatch(given)
        return self._id(whole) if whole else WITHIN.sub(self._id, given)

    def _id(self, match: re.Match[str]) -> str:
        self.found.add(match[1])
        return self.creations.ids.get(match[1], match[0])


def _resolved(operation: Operation, creations: _Creations) -> Operation:
    if operation.problem is not None:
        return operation
    reader = _Reader(creations)
    try:
        data = reader.value(_settable(operation))
    except RecursionError:
        return replace(operation, problem=InvalidSyntax("The data are nested too deeply."))
    id_ = operation.id and reader.text(operation.id)
    refers_to = frozenset(creations.positions[found] for found in reader.found if found in creations.positions)
    return replace(operation, id=id_, data=data, refers_to=refers_to, problem=_problem(reader))


def _settable(operation: Operation) -> Json:
    if operation.method == "PATCH" or not isinstance(operation.data, dict):
        return operation.data
    return {key: item for key, item in operation.data.items() if key.casefold() not in COMPUTED}


def _problem(reader: _Reader) -> ScimError | None:
    for found in sorted(reader.found):
        if found in reader.creations.ambiguous:
            return Conflict(f"bulkId:{found} is used more than once, so that nobody knows which is meant.")
        if found not in reader.creations.positions:
            return Conflict(f"No operation of this request creates bulkId:{found}.")
    return None
