"""What a documented body or query may hold: names, types and value sets, as data with one consumer.

A sandbox refuses whatever these tables do not name, because the vendor promised nothing about it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """A set of values; `words` finish the sentence "this must be …"."""

    words: str
    accepts: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Fields:
    """The documented members of one object; `anything` is for the few that the documents leave open."""

    required: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)
    anything: bool = False

    def problem(self, values: Mapping[str, Any]) -> str | None:
        """Say what is wrong with `values` in one sentence, or None."""
        known = {**self.required, **self.optional}
        for name, value in values.items():
            if name not in known and not self.anything:
                return f"'{name}' is not documented here"
            if name in known and not known[name].accepts(value):
                return f"'{name}' must be {known[name].words}"
        missing = [name for name in self.required if name not in values]
        return f"'{missing[0]}' is required" if missing else None


TEXT = Kind("a string", lambda value: isinstance(value, str))
NUMBER = Kind("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool))
BOOLEAN = Kind("true or false", lambda value: isinstance(value, bool))


def one_of(*values: str | int) -> Kind:
    """Accept these values only; `True` is not taken for 1."""
    typed = {(type(value), value) for value in values}
    words = "one of " + ", ".join(map(str, values))
    return Kind(words, lambda value: isinstance(value, str | int) and (type(value), value) in typed)


def list_of(kind: Kind) -> Kind:
    """Accept an array whose every element is of `kind`."""
    return Kind(
        f"an array, each {kind.words}",
        lambda value: isinstance(value, list) and all(kind.accepts(element) for element in value),
    )


def record(fields: Fields) -> Kind:
    """Accept an object that has `fields` and nothing else."""
    words = "an object of " + ", ".join([*fields.required, *fields.optional])
    return Kind(words, lambda value: isinstance(value, dict) and fields.problem(value) is None)


def json_text(kind: Kind) -> Kind:
    """Accept a form value that is the JSON text of a `kind`."""

    def accepts(value: Any) -> bool:
        try:
            return kind.accepts(json.loads(value))
        except (TypeError, ValueError):
            return False

    return Kind(f"the JSON text of {kind.words}", accepts)


def unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Make a dict of pairs in which no name comes twice; ValueError otherwise."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise ValueError(f"'{name}' is given twice")
        values[name] = value
    return values
