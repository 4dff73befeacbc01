"""Squirro's accounts: custom values, accounts that are locked and not deleted, and what is never touched."""

import pytest

from mappings.attributes import urn
from tests.bridge import add, assert_calls, person, replace

ANN = "ann@acme.example"
SALES = "2sic33jZTi-ifflvQAVcfw"
EXTENSION = urn("squirro", "User")
PROFILE = "PUT /api/user/v1/*/users/*"
CREATE = "POST /api/user/v0/*/users"
LEAVE_GROUP = "DELETE /api/user/v0/*/groups/*/members/*"
LEAVE_PROJECT = "DELETE /api/user/v0/*/projects/*/members/*"
GRANTS, END = "GET /api/user/v0/*/users/*/grants", "DELETE /api/user/v0/*/users/*/sessions/*"


def fields(bridge):
    return bridge.account(ANN)["fields"]


def entitled(*values):
    return replace("entitlements", [{"value": value} for value in values])


def grant(bridge):
    user = bridge.sandbox.find_user(bridge.account(ANN)["id"])
    return bridge.sandbox.create_grant(user, {"type": "user"})["refresh_token"]


def tokens_work(bridge, token):
    grant = bridge.sandbox._grants.get(bridge.sandbox._refresh_tokens[token])
    return grant is not None


# Custom values


@pytest.fixture
def valued(build):
    return build("squirro", options={"custom_values": ["team", "costCenter"], "store_external_id": True})


def test_custom_values_go_along_with_the_name(valued):
    id_ = valued.hire("ann", externalId="42", **{EXTENSION: {"team": "East"}})
    assert_calls(valued.calls(), [CREATE, PROFILE])
    assert (fields(valued)["team"], fields(valued)["scim_external_id"]) == ("East", "42")
    assert "costCenter" not in fields(valued)
    assert valued.get(f"/Users/{id_}").body[EXTENSION] == {"team": "East"}
    assert valued.due() == []


def test_custom_values_change_and_end(valued):
    id_ = valued.hire("ann", **{EXTENSION: {"team": "East"}})
    valued.calls()
    valued.patch(f"/Users/{id_}", replace(f"{EXTENSION}:costCenter", "7"), replace(f"{EXTENSION}:team", "West"))
    assert_calls(valued.calls(), [PROFILE])
    assert (fields(valued)["team"], fields(valued)["costCenter"]) == ("West", "7")
    valued.patch(f"/Users/{id_}", {"op": "remove", "path": f"{EXTENSION}:team"})
    assert_calls(valued.calls(), [PROFILE])
    assert fields(valued)["team"] == ""


def test_custom_values_are_published_and_no_others_reach_the_vendor(valued, build):
    schema = valued.get(f"/Schemas/{EXTENSION}").body
    assert [attribute["name"] for attribute in schema["attributes"]] == ["team", "costCenter"]
    valued.hire("ann", **{EXTENSION: {"role": "admin", "scim_active": "x", "other": "y"}})
    assert fields(valued)["role"] == "reader"
    assert not {"scim_active", "other"} & fields(valued).keys()
    assert build("squirro").get(f"/Schemas/{EXTENSION}").status == 404


def test_without_the_option_the_external_id_stays_in_the_directory(build):
    bridge = build("squirro")
    bridge.hire("ann", externalId="42")
    assert "scim_external_id" not in fields(bridge)


# Locking


@pytest.fixture
def locking(build):
    return build("squirro", options={"deactivation": "lock", "role": "user"})


def test_a_locked_account_has_no_role_no_place_and_no_token(locking):
    ann = locking.hire("ann")
    finance = locking.found("Finance", [ann])
    locking.patch(f"/Users/{ann}", entitled(f"project:{SALES}:admin"))
    token = grant(locking)
    before = locking.account(ANN)
    locking.calls()
    assert locking.patch(f"/Users/{ann}", replace("active", False)).status == 200
    assert_calls(locking.calls(), [LEAVE_GROUP, LEAVE_PROJECT, GRANTS, END, PROFILE])
    locked = locking.account(ANN)
    assert (locked["id"], locked["roles"], locked["fields"]["role"]) == (before["id"], [], "reader")
    assert (locked["fields"]["project_roles"], locked["fields"]["scim_active"]) == ({}, False)
    assert not tokens_work(locking, token)
    assert locking.get(f"/Groups/{finance}").body["members"][0]["value"] == ann
    locking.patch(f"/Users/{ann}", replace("active", True))
    assert locking.account(ANN) == before
    assert locking.due() == []


@pytest.mark.parametrize("rule", [{"kind": "status", "status": 503}, {"kind": "lose"}, {"kind": "drop"}])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_grant_that_could_not_be_ended_is_ended_later(locking, rule, method):
    ann = locking.hire("ann")
    token = grant(locking)
    kind = {"GET": "grants", "DELETE": "sessions/*"}[method]
    locking.fail(**rule, method=method, path=f"*/users/*/{kind}", count=2)
    assert locking.patch(f"/Users/{ann}", replace("active", False)).status == 503
    locking.deliver()
    assert not tokens_work(locking, token)
    assert fields(locking)["scim_active"] is False


def test_a_refusal_at_one_place_does_not_save_the_rest(locking):
    ann = locking.hire("ann")
    locking.found("Finance", [ann])
    locking.patch(f"/Users/{ann}", entitled(f"project:{SALES}:admin"))
    token = grant(locking)
    locking.fail("status", method="DELETE", path="*/groups/*", status=403)
    assert locking.patch(f"/Users/{ann}", replace("active", False)).status == 403
    assert (fields(locking)["role"], fields(locking)["project_roles"]) == ("reader", {})
    assert not tokens_work(locking, token)
    assert locking.account(ANN)["roles"] == ["Finance"]
    locking.deliver()
    assert locking.account(ANN)["roles"] == []
    assert locking.get(f"/Users/{ann}").body["active"] is False


def test_an_account_that_is_locked_follows_changes_and_gets_no_role(locking):
    ann = locking.hire("ann")
    finance = locking.found("Finance")
    locking.patch(f"/Users/{ann}", replace("active", False))
    locking.calls()
    locking.patch(f"/Users/{ann}", replace("displayName", "Anna Ray"))
    assert_calls(locking.calls(), [PROFILE])
    locking.patch(f"/Groups/{finance}", add(ann))
    assert_calls(locking.calls(), [])
    assert (locking.account(ANN)["roles"], fields(locking)["full_name"]) == ([], "Anna Ray")
    locking.patch(f"/Users/{ann}", replace("active", True))
    assert (locking.account(ANN)["roles"], fields(locking)["role"]) == (["Finance"], "user")


def test_a_locked_account_can_be_deleted(locking):
    ann = locking.hire("ann")
    locking.patch(f"/Users/{ann}", replace("active", False))
    assert locking.delete(f"/Users/{ann}").status == 204
    assert locking.account(ANN) is None


def test_a_user_who_is_not_active_from_the_start_has_no_account(locking):
    locking.hire("ann", active=False)
    assert locking.account(ANN) is None


# Protection


def test_protected_users_and_groups_are_never_touched(build):
    options = {"protected_users": ["Service@acme.example"], "protected_groups": ["Team East"]}
    bridge = build("squirro", options=options)
    answer = bridge.post("/Users", person("service"))
    assert (answer.status, "protected_users" in answer.body["detail"]) == (403, True)
    answer = bridge.post("/Groups", {"displayName": "team east"})
    assert (answer.status, "protected_groups" in answer.body["detail"]) == (403, True)
    assert bridge.calls() == []


def test_the_account_of_the_api_is_not_taken_over_even_unprotected(build):
    bridge = build("squirro")
    answer = bridge.post("/Users", person("service"))
    assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
    bridge.check()
