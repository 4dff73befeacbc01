"""Read what a vendor's answer must hold. What is not as documented raises, and counts as no readable answer."""

from __future__ import annotations

from typing import Any

ERRORS = ("error", "errors")
"""What an object has that tells of an error; every vendor here writes its refusals so."""
LONGEST_ID = 512
"""Characters; every documented id is far shorter."""


def text(answer: Any, name: str) -> str:
    """Return a string that is not empty. Raises ``LookupError`` or ``TypeError``."""
    value = answer[name]
    if not isinstance(value, str) or not value:
        raise TypeError(f"{name} is no text")
    return value


def identifier(answer: Any, name: str = "id") -> str:
    """Return an id, a string or a number, that can stand in an address. Raises ``LookupError`` or ``TypeError``."""
    value = answer[name]
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(f"{name} is no id")
    found = str(value)
    if not found.strip(".") or not found.isprintable() or len(found) > LONGEST_ID:
        raise TypeError(f"{name} is no id")
    return found


def stated_error(answer: Any) -> int | None:
    """Return 400 for an object that names an error instead of anything with an id, whatever its HTTP status was."""
    names = isinstance(answer, dict) and "id" not in answer and any(map(answer.get, ERRORS))
    return 400 if names else None
