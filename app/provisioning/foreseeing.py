"""What a mapping refuses by itself, known before anything is written: no crash can leave it behind as a wish.

A wish that cannot come true would make every later write of the same resource fail.
"""

from __future__ import annotations

from copy import deepcopy

from app.directory.resources import Resource
from app.provisioning.flows import converge
from app.provisioning.policy import Policy
from app.provisioning.state import State
from mappings import Call, Rejected, User, VendorError


def refusal(policy: Policy, state: State, old: Resource | None) -> Rejected | None:
    """Return why a change of ``old`` cannot be converged, if that shows before any call."""
    try:
        trial = _in_step(policy, state, old)
    except VendorError:  # converging meets it too, and says so
        return None
    try:
        for step in converge(policy, trial):
            if isinstance(step, Call):
                break
            trial.record(step)
    except Rejected as refused:
        return refused
    except VendorError:
        pass
    return None


def _in_step(policy: Policy, state: State, old: Resource | None) -> State:
    """Return the state as if all that was wanted before were true: what is left to do is this change alone."""
    trial = deepcopy(state)
    if old is not None and state.vendor_id is not None:
        trial.resource = old
        trial.learn(policy)
        was = trial.desired(policy)
        if was is not None:
            trial.fields, trial.roles = dict(was.fields), set(was.roles) if isinstance(was, User) else set()
        trial.doubtful, trial.late, trial.unresolved, trial.former = set(), set(), None, None
        trial.ending = False
        for membership in trial.memberships:
            membership.applied = membership.desired
        trial.resource = state.resource
    trial.learn(policy)
    return trial
