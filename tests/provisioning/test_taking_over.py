"""An account that was at the vendor before the bridge becomes a resource's only where the target allows it."""

from contextlib import suppress

import pytest

from mappings import unsupported
from tests.bridge import GROUP, TARGET, add, person, refs, replace
from tests.provisioning.test_over_time import Died, die
from tests.provisioning.writes import NEVER_ENDS
from tests.vendors import stranger

CARL = "carl@acme.example"
MAKES_GROUPS = ("periscope", "squirro", "prancer", "metric_insights")
FINANCE = {"schemas": [GROUP], "displayName": "Finance"}


def with_stranger(build, vendor, **settings):
    bridge = build(vendor, **{"adopt": "always", **settings})
    return bridge, stranger(bridge.sandbox, CARL)


def with_role(build, vendor, **settings):
    """Let somebody else have made the group Finance at the vendor."""
    other = build(vendor)
    other.found("Finance")
    with other.parts.database.write() as connection:
        for table in ("member", "event", "call", "link", "resource"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    bridge = build(vendor, beside=other, **{"adopt": "always", **settings})
    (there,) = [group for group in bridge.sandbox.groups() if group["name"] == "Finance"]
    return bridge, there


def finances(bridge):
    return [group for group in bridge.sandbox.groups() if group["name"] == "Finance"]


@pytest.mark.parametrize("adopt", ["never", "equal"])
def test_a_stranger_stays_as_it_is_unless_the_target_says_always(build, facts, adopt):
    bridge, before = with_stranger(build, facts.vendor, adopt=adopt)
    answer = bridge.post("/Users", person("carl"))
    assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
    assert bridge.account(CARL) == before
    assert bridge.rows("link") == []


def test_an_adopted_account_follows_keeps_its_roles_and_ends_with_its_user(build, facts):
    bridge, before = with_stranger(build, facts.vendor)
    carl = bridge.hire("carl")
    after = bridge.account(CARL)
    assert after["id"] == before["id"]
    assert set(before["roles"]) <= set(after["roles"])
    wanted = bridge.mapping.user(bridge.get(f"/Users/{carl}").body, frozenset()).fields
    assert {name: after["fields"].get(name, value) for name, value in wanted.items()} == dict(wanted)
    finance = bridge.found("Finance", [carl])
    assert bridge.patch(f"/Groups/{finance}", replace("members", [])).status == 204
    assert set(before["roles"]) <= set(bridge.account(CARL)["roles"])
    assert bridge.due() == []
    assert bridge.delete(f"/Users/{carl}").status == 204
    assert bridge.account(CARL) is None


def test_an_equal_account_is_adopted_without_a_change(build, facts):
    other = build(facts.vendor)
    other.hire("carl")
    before = other.account(CARL)
    with other.parts.database.write() as connection:
        for table in ("event", "call", "link", "resource"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    bridge = build(facts.vendor, beside=other, adopt="equal")
    bridge.hire("carl")
    assert bridge.account(CARL) == before
    assert "has been adopted" in bridge.rows("event")[-1]["detail"]


def test_an_account_of_another_resource_is_never_adopted(build, facts):
    bridge, before = with_stranger(build, facts.vendor)
    carl = bridge.hire("carl")
    again = person("karl", emails=[{"value": CARL}], userName="karl")
    assert bridge.post("/Users", again).status == 409
    assert bridge.account(CARL)["id"] == before["id"]
    assert bridge.delete(f"/Users/{carl}").status == 204


def test_a_protected_account_is_not_adopted(build, facts):
    bridge, before = with_stranger(build, facts.vendor, options={"protected_users": [CARL]})
    assert bridge.post("/Users", person("carl")).status == 403
    assert bridge.account(CARL) == before


@pytest.mark.parametrize("status", [400, 503])
@pytest.mark.parametrize("vendor", ["datasentinel", "periscope", "squirro"])  # Prancer has nothing to change
def test_an_adoption_that_fails_half_way_leaves_the_account_to_itself(build, vendor, status):
    bridge, before = with_stranger(build, vendor)
    bridge.fail("status", status=status, method="PUT", count=NEVER_ENDS)
    assert bridge.post("/Users", person("carl")).status == status
    bridge.recover()
    bridge.deliver()
    assert bridge.everything("/Users") == bridge.rows("link") == []
    assert bridge.account(CARL) == before


def test_an_account_that_is_let_go_and_wanted_again_gets_the_role_that_it_may_have_lost(build):
    bridge, before = with_stranger(build, "datasentinel", options={"known_roles": ["Finance"]})
    carl = person("carl", roles=[{"value": "Finance"}])
    bridge.fail("status", status=503, method="PUT", count=NEVER_ENDS)
    bridge.fail("lose", method="DELETE", count=NEVER_ENDS)
    bridge.post("/Users", carl)
    bridge.round()
    assert bridge.account(CARL) == before
    bridge.recover()
    assert bridge.post("/Users", carl).status == 201
    assert set(bridge.account(CARL)["roles"]) == {*before["roles"], "Finance"}


def test_after_a_lost_answer_the_account_that_is_found_is_adopted(build, facts):
    bridge, before = with_stranger(build, facts.vendor, on_outage="queue")
    bridge.fail("drop", method="POST", count=1)
    assert bridge.post("/Users", person("carl")).status == 201
    bridge.deliver()
    assert bridge.account(CARL)["id"] == before["id"]
    assert bridge.due() == []


def test_a_process_that_dies_while_it_adopts_leaves_it_to_the_worker(build, facts, monkeypatch):
    bridge, before = with_stranger(build, facts.vendor)
    with monkeypatch.context() as patched:
        die(patched, bridge.parts.targets[TARGET].sender, 2, after=False)
        with suppress(Died):  # some need no third call
            bridge.post("/Users", person("carl"))
    bridge.deliver()
    assert bridge.account(CARL)["id"] == before["id"]
    assert len(bridge.everything("/Users")) == 1
    assert bridge.due() == []


# -- groups


@pytest.mark.parametrize("vendor", MAKES_GROUPS)
def test_a_role_that_is_there_is_adopted_where_the_target_says_so(build, vendor):
    bridge, there = with_role(build, vendor, adopt="never")
    assert bridge.post("/Groups", FINANCE).status == 409
    adopting = build(vendor, beside=bridge, adopt="always")
    id_ = adopting.found("Finance")
    assert [group["id"] for group in finances(bridge)] == [there["id"]]
    assert adopting.due() == []
    assert adopting.delete(f"/Groups/{id_}").status == 204
    assert finances(bridge) == []


@pytest.mark.parametrize("vendor", ["periscope", "squirro", "prancer"])
def test_members_come_into_an_adopted_role_and_its_own_stay(build, vendor):
    bridge, there = with_role(build, vendor)
    ann, bob = bridge.hire("ann"), bridge.hire("bob")
    finance = bridge.found("Finance", [ann])
    assert [group["id"] for group in finances(bridge)] == [there["id"]]
    assert bridge.patch(f"/Groups/{finance}", add(bob)).status == 204
    assert bridge.accounts() == {"ann@acme.example": {"Finance"}, "bob@acme.example": {"Finance"}}
    assert bridge.due() == []


@pytest.mark.parametrize(
    ("vendor", "path"), [("periscope", "*users*"), ("squirro", "*groups/*"), ("prancer", "*user/roles")]
)
def test_a_role_whose_adoption_is_answered_with_an_error_is_not_deleted(build, vendor, path):
    bridge, there = with_role(build, vendor)
    ann = bridge.hire("ann")
    bridge.fail("status", status=403, method="P*", path=path, count=NEVER_ENDS)
    assert bridge.post("/Groups", {**FINANCE, "members": refs([ann])}).status == 403
    bridge.recover()
    bridge.deliver()
    assert [group["id"] for group in finances(bridge)] == [there["id"]]
    assert bridge.everything("/Groups") == []
    assert bridge.accounts() == {"ann@acme.example": set()}


def test_a_role_is_not_deleted_when_somebody_of_its_members_could_not_follow(build):
    bridge, there = with_role(build, "squirro")
    ids = [bridge.hire(name) for name in ("ann", "bob")]
    bridge.fail("status", status=403, method="P*", path="*groups/*", skip=1, count=NEVER_ENDS)
    assert bridge.post("/Groups", {**FINANCE, "members": refs(ids)}).status == 403
    bridge.recover()
    bridge.deliver()
    assert [group["id"] for group in finances(bridge)] == [there["id"]]
    assert bridge.accounts() == {"ann@acme.example": set(), "bob@acme.example": set()}


def test_where_the_vendor_has_no_call_to_look_the_conflict_says_so(build, monkeypatch):
    bridge, before = with_stranger(build, "squirro")
    monkeypatch.setattr(bridge.mapping, "find_user", unsupported("Squirro documents no call that lists users"))
    answer = bridge.post("/Users", person("carl"))
    assert answer.status == 409
    assert "it cannot be adopted: Squirro documents no call that lists users" in answer.body["detail"]
    assert bridge.account(CARL) == before
