"""A short run of chaos for each vendor; the long ones, with kills and pauses, are ``python -m tests.chaos``."""

from __future__ import annotations

import shutil

import pytest

from tests.chaos.run import Plan, run


@pytest.mark.parametrize(
    "plan",
    [
        Plan(1, "squirro", writes=50),
        Plan(1, "periscope", writes=50),
        Plan(1, "datasentinel", writes=50),
        Plan(1, "squirro", "postgresql", writes=50),
    ],
    ids=lambda plan: f"{plan.vendor}-{plan.database}",
)
def test_random_writes_while_the_vendor_fails(plan, databases):
    outcome = run(plan, databases)
    assert not outcome.wrong, "\n".join([plan.command, *outcome.wrong, str(outcome.folder)])
    shutil.rmtree(outcome.folder)
