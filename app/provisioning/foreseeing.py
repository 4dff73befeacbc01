"""What a mapping refuses by itself, known before anything is written: no crash can leave it behind as a wish.

A wish that cannot come true would make every later write of the same resource fail.
"""

from __future__ import annotations

from copy import deepcopy

from app.provisioning.flows import converge
from app.provisioning.policy import Policy
from app.provisioning.state import State
from mappings import Call, Rejected, VendorError


def refusal(policy: Policy, state: State) -> Rejected | None:
    """Return why a state cannot be converged, if that shows before any call."""
    trial = deepcopy(state)
    trial.learn(policy)
    flow = converge(policy, trial)
    try:
        while not isinstance(step := next(flow), Call):
            trial.record(step)
    except StopIteration:
        return None
    except Rejected as refused:
        return refused
    except VendorError:  # converging meets it too, and says so
        return None
    finally:
        flow.close()
    return None
