"""What outlives a request: queued writes, people hired again, crashes between two commits, stale versions."""

import pytest

from tests.bridge import TARGET, add, on_both_databases, person, refs, remove, replace
from tests.provisioning.writes import (
    GIVING,
    NEVER_ENDS,
    REVOKING,
    WRITES_ONLY,
    World,
    each_step,
)
from tests.vendors import VENDORS, stranger

ANN, BOB, CARL = "ann@acme.example", "bob@acme.example", "carl@acme.example"


# -- on_outage = "queue"


@pytest.mark.parametrize(
    ("vendor", "write", "step"),
    [case for case in each_step((*GIVING, *REVOKING)) if case.values[2] == 0],
)
def test_a_queued_write_is_accepted_and_delivered_by_the_worker(build, vendor, write, step):
    world = World.on(build(vendor, on_outage="queue"))
    world.bridge.fail("status", status=503, method=WRITES_ONLY, skip=step, count=NEVER_ENDS)
    assert write.send(world).status < 300
    assert world.bridge.due()
    before = world.read()
    world.bridge.recover()
    world.bridge.deliver()
    assert world.read() == before
    world.bridge.assert_agreement()


def test_queued_changes_of_one_user_coalesce_into_one_call(build):
    bridge = build("periscope", on_outage="queue")
    ann = bridge.hire("ann")
    bridge.outage()
    for name in ("Anna", "Anne", "Annie"):
        assert bridge.patch(f"/Users/{ann}", replace("name.givenName", name)).status == 200
    bridge.recover()
    bridge.calls()
    bridge.deliver()
    assert len(bridge.calls()) == 1
    bridge.assert_agreement()


def test_a_queued_create_is_delivered_once(build, facts):
    bridge = build(facts.vendor, on_outage="queue")
    bridge.outage()
    bridge.hire("ann")
    bridge.hire("bob")
    assert bridge.accounts() == {}
    assert bridge.round()
    bridge.recover()
    bridge.deliver()
    assert set(bridge.accounts()) == {ANN, BOB}
    bridge.assert_agreement()


def test_a_queued_create_keeps_no_password(build, facts):
    bridge = build(facts.vendor, on_outage="queue")
    bridge.secrets.append("Pa55-that-must-not-wait")
    bridge.outage()
    bridge.post("/Users", person("ann", password="Pa55-that-must-not-wait"))
    bridge.check()


def test_a_refusal_is_not_queued(build, facts):
    bridge = build(facts.vendor, on_outage="queue")
    stranger(bridge.sandbox, CARL)
    bridge.strangers = {user["key"]: user for user in bridge.sandbox.users()}
    assert bridge.post("/Users", person("carl")).status == 409
    assert bridge.due() == []


# -- revocations


def test_the_revoking_part_of_a_write_is_kept_and_the_rest_put_back(bridge):
    world = World.on(bridge)
    bridge.fail("status", status=503, method=WRITES_ONLY, count=NEVER_ENDS)
    answer = bridge.patch(f"/Users/{world.ann}", replace("active", "False"), replace("displayName", "Anna Ray"))
    assert answer.status == 503
    user = bridge.get(f"/Users/{world.ann}").body
    assert (user["active"], user["displayName"]) == (False, "Ann Lee")
    bridge.recover()
    bridge.deliver()
    assert ANN not in bridge.accounts()
    bridge.assert_agreement()


@pytest.mark.parametrize(
    "facts",
    [
        "datasentinel",
        "periscope",
        "squirro",
    ],
)
def test_of_a_swap_in_an_outage_the_leaving_is_kept_and_the_joining_put_back(build, facts):
    world = World.on(bridge := build(facts))
    bridge.fail("status", status=503, method=WRITES_ONLY, count=NEVER_ENDS)
    assert bridge.patch(f"/Groups/{world.finance}", remove(world.ann), add(world.bob)).status == 503
    assert "members" not in bridge.get(f"/Groups/{world.finance}").body
    bridge.recover()
    bridge.deliver()
    bridge.assert_agreement()
    assert bridge.accounts() == {ANN: VENDORS[facts].roles(), BOB: VENDORS[facts].roles()}


def test_the_workers_failed_round_does_not_forget_who_still_has_a_deleted_group(build):
    world = World.on(bridge := build("datasentinel"))
    bridge.fail("status", status=429, method=WRITES_ONLY, count=NEVER_ENDS)
    assert bridge.delete(f"/Groups/{world.finance}").status == 429
    bridge.round()
    bridge.recover()
    bridge.deliver()
    assert bridge.accounts()[ANN] == {"Least Access"}


def test_a_limit_leaves_nothing_in_doubt(bridge):
    world = World.on(bridge)
    bridge.fail("status", status=429, method=WRITES_ONLY, count=NEVER_ENDS)
    assert bridge.patch(f"/Groups/{world.finance}", remove(world.ann)).status == 429
    bridge.round()
    bridge.recover()
    bridge.deliver()
    assert bridge.accounts()[ANN] == VENDORS[bridge.vendor].roles()
    bridge.assert_agreement()


# -- hired again


def test_somebody_hired_again_while_the_delete_waits_keeps_the_account_and_loses_the_roles(bridge):
    world = World.on(bridge)
    bridge.fail("status", status=503, method="DELETE", count=NEVER_ENDS)
    assert bridge.delete(f"/Users/{world.ann}").status == 503
    account = bridge.account(ANN)
    bridge.recover()
    again = bridge.hire("ann", displayName="Ann Again", name={"givenName": "Ann", "familyName": "Again"})
    assert again != world.ann
    assert bridge.account(ANN)["id"] == account["id"]
    assert bridge.accounts()[ANN] == VENDORS[bridge.vendor].roles()
    bridge.deliver()
    bridge.assert_agreement()
    assert bridge.account(ANN) is not None


def test_somebody_hired_again_in_another_case_takes_over_too(bridge):
    world = World.on(bridge)
    bridge.fail("status", status=503, method="DELETE", count=NEVER_ENDS)
    assert bridge.delete(f"/Users/{world.ann}").status == 503
    bridge.recover()
    loud = "ANN@acme.example"
    assert bridge.post("/Users", person("ann", userName=loud, emails=[{"value": loud}])).status == 201
    bridge.deliver()
    assert bridge.account(ANN) is not None


def test_somebody_deleted_before_the_create_was_delivered_has_no_account(build, facts):
    bridge = build(facts.vendor, on_outage="queue")
    bridge.outage()
    ann = bridge.hire("ann")
    assert bridge.delete(f"/Users/{ann}").status == 204
    bridge.recover()
    bridge.deliver()
    assert bridge.accounts() == {}
    assert bridge.rows("link") == []


# -- crashes: the process dies before or after each vendor call


class Died(BaseException):
    """The process ends here: nothing after it runs."""


def die(monkeypatch, sender, at: int, *, after: bool) -> None:
    """Let the process end at the call number ``at``, before it is sent or after it was answered."""
    real, calls = sender.send, iter(range(100))

    def send(*arguments):
        number = next(calls)
        if number == at and not after:
            raise Died
        answer = real(*arguments)
        if number == at:
            raise Died
        return answer

    monkeypatch.setattr(sender, "send", send)


def each_death():
    """Before each of the calls, and after the last one: after a call is before the next."""
    for case in each_step((*GIVING, *REVOKING)):
        vendor, write, step = case.values
        yield pytest.param(*case.values, False, id=f"{case.id}-before")
        if step + 1 == write.steps.get(vendor, 1):
            yield pytest.param(*case.values, True, id=f"{case.id}-after")


@pytest.mark.parametrize(("vendor", "write", "step", "after"), list(each_death()))
def test_a_write_that_died_half_way_is_finished_by_the_worker(build, monkeypatch, vendor, write, step, after):
    world = World.on(build(vendor))
    with monkeypatch.context() as patched:
        die(patched, world.bridge.parts.targets[TARGET].sender, step, after=after)
        with pytest.raises(Died):
            write.send(world)
    world.bridge.deliver()
    world.bridge.assert_agreement()
    names = [user["key"] for user in world.bridge.sandbox.users()]
    assert sorted(set(names)) == sorted(names)


def test_a_group_that_was_found_and_got_members_before_its_process_died_is_still_the_bridges(build, monkeypatch):
    bridge = build("squirro")
    ann = bridge.hire("ann")
    sender = bridge.parts.targets[TARGET].sender
    with monkeypatch.context() as patched:
        die(patched, sender, 0, after=True)
        with pytest.raises(Died):
            bridge.found("Finance")
    bridge.hasten()
    (finance,) = bridge.everything("/Groups")
    with monkeypatch.context() as patched:
        die(patched, sender, 1, after=True)
        with pytest.raises(Died):
            bridge.patch(f"/Groups/{finance['id']}", add(ann))
    bridge.deliver()
    assert bridge.accounts() == {ANN: {"Finance"}}
    assert [group["name"] for group in bridge.sandbox.groups()].count("Finance") == 1
    bridge.assert_agreement()


# -- versions


@on_both_databases
def test_a_stale_version_is_412_and_changes_nothing(build):
    bridge = build("squirro")
    ann = bridge.hire("ann")
    old = bridge.get(f"/Users/{ann}").headers["ETag"]
    assert bridge.patch(f"/Users/{ann}", replace("title", "Dr"), headers={"If-Match": old}).status == 200
    before = bridge.get(f"/Users/{ann}").body
    for answer in (
        bridge.patch(f"/Users/{ann}", replace("title", "Prof"), headers={"If-Match": old}),
        bridge.put(f"/Users/{ann}", person("ann"), headers={"If-Match": old}),
        bridge.delete(f"/Users/{ann}", headers={"If-Match": old}),
    ):
        assert answer.status == 412
    assert bridge.get(f"/Users/{ann}").body == before
    assert bridge.patch(f"/Users/{ann}", replace("title", "Prof"), headers={"If-Match": "*"}).status == 200


def test_a_stale_version_of_a_group_is_412_too(build):
    bridge = build("squirro")
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    old = bridge.get(f"/Groups/{finance}").headers["ETag"]
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
    stale = {"If-Match": old}
    assert bridge.patch(f"/Groups/{finance}", remove(ann), headers=stale).status == 412
    body = {"displayName": "Finance", "members": refs([])}
    assert bridge.put(f"/Groups/{finance}", body, headers=stale).status == 412
    assert bridge.delete(f"/Groups/{finance}", headers=stale).status == 412
    assert bridge.accounts() == {ANN: {"Finance"}}
