"""What a resource read before a change that was written down and never answered: the process died.

Such a change is delivered like any other. If the vendor refuses it, nobody was told so, and it would stand in the
way of every later change of the same resource: then the resource reads again as it did before.
"""

from __future__ import annotations

from typing import Any

from app.provisioning.state import State
from mappings import Conflict, Rejected


def ask(state: State) -> None:
    """Note that a request wants something of this resource itself: its answer will tell what became of all."""
    if state.resource is not None:
        state.base = state.unanswered or state.resource.document


def note(state: State) -> dict[str, Any] | None:
    """Return what has to be on disk while nobody is answered."""
    document = state.base or state.unanswered
    if document is None or state.resource is None:
        return None
    return {"version": state.resource.version, "document": document}


def left(state: State) -> dict[str, Any] | None:
    """Return what of it is still true after a delivery."""
    open_ = state.base is None and not state.restored and (state.left or state.error is not None)
    return note(state) if open_ else None


def is_refused(state: State) -> bool:
    """Whether the vendor refuses what was wanted before this request, perhaps: it is the first to be put back.

    Not when a new account is there already, and it is only the old one that cannot be ended.
    """
    return state.unanswered is not None and state.former is None and isinstance(state.error, Rejected | Conflict)
