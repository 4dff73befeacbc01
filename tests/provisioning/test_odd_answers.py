"""Answers that no document promises: believed only as far as they can be, and never at somebody's expense."""

import json

import pytest

from tests.bridge import add, on_both_databases, person, remove, replace
from tests.provisioning.writes import NEVER_ENDS, World
from tests.vendors import VENDORS

ANN = "ann@acme.example"


@pytest.mark.parametrize("vendor", ["periscope", "squirro"])
def test_a_wrong_404_to_a_new_address_makes_no_second_account(build, vendor):
    world = World.on(bridge := build(vendor))
    bridge.fail("status", method="PUT", status=404)
    new = person("ann", userName="new@acme.example", emails=[{"value": "new@acme.example", "primary": True}])
    assert bridge.put(f"/Users/{world.ann}", new).status == 400
    assert "new@acme.example" not in bridge.accounts()
    bridge.patch(f"/Users/{world.ann}", replace("active", False))
    assert ANN not in bridge.accounts()


@pytest.mark.parametrize("vendor", ["periscope", "squirro"])
def test_a_wrong_404_to_a_new_name_makes_no_second_group(build, vendor):
    bridge = build(vendor)
    group = bridge.found("Finance")
    bridge.fail("status", method="PUT", status=404)
    assert bridge.patch(f"/Groups/{group}", replace("displayName", "Money")).status == 400
    assert {group["name"] for group in bridge.sandbox.groups()} & {"Finance", "Money"} == {"Finance"}


def test_a_wrong_404_to_a_deletion_is_not_believed(bridge):
    ann = bridge.hire("ann")
    bridge.fail("status", method="DELETE", status=404, count=2)
    assert bridge.patch(f"/Users/{ann}", replace("active", False)).status == 400
    assert bridge.due() == [ANN]
    bridge.recover()
    bridge.deliver()
    assert bridge.accounts() == {}


def test_a_409_to_a_role_is_not_taken_for_a_role_that_is_held(build):
    bridge = build("datasentinel")
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    bridge.fail("status", method="POST", path="*/role/*", status=409)
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 400
    assert bridge.accounts() == {ANN: VENDORS["datasentinel"].roles()}


@pytest.mark.parametrize("vendor", ["datasentinel", "squirro"])
def test_a_404_to_a_removal_is_not_taken_for_a_role_that_is_gone(build, vendor):
    bridge = build(vendor)
    ann = bridge.hire("ann")
    finance = bridge.found("Finance", [ann])
    bridge.fail("status", method="DELETE", status=404)
    assert bridge.patch(f"/Groups/{finance}", remove(ann)).status == 400
    bridge.recover()
    bridge.deliver()
    assert bridge.accounts() == {ANN: VENDORS[vendor].roles()}


@pytest.mark.parametrize("id_", ["", None, True, "..", "a\u0000b", "x" * 5000, {"id": 1}], ids=repr)
@pytest.mark.parametrize("vendor", ["periscope", "squirro"])
@on_both_databases
def test_an_id_that_is_none_is_no_readable_answer(build, vendor, id_):
    bridge = build(vendor)
    bridge.fail("status", method="POST", path="*users", status=200, body=json.dumps({"id": id_}))
    assert bridge.post("/Users", person("ann")).status == 503
    assert bridge.everything("/Users") == []
    bridge.hire("ann")
    bridge.assert_agreement()


@pytest.mark.parametrize("token", ["a\nb", "", None, "€"], ids=repr)
@pytest.mark.parametrize(("vendor", "name"), [("datasentinel", "user-token"), ("squirro", "access_token")])
def test_a_login_without_a_usable_token_is_an_outage_of_that_moment(build, vendor, name, token):
    bridge = build(vendor)
    body = json.dumps({name: token, "tenant": "lW8-FnZlQYWBimxFknYitw"})
    bridge.fail("status", method="POST", path="*token", status=201, body=body, count=2)
    assert bridge.post("/Users", person("ann")).status == 503
    bridge.recover()
    bridge.hire("ann")
    bridge.assert_agreement()


@pytest.mark.parametrize(
    "said", ["bad \u0000 nul", "two\nlines\tand a tab", "x" * 5000], ids=["nul", "lines", "long"]
)
@on_both_databases
def test_odd_words_of_a_refusal_reach_the_idp_in_one_short_line(build, said):
    bridge = build("periscope")
    bridge.fail("status", method="POST", status=400, body=json.dumps({"error": said}))
    answer = bridge.post("/Users", person("ann"))
    assert answer.status == 400
    assert answer.body["detail"].isprintable()
    assert len(answer.body["detail"]) < 500
    assert bridge.everything("/Users") == []


@pytest.mark.parametrize("vendor", ["datasentinel", "squirro"])
@pytest.mark.parametrize(
    "password", ["doub  le-Secret-9", "tab\tSecret-9", f"{'y' * 295}-Secret-9"], ids=["blanks", "tab", "cut"]
)
def test_a_password_that_a_refusal_repeats_is_masked_first(build, vendor, password):
    bridge = build(vendor)
    said = f"{'z' * (290 if len(password) > 100 else 0)} {password} is no good"
    bridge.fail("status", method="POST", path="*users*", status=400, body=json.dumps({"error": said}))
    answer = bridge.post("/Users", person("ann", password=password))
    assert answer.status == 400
    assert "***" in answer.body["detail"]
    assert "Secret" not in answer.body["detail"]
    assert "yyy" not in answer.body["detail"]


@pytest.mark.parametrize("retry_after", ["²", "9" * 5000, "999999999999999999999999999999", "-5", "1e3"])
def test_an_odd_retry_after_harms_nobody(build, retry_after):
    world = World.on(bridge := build("periscope"))
    if not retry_after.isascii():
        retry_after = retry_after.encode().decode("latin-1")
    bridge.fail("status", status=429, retry_after=retry_after, count=NEVER_ENDS)
    answer = bridge.patch(f"/Users/{world.ann}", replace("active", False))
    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 24 * 60 * 60
    bridge.recover()
    bridge.deliver()
    assert ANN not in bridge.accounts()


def test_a_defect_in_one_delivery_does_not_take_the_others_along(build, monkeypatch):
    bridge = build("periscope", on_outage="queue")
    bridge.fail("status", status=503, count=NEVER_ENDS)
    for name in ("ann", "bob", "carl"):
        assert bridge.post("/Users", person(name)).status == 201
    bridge.recover()
    mapping = type(bridge.parts.targets["main"].mapping)
    create = mapping.create_user

    def broken(self, user):
        if user.key == ANN:
            raise RuntimeError("a defect")
        return create(self, user)

    monkeypatch.setattr(mapping, "create_user", broken)
    bridge.round()
    assert set(bridge.accounts()) == {"bob@acme.example", "carl@acme.example"}
    monkeypatch.undo()
    bridge.deliver()
    bridge.assert_agreement()


LONG = "".join(chr(0x390 + number % 7) for number in range(257))


@pytest.mark.parametrize("attribute", ["userName", "externalId", "emails"])
@on_both_databases
def test_what_no_index_can_hold_is_refused(build, attribute):
    bridge = build("squirro")
    long = [{"value": f"{LONG}@x.example"}] if attribute == "emails" else f"{LONG}@x.example"
    answer = bridge.post("/Users", person("ann", **{attribute: long}))
    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    ann = bridge.hire("ann")
    assert bridge.patch(f"/Users/{ann}", replace(attribute, long)).status == 400
    assert bridge.post("/Groups", {"displayName": LONG}).status == 400


@on_both_databases
def test_the_longest_name_that_is_taken_is_held(build):
    bridge = build("squirro")
    longest = "\u0390" * 246 + "@x.example"
    bridge.hire("ann", userName=longest, externalId="\u0390" * 256, displayName="\u0390" * 256)
    assert bridge.post("/Groups", {"displayName": "\u0390" * 256}).status == 201
    bridge.assert_agreement()


@pytest.mark.parametrize("emails", ["fALSE", ["a"], [{"value": "@"}], [{"value": ".."}]], ids=repr)
def test_an_email_address_without_an_at_is_refused_before_any_call(bridge, emails):
    answer = bridge.post("/Users", person("ann", emails=emails))
    assert (answer.status, answer.body["scimType"], bridge.calls()) == (400, "invalidValue", [])


@pytest.mark.parametrize("body", ["{}", "[]", '{"ok": true}', '"done"'])
def test_an_account_that_is_not_shown_is_not_taken_for_one_without_roles(build, body):
    bridge = build("periscope")
    ann = bridge.hire("ann")
    finance, _sales = bridge.found("Finance", [ann]), bridge.found("Sales", [ann])
    bridge.fail("status", method="GET", path="*/users/*", status=200, body=body, count=2)
    assert bridge.patch(f"/Groups/{finance}", remove(ann)).status == 503
    assert bridge.accounts() == {ANN: {"Finance", "Sales"}}
    bridge.deliver()
    assert bridge.accounts() == {ANN: {"Sales"}}


def test_a_list_that_is_not_shown_proves_no_deletion(build):
    bridge = build("periscope")
    ann = bridge.hire("ann")
    bridge.fail("status", method="DELETE", status=404)
    bridge.fail("status", method="GET", status=200, body="{}", count=2)
    assert bridge.delete(f"/Users/{ann}").status == 503
    bridge.deliver()
    assert bridge.accounts() == {}


def test_a_server_that_finds_nothing_any_more_has_not_deleted_anybody(bridge):
    ann = bridge.hire("ann")
    bridge.fail("status", status=404, count=NEVER_ENDS)
    assert bridge.patch(f"/Users/{ann}", replace("active", False)).status in (400, 502)
    assert bridge.due() == [ANN]
    bridge.recover()
    bridge.deliver()
    assert bridge.accounts() == {}


@pytest.mark.parametrize("vendor", ["datasentinel", "periscope", "prancer", "squirro"])
def test_a_server_that_finds_nothing_any_more_has_taken_nobody_out_of_a_group(build, vendor):
    bridge = build(vendor)
    ann = bridge.hire("ann")
    finance, _other = bridge.found("Finance", [ann]), bridge.found("role_1", [ann])
    bridge.fail("status", status=404, count=NEVER_ENDS)
    assert bridge.patch(f"/Groups/{finance}", remove(ann)).status in (400, 502)
    assert bridge.due() == [ANN]
    bridge.recover()
    bridge.deliver()
    assert bridge.accounts() == {ANN: {"role_1"}}
