"""What is known after a change that was sent and not answered."""

from __future__ import annotations

from app.provisioning.reading import documented
from app.provisioning.state import State
from mappings import Change, Flow, Unknown, VendorError


def doubting(state: State, change: Change, flow: Flow[None]) -> Flow[None]:
    """Run a flow that makes a change; if nobody knows in the end what became of it, it is doubted.

    So it is, too, when only the look fails that was to tell what a repeated call has found done.
    """
    try:
        yield from documented(flow)
    except VendorError as failure:
        if isinstance(failure, Unknown) or state.repeated:
            state.doubt(change)
        raise
