"""An error is never a lie: each thing that goes wrong at a vendor has the one answer that says so."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.bridge import add, person, replace
from tests.provisioning.writes import ADD, CREATE, DEACTIVATE, DELETE, NEVER_ENDS, RENAME, WRITES_ONLY, World
from tests.vendors import VENDORS, stranger

each_write = pytest.mark.parametrize("write", [CREATE, RENAME, ADD, DEACTIVATE], ids=str)
ANN, CARL = "ann@acme.example", "carl@acme.example"


@pytest.fixture
def world(bridge):
    return World.on(bridge)


@each_write
def test_refused_credentials_are_502_and_name_the_target(world, write):
    before = world.read()
    world.bridge.fail("status", status=401, count=NEVER_ENDS)
    answer = write.send(world)
    assert answer.status == 502
    assert "main" in answer.body["detail"]
    if write is not DEACTIVATE:
        assert world.read()[0] == before[0]
    world.bridge.recover()
    world.bridge.deliver()
    world.bridge.assert_agreement()


def test_credentials_that_were_wrong_from_the_start_are_502_and_create_nothing(build, facts):
    bridge = build(facts.vendor)
    for name in bridge.sandbox.credentials:
        bridge.parts.targets["main"].mapping.secrets[name] = "not-the-right-one"
    answer = bridge.post("/Users", person("ann"))
    assert answer.status == 502
    assert "main" in answer.body["detail"]
    assert "not-the-right-one" not in str(answer)
    assert bridge.everything("/Users") == []
    assert bridge.accounts() == {}


@each_write
def test_a_limit_is_passed_on_with_the_time_that_the_vendor_asks_for(world, write):
    before = world.read()
    world.bridge.fail("status", status=429, retry_after="77", count=NEVER_ENDS)
    answer = write.send(world)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "77")
    if write is not DEACTIVATE:
        assert world.read()[0] == before[0]
    world.bridge.recover()
    world.bridge.deliver()
    world.bridge.assert_agreement()


def test_a_limit_until_a_date_is_passed_on_in_seconds(build):
    bridge = build("periscope")
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=500), usegmt=True)
    bridge.fail("status", status=429, retry_after=until, count=NEVER_ENDS)
    answer = bridge.post("/Users", person("ann"))
    assert 400 < int(answer.headers["Retry-After"]) <= 501


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_an_address_cannot_hold_is_refused_and_reaches_nobody(build, name):
    bridge = build("datasentinel")
    ann, group = bridge.hire("ann"), bridge.found(name)
    bridge.calls()
    answer = bridge.patch(f"/Groups/{group}", add(ann))
    assert (answer.status, bridge.calls()) == (400, [])
    assert bridge.accounts() == {ANN: VENDORS["datasentinel"].roles()}
    assert "members" not in bridge.get(f"/Groups/{group}").body


@pytest.mark.parametrize("retry_after", [None, "Wed, 21 Oct 2026 07:28:00 GMT", "soon", "-1"])
def test_a_limit_without_a_usable_time_still_names_one(build, retry_after):
    bridge = build("periscope")
    bridge.fail("status", status=429, retry_after=retry_after, count=NEVER_ENDS)
    answer = bridge.post("/Users", person("ann"))
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_an_outages_own_retry_after_is_passed_on(bridge):
    bridge.fail("status", status=503, retry_after="120", count=NEVER_ENDS)
    answer = bridge.post("/Users", person("ann"))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "120")


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_vendor_that_breaks_is_503(bridge, status):
    bridge.fail("status", status=status, count=NEVER_ENDS)
    answer = bridge.post("/Users", person("ann"))
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("status", [408, 425])
def test_a_vendor_that_asks_for_the_same_again_is_503_and_not_a_refusal(build, status):
    bridge = build("squirro")
    bridge.fail("status", status=status, count=NEVER_ENDS)
    answer = bridge.post("/Users", person("ann"))
    assert answer.status == 503
    bridge.recover()
    bridge.hire("ann")
    bridge.assert_agreement()


@pytest.mark.parametrize(("said", "answered"), [(429, 429), (401, 502), (403, 503)])
@pytest.mark.parametrize("vendor", ["metric_insights", "prancer"])
def test_what_stops_the_look_for_what_was_just_created_is_told_as_what_it_is(build, vendor, said, answered):
    bridge = build(vendor, options={"users": "reject"})
    bridge.fail("status", status=said, retry_after="77", method="GET", path="*set*", skip=1, count=NEVER_ENDS)
    bridge.fail("status", status=said, retry_after="77", method="GET", path="*role/", skip=1, count=NEVER_ENDS)
    answer = bridge.post("/Groups", {"displayName": "Finance"})
    assert (answer.status, answer.headers.get("Retry-After")) == (answered, None if said == 401 else "77")
    assert "told to fail" in answer.body["detail"]
    bridge.recover()
    bridge.deliver()
    assert bridge.everything("/Groups") == bridge.due() == []
    assert "Finance" not in [group["name"] for group in bridge.sandbox.groups()]


def test_a_vendor_that_is_not_there_is_503_and_the_user_can_be_sent_again(bridge):
    port = int(bridge.base_url.rpartition(":")[2])
    bridge.sandbox.stop()
    answer = bridge.post("/Users", person("ann"))
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert bridge.everything("/Users") == []
    bridge.sandbox.start(port=port)
    bridge.hire("ann")
    bridge.assert_agreement()


@pytest.mark.parametrize("write", [CREATE, RENAME, DEACTIVATE], ids=str)
def test_a_vendor_that_hangs_is_503_in_good_time(build, facts, write):
    world = World.on(build(facts.vendor, timeout=0.3))
    before = world.read()
    world.bridge.fail("hang", seconds=60, method=WRITES_ONLY)
    answer = write.send(world)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    if write is not DEACTIVATE:
        assert world.read() == before
    world.bridge.recover()
    world.bridge.deliver()
    world.bridge.assert_agreement()


@each_write
def test_not_found_at_the_vendor_is_never_not_found_in_scim(world, write):
    world.bridge.fail("status", status=404, method=WRITES_ONLY, count=NEVER_ENDS)
    assert write.send(world).status != 404


def test_an_account_that_vanished_is_made_again_with_its_roles(world):
    gone = world.bridge.account(ANN)
    remove_by_hand(world.bridge, gone)
    assert RENAME.send(world).status == 200
    world.bridge.assert_agreement()
    assert world.bridge.accounts()[ANN] == {"Finance"}


def test_an_account_that_vanished_is_deleted_already(world):
    remove_by_hand(world.bridge, world.bridge.account(ANN))
    assert DELETE.send(world).status == 204
    world.bridge.assert_agreement()
    assert world.bridge.due() == []


def remove_by_hand(bridge, account) -> None:
    bridge.sandbox.caller = None
    bridge.sandbox.delete_user(bridge.sandbox.find_user(account["id"]))


# -- accounts that are not the bridge's


def test_somebody_elses_account_is_a_conflict_and_stays_as_it_is(bridge):
    before = stranger(bridge.sandbox, CARL)
    bridge.strangers[CARL] = before
    answer = bridge.post("/Users", person("carl"))
    assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
    assert bridge.everything("/Users") == []
    assert bridge.deliver() == 0
    assert bridge.account(CARL) == before
    assert bridge.rows("link") == []


def test_somebody_elses_account_stays_when_the_answer_that_says_so_is_lost(bridge):
    before = stranger(bridge.sandbox, CARL)
    bridge.strangers[CARL] = before
    bridge.hire("ann")
    bridge.fail("lose", method="POST")
    answer = bridge.post("/Users", person("carl"))
    assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
    bridge.deliver()
    assert bridge.account(CARL) == before
    assert bridge.everything("/Users")[0]["userName"] == ANN


def test_somebody_elses_account_stays_when_even_the_look_for_it_fails(bridge):
    before = stranger(bridge.sandbox, CARL)
    bridge.strangers[CARL] = before
    bridge.hire("ann")
    bridge.fail("lose", method="POST")
    bridge.fail("status", status=503, method="GET", count=NEVER_ENDS)
    assert bridge.post("/Users", person("carl")).status == 503
    bridge.recover()
    bridge.deliver()
    assert bridge.account(CARL) == before
    assert bridge.post("/Users", person("carl")).status == 409
    assert bridge.account(CARL) == before


def test_an_account_made_elsewhere_while_the_user_was_deactivated_is_not_taken_over(world):
    DEACTIVATE.send(world)
    before = stranger(world.bridge.sandbox, ANN)
    world.bridge.strangers[ANN] = before
    answer = world.bridge.patch(f"/Users/{world.ann}", replace("active", True))
    assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
    assert world.bridge.get(f"/Users/{world.ann}").body["active"] is False
    assert world.bridge.deliver() == 0
    assert world.bridge.account(ANN) == before


def test_an_email_address_that_somebody_else_has_is_refused(world):
    if not VENDORS[world.bridge.vendor].changes_email:
        pytest.skip("the address cannot change at this vendor")
    before = stranger(world.bridge.sandbox, CARL)
    world.bridge.strangers[CARL] = before
    read = world.read()
    answer = world.bridge.patch(f"/Users/{world.ann}", replace('emails[type eq "work"].value', CARL))
    assert answer.status in (400, 409)
    assert world.read() == read
    world.bridge.deliver()
    assert world.bridge.account(CARL) == before


# -- creates whose answer was lost


def test_a_create_whose_answer_was_lost_is_201_and_one_account(bridge):
    bridge.hire("ann")
    bridge.fail("lose", method="POST")
    bridge.hire("carl")
    assert set(bridge.accounts()) == {ANN, CARL}
    bridge.assert_agreement()
    assert bridge.due() == []


def test_a_create_is_sent_again_by_the_idp_after_everything_was_lost(bridge):
    bridge.hire("ann")
    bridge.fail("lose", method="POST")
    bridge.fail("status", status=503, method="GET", count=NEVER_ENDS)
    bridge.fail("status", status=503, method="PUT", count=NEVER_ENDS)
    assert bridge.post("/Users", person("carl")).status == 503
    bridge.recover()
    bridge.hire("carl")
    assert set(bridge.accounts()) == {ANN, CARL}
    bridge.assert_agreement()


def test_somebody_hired_again_by_another_name_after_everything_was_lost_has_that_name(bridge):
    bridge.hire("ann")
    bridge.fail("lose", method="POST")
    bridge.fail("status", status=503, method="GET", count=NEVER_ENDS)
    bridge.fail("status", status=503, method="PUT", count=NEVER_ENDS)
    assert bridge.post("/Users", person("carl")).status == 503
    bridge.recover()
    bridge.hire("carl", displayName="Carl Ray", name={"givenName": "Carl", "familyName": "Ray"})
    bridge.assert_agreement()


def test_a_create_that_nobody_asks_for_again_leaves_no_account(bridge):
    bridge.hire("ann")
    bridge.fail("lose", method="POST")
    bridge.fail("status", status=503, method="GET", count=NEVER_ENDS)
    bridge.fail("status", status=503, method="PUT", count=NEVER_ENDS)
    assert bridge.post("/Users", person("carl")).status == 503
    bridge.recover()
    bridge.deliver()
    assert set(bridge.accounts()) == {ANN}
    assert len(bridge.rows("link")) == 1


@pytest.mark.parametrize("vendor", ["periscope", "squirro"])
def test_a_group_whose_create_was_lost_is_one_group(build, vendor):
    bridge = build(vendor)
    bridge.hire("ann")
    bridge.fail("lose", method="POST")
    assert bridge.post("/Groups", {"displayName": "Finance"}).status == 201
    assert [group["name"] for group in bridge.sandbox.groups()].count("Finance") == 1


def test_two_lost_groups_of_one_name_are_not_made_where_names_need_not_be_unique(build):
    bridge = build("squirro", sandbox={"unique_group_names": False})
    bridge.hire("ann")
    bridge.fail("lose", method="POST")
    assert bridge.post("/Groups", {"displayName": "Finance"}).status == 201
    assert [group["name"] for group in bridge.sandbox.groups()].count("Finance") == 1


# -- several members, some of them refused


def test_what_the_vendor_took_stays_and_what_it_refused_is_named(build):
    bridge = build("datasentinel")
    ann, bob = bridge.hire("ann"), bridge.hire("bob")
    finance = bridge.found("Finance")
    bridge.fail("status", status=400, method="POST", path="*bob*", count=NEVER_ENDS)
    answer = bridge.patch(f"/Groups/{finance}", add(ann, bob))
    assert answer.status == 400
    assert "told to fail" in answer.body["detail"]
    assert [member["value"] for member in bridge.get(f"/Groups/{finance}").body["members"]] == [ann]
    bridge.assert_agreement()


def test_a_group_whose_rename_is_refused_is_given_to_nobody_and_is_left_all_the_same(build):
    bridge = build("datasentinel")
    ann, bob = bridge.hire("ann"), bridge.hire("bob")
    finance = bridge.found("Finance", [ann])
    answer = bridge.put(f"/Groups/{finance}", {"displayName": "Money", "members": [{"value": bob}]})
    assert (answer.status, answer.body["scimType"]) == (400, "mutability")
    read = bridge.get(f"/Groups/{finance}").body
    assert read["displayName"] == "Finance"
    assert "members" not in read
    bridge.assert_agreement()
    assert list(bridge.accounts().values()) == [VENDORS["datasentinel"].roles()] * 2


def test_the_one_of_several_members_that_failed_is_named(build):
    bridge = build("periscope")
    ann, bob = bridge.hire("ann"), bridge.hire("bob")
    finance = bridge.found("Finance")
    bridge.fail("status", status=400, method="PUT")
    detail = bridge.patch(f"/Groups/{finance}", add(ann, bob)).body["detail"]
    assert "1 of 2 members" in detail
    assert (ann in detail) != (bob in detail)


def test_every_member_that_failed_is_named(build):
    bridge = build("datasentinel")
    ids = [bridge.hire(name) for name in ("ann", "bob", "carl")]
    finance = bridge.found("Finance")
    bridge.fail("status", status=400, method="POST", path="*/role/*", count=NEVER_ENDS)
    answer = bridge.patch(f"/Groups/{finance}", add(*ids))
    assert answer.status == 400
    assert all(id_ in answer.body["detail"] for id_ in ids)


def test_an_unknown_member_is_refused_by_a_strict_target_and_skipped_by_okta_and_entra(build):
    bridge = build("squirro")
    ann = bridge.hire("ann")
    finance = bridge.found("Finance")
    before = bridge.everything("/Groups")
    answer = bridge.patch(f"/Groups/{finance}", add(ann, "nobody-has-this-id"))
    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    assert "nobody-has-this-id" in answer.body["detail"]
    assert bridge.everything("/Groups") == before
    assert bridge.accounts() == {ANN: set()}


@pytest.mark.parametrize("idp", ["okta", "entra"])
def test_one_unknown_member_does_not_fail_a_push(build, idp):
    bridge = build("squirro", idp=idp)
    ann = bridge.hire("ann")
    finance = bridge.found("Finance")
    assert bridge.patch(f"/Groups/{finance}", add("nobody-has-this-id", ann)).status == 204
    assert bridge.accounts() == {ANN: {"Finance"}}
