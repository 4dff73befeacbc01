"""Chaos for a few seconds: a sound bridge stays right."""

from __future__ import annotations

from tests.chaos.run import Plan, run

FEW = {"people": 8, "teams": 3, "threads": 12}


def test_nothing_is_lost_or_doubled_while_processes_are_killed_and_the_vendor_fails(databases):
    plan = Plan(1, "squirro", "sqlite", 40, acts=("kill process POST applied",), every=0.5, **FEW)
    outcome = run(plan, databases)
    assert outcome.sabotage
    assert not outcome.wrong, (plan.command, outcome.folder, outcome.wrong)
