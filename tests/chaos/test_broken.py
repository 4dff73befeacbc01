"""A bridge that is broken on purpose in one part is found out, by the words that say what is wrong.

Each way of breaking it is in ``quick/broken.py``; with another seed, or for longer, by the command:

    python -m tests.chaos --broken revocation --faults 'DELETE 503' --rate 1 --do hire --do switch --people 6
    python -m tests.chaos --broken fence --faults none --do hire --do rename --people 1 --threads 2
                          --vendor periscope --act 'pause process PUT lost' --strikes 4 --every 0.2 --writes 1

The second one takes a minute; in the suite ``tests/provisioning/test_fence.py`` shows the same in a moment.
Without ``--broken`` the same plan passes. The output says how to do a run again.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.chaos.run import Plan, run

PLANS = {
    "adopt": (
        "somebody else's account was changed",
        Plan(1, rate=0.5, doing=("covet",), writes=20, people=1, threads=2, faults=("POST 500",), inside=True),
    ),
    "durable": (
        "for a moment",
        Plan(1, faults=(), doing=("hire", "rename", "look"), writes=16, people=2, threads=3, inside=True),
    ),
    "intent": (
        "unsettled",
        Plan(
            1,
            "periscope",
            writes=1,
            faults=(),
            doing=("hire",),
            people=20,
            threads=2,
            every=0.2,
            strikes=1,
            acts=("kill process POST applied",),
            settle=5.0,
        ),
    ),
    "lookup": (
        "still has an account",
        Plan(1, rate=0.5, doing=("hire",), writes=8, people=10, threads=2, faults=("POST lose",), inside=True),
    ),
    "revocation": (
        "active",
        Plan(
            1,
            rate=1.0,
            doing=("hire", "switch"),
            writes=25,
            people=6,
            threads=2,
            faults=("DELETE 503",),
            inside=True,
        ),
    ),
}
"""What a run then says is wrong, and the smallest plan that has shown it every time."""


@pytest.mark.parametrize("part", PLANS)
def test_a_bridge_that_is_broken_in_one_part_is_found_out(databases, part):
    words, plan = PLANS[part][0], replace(PLANS[part][1], broken=part)
    outcome = run(plan, databases)
    assert [wrong for wrong in outcome.wrong if words in wrong], (plan.command, outcome.wrong)
