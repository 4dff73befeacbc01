"""The tree of a filter (RFC 7644 §3.4.2.2): frozen, ours, with every name resolved to the schema's spelling.

A comparison never names a complex attribute: `members eq "x"` has become `members.value eq "x"`. Literals
have the type of their attribute: a `"True"` for a boolean is True. `x eq null` has become `not (x pr)`, and
`x ne y` has become `not (x eq y)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from app.scim.resource_type import AttributePath

Literal: TypeAlias = str | bool | int | float


@dataclass(frozen=True, slots=True)
class And:
    """Both are true."""

    left: Filter
    right: Filter


@dataclass(frozen=True, slots=True)
class Or:
    """One or both are true."""

    left: Filter
    right: Filter


@dataclass(frozen=True, slots=True)
class Not:
    """The filter is not true; that is so too where an attribute is missing."""

    filter: Filter


@dataclass(frozen=True, slots=True)
class Comparison:
    """Some value of the attribute compares so; `op` is eq, co, sw, ew, gt, ge, lt or le."""

    path: AttributePath
    op: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Present:
    """The attribute has a value that is not empty."""

    path: AttributePath


@dataclass(frozen=True, slots=True)
class ValuePath:
    """One entry of the attribute satisfies the whole filter, whose paths are names of sub-attributes."""

    path: AttributePath
    filter: Filter


Filter: TypeAlias = And | Or | Not | Comparison | Present | ValuePath
