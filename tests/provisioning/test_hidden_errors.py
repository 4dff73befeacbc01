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
        ({**OK, "status": None}, None),
        ({**OK, "status": "9" * 5000}, None),
        ({**OK, "status": True}, None),
        ({**OK, "status": {"code": 500}}, None),
        ([], None),
        ("error", None),
        (None, None),
    ],
    ids=repr,
)
def test_an_envelope_says_its_status(body, status):
    assert hidden_status(body) == status


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
