"""Whatever the vendor does to whichever call: the answer is true, the directory reads right, and all ends well.

A write that gives something is taken back when it fails; one that takes something away is kept and retried.
"""

import pytest

from tests.bridge import Answer
from tests.provisioning.writes import (
    ADD,
    CREATE,
    DEACTIVATE,
    DELETE,
    DELETE_GROUP,
    GIVING,
    NEVER_ENDS,
    REMOVE,
    REVOKING,
    WRITES_ONLY,
    World,
    each_step,
)
from tests.vendors import VENDORS

OUTAGES = {
    "an outage": {"kind": "status", "status": 503, "count": NEVER_ENDS},
    "a dropped connection": {"kind": "drop", "count": NEVER_ENDS},
    "a proxy's page": {"kind": "garbage", "count": NEVER_ENDS},
}


def each_outage(writes, typical):
    """Pair every write with the first kind of outage, and typical ones with the others, which mean the same."""
    first, *others = OUTAGES
    cases = [(fault, typical) for fault in others] + [(first, writes)]
    return [
        pytest.param(fault, *case.values, id=f"{case.id}-{fault}", marks=case.marks)
        for fault, chosen in cases
        for case in each_step(chosen)
    ]


@pytest.fixture
def world(build, vendor):
    return World.on(build(vendor))


def is_revoked(world, write) -> bool:
    """Say whether the IdP reads what it asked for."""
    user = world.bridge.get(f"/Users/{world.ann}")
    group = world.bridge.get(f"/Groups/{world.finance}")
    if write is DEACTIVATE:
        return user.body["active"] is False
    if write is DELETE:
        return user.status == 404
    if write is DELETE_GROUP:
        return group.status == 404
    return "members" not in group.body


def assert_true_in_the_end(world, write) -> None:
    world.bridge.recover()
    world.bridge.deliver()
    world.bridge.assert_agreement()
    roles = world.bridge.accounts().get("ann@acme.example")
    assert roles == (VENDORS[world.bridge.vendor].roles() if write in (REMOVE, DELETE_GROUP) else None)


def assert_put_back(world, write, step, before) -> None:
    """The directory reads as before."""
    assert world.read() == before


def assert_unavailable(answer: Answer) -> None:
    assert answer.status == 503, answer
    assert int(answer.headers["Retry-After"]) > 0


def assert_each_once(world) -> None:
    for listed in (world.bridge.sandbox.users(), world.bridge.sandbox.groups()):
        names = [entry.get("key") or entry.get("name") for entry in listed]
        assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(("vendor", "write", "step"), each_step(GIVING))
def test_a_refusal_changes_nothing_and_says_why(world, write, step):
    before = world.read()
    world.bridge.fail("status", status=400, method=WRITES_ONLY, skip=step)
    answer = write.send(world)
    assert answer.status == 400
    assert "told to fail" in answer.body["detail"]
    assert_put_back(world, write, step, before)
    world.bridge.deliver()
    assert_put_back(world, write, step, before)
    world.bridge.assert_agreement()


@pytest.mark.parametrize(
    ("vendor", "write", "step"),
    each_step(REVOKING),
)
def test_a_revocation_that_is_refused_stays_wanted_and_is_shown(world, write, step):
    world.bridge.fail("status", status=403, method=WRITES_ONLY, skip=step, count=NEVER_ENDS)
    answer = write.send(world)
    assert answer.status == 403
    assert "told to fail" in answer.body["detail"]
    assert is_revoked(world, write)
    assert any(row["refused"] for row in world.bridge.rows("link"))
    assert_true_in_the_end(world, write)


@pytest.mark.parametrize(("fault", "vendor", "write", "step"), each_outage(GIVING, (CREATE, ADD)))
def test_what_an_outage_stopped_is_taken_back(world, write, step, fault):
    before = world.read()
    world.bridge.fail(**OUTAGES[fault], method=WRITES_ONLY, skip=step)
    assert_unavailable(write.send(world))
    assert_put_back(world, write, step, before)
    world.bridge.recover()
    world.bridge.deliver()
    assert_put_back(world, write, step, before)
    world.bridge.assert_agreement()


@pytest.mark.parametrize(
    ("fault", "vendor", "write", "step"),
    each_outage(REVOKING, (DEACTIVATE, REMOVE)),
)
def test_a_revocation_outlives_an_outage(world, write, step, fault):
    if fault == "a proxy's page" and not promises_a_body(world, write):
        pytest.skip("see test_a_proxys_page_is_no_proof_of_a_deletion")
    world.bridge.fail(**OUTAGES[fault], method=WRITES_ONLY, skip=step)
    assert_unavailable(write.send(world))
    assert is_revoked(world, write)
    assert world.bridge.due()
    assert_true_in_the_end(world, write)


def promises_a_body(world, write) -> bool:
    vendor = world.bridge.vendor
    return vendor == "datasentinel" or (vendor == "periscope" and write is REMOVE)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize(("vendor", "write", "step"), each_step(GIVING))
def test_a_lost_answer_makes_nothing_twice_and_nothing_false(world, write, step, times):
    before = world.read()
    world.bridge.fail("lose", method=WRITES_ONLY, skip=step, count=times)
    answer = write.send(world)
    world.bridge.recover()
    if answer.status >= 400:
        assert_unavailable(answer)
        assert_put_back(world, write, step, before)
    world.bridge.deliver()
    world.bridge.assert_agreement()
    assert_each_once(world)


@pytest.mark.parametrize(("vendor", "write", "step"), each_step(REVOKING))
def test_a_revocation_whose_answer_was_lost_is_true(world, write, step):
    world.bridge.fail("lose", method=WRITES_ONLY, skip=step, count=2)
    answer = write.send(world)
    if answer.status >= 400:
        assert_unavailable(answer)
    assert is_revoked(world, write)
    assert_true_in_the_end(world, write)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_member_who_failed_leaves_the_version_of_the_group(world):
    before = world.read()
    world.bridge.fail("status", status=400, method=WRITES_ONLY)
    assert ADD.send(world).status == 400
    assert world.read() == before


@pytest.mark.parametrize(
    ("vendor", "write"),
    [(vendor, write) for vendor in ("periscope", "squirro") for write in (DEACTIVATE, DELETE, DELETE_GROUP)],
)
def test_a_proxys_page_is_no_proof_of_a_deletion(world, write):
    world.bridge.fail("garbage", method=WRITES_ONLY, count=NEVER_ENDS)
    assert_unavailable(write.send(world))
    assert_true_in_the_end(world, write)
