"""Filters (RFC 7644 §3.4.2.2): text -> tree -> true or false.

The directory turns the tree to SQL where it can and evaluates the rest with `matches`.
"""

from __future__ import annotations

from app.scim.filter.evaluate import entry_matches, matches
from app.scim.filter.parse import parse_filter
from app.scim.filter.tree import And, Comparison, Filter, Literal, Not, Or, Present, ValuePath

__all__ = [
    "And",
    "Comparison",
    "Filter",
    "Literal",
    "Not",
    "Or",
    "Present",
    "ValuePath",
    "entry_matches",
    "matches",
    "parse_filter",
]
