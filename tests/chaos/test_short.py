"""Chaos for a few seconds: a sound bridge stays right, and one that is broken on purpose is found out."""

from __future__ import annotations

from tests.chaos.run import Plan, run

FEW = {"people": 8, "teams": 3, "threads": 12}


def test_nothing_is_lost_or_doubled_while_processes_are_killed_and_the_vendor_fails(databases):
    plan = Plan(1, "squirro", "sqlite", 40, acts=("kill process POST applied",), every=0.5, **FEW)
    outcome = run(plan, databases)
    assert outcome.sabotage
    assert not outcome.wrong, (plan.command, outcome.folder, outcome.wrong)


def test_a_bridge_that_writes_no_intent_is_found_out(databases):
    acts = ("kill process POST applied",)
    plan = Plan(1, "squirro", "sqlite", 100, faults=(), acts=acts, every=0.2, settle=3.0, broken="intent")
    assert run(plan, databases).wrong
