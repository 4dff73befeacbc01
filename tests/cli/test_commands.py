"""The commands as an operator meets them: what they print, and how they exit."""

import pytest
from click.testing import CliRunner

from app import create_app
from app.cli import main
from app.config import read
from mappings import discovery


@pytest.fixture
def scim(config, bridge):
    bridge("db", "upgrade")
    client = create_app(read(config)).test_client()

    def send(method, path, body=None, token="the-token"):
        headers = {"Authorization": f"Bearer {token}"}
        return client.open(f"/analytics/scim/v2{path}", method=method, json=body, headers=headers)

    return send


def test_check_says_that_each_vendor_answers(answer):
    checked = answer("check")
    assert checked["targets"] == [
        {"target": "analytics", "ok": True, "detail": "analytics: Periscope Data answers: 2 users"}
    ]


def test_check_exits_1_and_says_why_when_the_vendor_refuses_the_credentials(config, answer):
    config.write_text(config.read_text().replace('api_key = "', 'api_key = "not-'))
    (result,) = answer("check", exits=1)["targets"]
    assert result["ok"] is False
    assert "401" in result["detail"]


def test_a_configuration_that_cannot_be_used_exits_2_and_names_every_key(config):
    config.write_text(config.read_text().replace("invited_by_email", "invited_by").replace("site =", "sight ="))
    result = CliRunner().invoke(main, ["--config", str(config), "status"])
    assert result.exit_code == 2
    assert "targets.analytics.options.invited_by: unknown key" in result.stderr
    assert "targets.analytics.options.invited_by_email: is missing" in result.stderr
    assert "targets.analytics.credentials.sight: unknown key" in result.stderr


def test_a_missing_file_is_said_plainly(tmp_path):
    result = CliRunner().invoke(main, ["--config", str(tmp_path / "none.toml"), "status"])
    assert result.exit_code == 2
    assert "No such file" in result.stderr


def test_a_token_works_from_its_making_to_its_revocation(answer, scim):
    made = answer("token", "create", "analytics", "--name", "okta production")
    assert scim("GET", "/Users", token=made["token"]).status_code == 200
    (listed,) = answer("token", "list")
    assert listed["name"] == "okta production"
    assert made["token"] not in str(listed)
    answer("token", "revoke", str(listed["id"]))
    assert scim("GET", "/Users", token=made["token"]).status_code == 401


def test_a_token_for_an_unknown_target_is_refused(bridge):
    assert "there is no target 'nowhere'" in bridge("token", "create", "nowhere", exits=2).output


def test_a_token_cannot_be_revoked_twice(bridge):
    assert "there is no valid token 7" in bridge("token", "revoke", "7", exits=1).output


def test_events_show_for_one_person_each_request_each_call_and_the_outcome(answer, scim):
    made = scim("POST", "/Users", {"userName": "ada@acme.example", "password": "Correct-Horse-1"}).json
    scim("PATCH", f"/Users/{made['id']}", {"Operations": [{"op": "replace", "value": {"active": False}}]})
    scim("POST", "/Users", {"userName": "bob@acme.example"})
    created, deactivated = answer("events", "--user", "ADA@acme.example")
    assert (created["action"], created["outcome"], created["actor"]) == ("POST /Users", "delivered", "tokens[0]")
    assert [(call["method"], call["path"], call["status"]) for call in created["calls"]] == [
        ("POST", "/api/v2/users", 200)
    ]
    assert isinstance(created["calls"][0]["ms"], int)
    assert deactivated["summary"] == "active → false"
    assert [call["meaning"] for call in deactivated["calls"]] == ["delete user"]


def test_events_find_a_person_under_a_former_name(answer, scim):
    made = scim("POST", "/Users", {"userName": "ada@acme.example"}).json
    scim("PUT", f"/Users/{made['id']}", {"userName": "ada.king@acme.example"})
    assert len(answer("events", "--user", "ada@acme.example")) == 2
    assert len(answer("events", "--user", "ada.king@acme.example")) == 2
    assert len(answer("events", "--user", made["id"])) == 2


def test_events_show_what_was_refused_and_why(bridge, scim, sandbox):
    sandbox.faults.add("status", method="POST", status=503, retry_after="30")
    scim("POST", "/Users", {"userName": "ada@acme.example"})
    text = bridge("events", "--user", "ada@acme.example").output
    assert "failed 503" in text
    assert "the vendor answered 503" in text


def test_status_says_what_is_not_yet_true_and_what_is(answer, bridge, scim, sandbox):
    made = scim("POST", "/Users", {"userName": "ada@acme.example"}).json
    assert "Everything is as the identity provider wants it." in bridge("status").output
    sandbox.faults.add("status", method="DELETE", count=2, status=503)
    assert scim("DELETE", f"/Users/{made['id']}").status_code == 503
    (waiting,) = answer("status")["unsettled"]
    assert (waiting["name"], waiting["attempts"]) == ("ada@acme.example", 1)
    assert "(deleted here)" in bridge("status").output


def test_a_refusal_is_shown_with_what_to_do_and_retried_by_hand(answer, bridge, scim, sandbox):
    made = scim("POST", "/Users", {"userName": "ada@acme.example"}).json
    assert "Nothing of that kind is waiting" in bridge("retry", exits=1).output
    sandbox.faults.add("status", method="DELETE", count=2, status=403)
    assert scim("DELETE", f"/Users/{made['id']}").status_code == 403
    shown = bridge("status", exits=1).output
    assert "refused" in shown
    assert "scim-bridge retry --refused" in shown
    assert answer("retry", "--user", "bob@acme.example", exits=1) == {"retried": []}
    assert answer("retry", "--group", "ada@acme.example", exits=1) == {"retried": []}
    for chosen in (["--refused"], ["analytics", "--user", "ADA@acme.example"], ["--user", made["id"]]):
        (retried,) = answer("retry", *chosen)["retried"]
        assert (retried["name"], retried["refused"], retried["under_way"]) == ("ada@acme.example", True, False)
    (waiting,) = answer("status", exits=1)["unsettled"]
    assert waiting["attempts"] == 0
    assert waiting["due_in"] <= 0 <= waiting["pending_for"]
    assert [event["action"] for event in answer("events", "--user", made["id"])][-3:] == ["retry"] * 3
    assert "1 due now" in bridge("retry", "analytics").output


@pytest.mark.parametrize("wrong", [["nowhere"], ["--user", "a", "--group", "b"]], ids=["target", "both"])
def test_a_retry_that_is_asked_wrongly_exits_2(bridge, wrong):
    assert "Usage:" in bridge("retry", *wrong, exits=2).output


def test_mappings_list_the_vendors_and_describe_one(answer, bridge):
    assert [each["vendor"] for each in answer("mappings")] == discovery.names()
    assert answer("mappings", "list") == answer("mappings")
    described = bridge("mappings", "datasentinel").output
    assert bridge("mappings", "show", "datasentinel").output == described
    assert "fallback_role" in described
    assert "cannot rename a role" in described


@pytest.mark.parametrize(
    "command", [[], ["serve"], ["token"], ["events"], ["status"], ["retry"], ["demo"], ["sandbox"]], ids=str
)
def test_every_command_has_help(command):
    result = CliRunner().invoke(main, [*command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output
