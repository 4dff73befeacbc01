"""An error inside a 200 is the error that it says: retried, logged in for, masked and passed on like any other."""

import json

import pytest

from mappings.prancer.reading import hidden_status
from tests.bridge import replace

OK = {
    "data": {},
    "error": "",
    "error_list": [],
    "message": "Role saved successfully",
    "metadata": {},
    "status": 200,
}
ROLES = "*/permission/role/"
ANN = "ann@acme.example"


@pytest.fixture
def bridge(build):
    return build("prancer", options={"users": "reject"}, sandbox={"errors": "envelope"})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (OK, None),
        ({**OK, "status": 401}, 401),
        ({**OK, "status": "503"}, 503),
        ({**OK, "error": "Bad Request"}, 400),
        ({**OK, "error": "Not Found", "status": 404}, 404),
        ({**OK, "status": "200"}, None),
        ({**OK, "error_list": ["cannot delete"]}, 400),
        ({**OK, "error_list": {"role_name": ["is taken"]}, "status": 422}, 422),
        ({**OK, "error_list": ["cannot delete"], "status": 0}, 400),
        ({"message": "Role deleted successfully"}, None),
    ],
    ids=repr,
)
def test_an_envelope_says_its_status(body, status):
    assert hidden_status(body) == status


NO_ENVELOPES = [
    None,
    [],
    "error",
    {},
    {"ok": True},
    *({**OK, "status": status} for status in (0, 1, 302, 999, False, True, None, "", "9" * 5000, {"code": 500})),
]


@pytest.mark.parametrize("body", NO_ENVELOPES, ids=lambda body: repr(body)[-40:])
def test_what_is_no_envelope_says_nothing(body):
    with pytest.raises(TypeError):
        hidden_status(body)


@pytest.fixture
def managed(build):
    return build("prancer", options={"users": "managed"})


@pytest.mark.parametrize("body", NO_ENVELOPES, ids=lambda body: repr(body)[-40:])
def test_a_deletion_that_was_answered_with_no_envelope_is_not_believed(managed, body):
    ann = managed.hire("ann")
    managed.fail("status", method="DELETE", status=200, body=json.dumps(body), count=2)
    answer = managed.patch(f"/Users/{ann}", replace("active", False))
    assert (answer.status, "documented shape" in answer.body["detail"]) == (503, True)
    assert managed.due() == [ANN]
    managed.deliver()
    assert (managed.accounts(), managed.due()) == ({}, [])


def test_a_deletion_that_was_refused_in_the_list_of_errors_is_kept_and_retried(managed):
    ann = managed.hire("ann")
    body = json.dumps({**OK, "message": "failed", "error_list": ["cannot delete", "yet"]})
    managed.fail("status", method="DELETE", status=200, body=body)
    answer = managed.delete(f"/Users/{ann}")
    assert (answer.status, "(failed: cannot delete: yet)" in answer.body["detail"]) == (400, True)
    assert set(managed.accounts()) == {ANN}
    assert managed.due() == [ANN]
    managed.deliver()
    assert (managed.accounts(), managed.due()) == ({}, [])


def test_a_create_that_was_answered_with_no_envelope_is_looked_for(bridge):
    bridge.fail("status", method="POST", path=ROLES, status=200, body="{}")
    assert bridge.post("/Groups", {"displayName": "Finance"}).status == 503
    assert [entry.method for entry in bridge.entries() if "role" in entry.path].count("POST") == 1
    bridge.deliver()
    bridge.found("Finance")


def test_a_rename_that_was_answered_with_no_envelope_is_503(bridge):
    finance = bridge.found("Finance")
    bridge.fail("status", method="POST", path=ROLES, status=200, body=json.dumps({**OK, "status": 0}), count=2)
    assert bridge.patch(f"/Groups/{finance}", replace("displayName", "Money")).status == 503
    bridge.deliver()
    shown = bridge.get(f"/Groups/{finance}").body["displayName"]
    assert [group["name"] for group in bridge.sandbox.groups()].count(shown) == 1


def test_a_login_that_was_answered_with_no_envelope_is_an_outage_of_that_moment(bridge):
    bridge.fail("status", method="POST", path="*/accesstoken/", status=200, body="[]", count=2)
    assert bridge.post("/Groups", {"displayName": "Finance"}).status == 503
    bridge.found("Finance")


@pytest.mark.parametrize(
    ("said", "answered"),
    [(400, 400), (401, 502), (404, 400), (409, 409), (422, 400), (429, 429), (500, 503), (503, 503)],
)
def test_each_hidden_status_has_the_one_answer_that_says_so(bridge, said, answered):
    finance = bridge.found("Finance")
    bridge.fail("status", method="POST", path=ROLES, status=said, retry_after="7", count=2)
    answer = bridge.patch(f"/Groups/{finance}", replace("displayName", "Money"))
    assert answer.status == answered
    assert "told to fail" in answer.body["detail"]
    if answered in (429, 503):
        assert answer.headers["Retry-After"] == "7"
    assert bridge.get(f"/Groups/{finance}").body["displayName"] == "Finance"


def test_a_call_that_may_be_repeated_is_sent_again_at_once(bridge):
    finance = bridge.found("Finance")
    bridge.calls()
    bridge.fail("status", method="GET", status=503)
    assert bridge.patch(f"/Groups/{finance}", replace("displayName", "Money")).status == 204
    assert [call.partition(" ")[0] for call in bridge.calls()] == ["GET", "GET", "POST"]


def test_a_create_that_says_500_is_looked_for_and_not_sent_again(bridge):
    bridge.fail("status", method="POST", path=ROLES, status=500)
    assert bridge.post("/Groups", {"displayName": "Finance"}).status == 503
    assert [entry.method for entry in bridge.entries() if "role" in entry.path].count("POST") == 1
    bridge.deliver()
    bridge.found("Finance")


def test_a_login_that_is_refused_inside_a_200_is_502(build):
    wrong = {"customer": "prancer-acme", "access_token": "another-access-token"}
    bridge = build("prancer", options={"users": "reject"}, sandbox={"errors": "envelope"}, credentials=wrong)
    bridge.secrets.append("another-access-token")
    answer = bridge.post("/Groups", {"displayName": "Finance"})
    assert (answer.status, "main" in answer.body["detail"]) == (502, True)


def test_what_a_hidden_refusal_repeats_of_our_secrets_is_masked(bridge):
    bridge.found("Engineering")
    jwt = next(iter(bridge.sandbox.tokens._issued))
    words = {"error": f"no {jwt}", "message": "no sandbox-access-token", "status": 400}
    bridge.fail("status", method="POST", path=ROLES, status=200, body=json.dumps(words))
    answer = bridge.post("/Groups", {"displayName": "Finance"})
    assert answer.status == 400
    assert "no ***: no ***" in answer.body["detail"]


# -- vendors whose documents know no errors inside a 200


@pytest.mark.parametrize("vendor", ["datasentinel", "metric_insights", "periscope", "squirro"])
def test_an_error_inside_a_200_is_no_success(build, vendor):
    bridge = build(vendor, options={"users": "directory"} if vendor == "metric_insights" else None)
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    path = f"/Groups/{finance}" if vendor == "metric_insights" else f"/Users/{ann}"
    names = {"displayName": "Anna Ray"} | ({} if "Groups" in path else {"name.familyName": "Ray"})
    before = bridge.get(path).body
    bridge.fail("status", method="PUT", status=200, body=json.dumps({"error": "the moon is wrong"}), count=2)
    answer = bridge.patch(path, {"op": "replace", "value": names})
    assert (answer.status, "the moon is wrong" in answer.body["detail"]) == (400, True)
    assert bridge.get(path).body == before
    bridge.deliver()
    assert bridge.due() == []


def test_a_deletion_that_datasentinel_does_not_confirm_is_not_believed(build):
    bridge = build("datasentinel")
    ann = bridge.hire("ann")
    bridge.fail("status", method="DELETE", status=200, body="{}", count=2)
    assert bridge.delete(f"/Users/{ann}").status == 503
    assert bridge.due() == [ANN]
    bridge.deliver()
    assert (bridge.accounts(), bridge.due()) == ({}, [])
