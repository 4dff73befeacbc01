"""The privileges of a Metric Insights installation, and what each of them requires (``required_privilege``)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from mappings import Rejected
from mappings.answers import identifier


def natural(ids: Iterable[str]) -> list[str]:
    """Return ids once each, sorted as numbers are."""
    return sorted(set(ids), key=lambda id_: (len(id_), id_))


@dataclass(frozen=True, slots=True)
class Privileges:
    """Every privilege: its name, and the ids of those that whoever gets it must hold already."""

    names: Mapping[str, str]
    required: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, listed: Iterable[Mapping[str, Any]]) -> Privileges:
        """Read the list that the vendor answers."""
        found = {identifier(one): one for one in listed}
        names = {id_: str(one.get("name") or "") for id_, one in found.items()}
        return cls(names, {id_: _ids(one.get("required_privilege")) for id_, one in found.items()})

    def closure(self, ids: Iterable[str]) -> set[str]:
        """Return ``ids`` and all that they require, and what that requires."""
        found: set[str] = set()
        rest = list(ids)
        while rest:
            id_ = rest.pop()
            if id_ not in found:
                found.add(id_)
                rest += self.required.get(id_, ())
        return found

    def ordered(self, ids: Collection[str]) -> list[str]:
        """Return ``ids``, each after what it requires; as numbers are sorted if some require each other."""
        try:
            return [id_ for id_ in self._sorter(ids).static_order() if id_ in ids]
        except CycleError:
            return natural(ids)

    def check(self, new: Iterable[str], wanted: Collection[str], *, adds: bool) -> None:
        """Raise ``Rejected`` if the privileges ``new`` cannot be had, or the ``wanted`` not without others.

        ``adds`` says that prerequisites are added, so that none of them is missing.
        """
        self._check_known(new)
        self._check_cycles(new)
        missing = {} if adds else {id_: self.closure([id_]) - set(wanted) for id_ in natural(wanted)}
        for id_, others in missing.items():
            if others:
                raise Rejected(
                    f"Metric Insights' privilege {self._label(id_)} requires {self._labels(others)}: "
                    'name it too, or set the option prerequisites to "add"'
                )

    def _check_known(self, ids: Iterable[str]) -> None:
        for id_ in natural(ids):
            if id_ not in self.required:
                raise Rejected(f"Metric Insights has no privilege {id_}")
            unknown = self.closure([id_]) - self.required.keys()
            if unknown:
                raise Rejected(
                    f"Metric Insights' privilege {self._label(id_)} requires {self._labels(unknown)}, "
                    "which Metric Insights does not have"
                )

    def _check_cycles(self, ids: Iterable[str]) -> None:
        try:
            self._sorter(ids).prepare()
        except CycleError as cycle:
            raise Rejected(
                f"Metric Insights' privileges {self._labels(cycle.args[1])} require each other: "
                "none of them can be the first to be assigned"
            ) from cycle

    def _sorter(self, ids: Iterable[str]) -> TopologicalSorter[str]:
        return TopologicalSorter({id_: self.required.get(id_, ()) for id_ in natural(self.closure(ids))})

    def _labels(self, ids: Iterable[str]) -> str:
        return ", ".join(self._label(id_) for id_ in natural(ids))

    def _label(self, id_: str) -> str:
        return f"{id_} ({self.names[id_]})" if self.names.get(id_) else id_


def _ids(text: Any) -> tuple[str, ...]:
    """Return the ids of a comma-separated text; ``null`` and an empty text are none."""
    parts = [] if text is None else [part.strip() for part in str(text).split(",")]
    return tuple(natural(filter(None, parts)))
