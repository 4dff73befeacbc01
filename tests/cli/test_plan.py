"""``plan``: what another configuration would send, before anything is."""

import pytest

TABLE = """
[[targets.analytics.role_table]]
filter = 'userName ew "@acme.example"'
roles = ["Viewers"]
"""


@pytest.fixture
def ann(bridge, config, sandbox):
    """Ann's account, made under the configuration without a table."""
    from app import create_app
    from app.config import read

    admin = sandbox.options["invited_by_email"]
    sandbox.create_role(
        {"name": "Viewers", "description": "", "created_by_email": admin, "privileges": [], "permissions": []}
    )
    bridge("db", "upgrade")
    app = create_app(read(config))
    answer = app.test_client().post(
        "/analytics/scim/v2/Users",
        json={"userName": "ann@acme.example"},
        headers={"Authorization": "Bearer the-token"},
    )
    assert answer.status_code == 201
    app.extensions["bridge"].database.close()
    return answer.json["id"]


def test_where_all_is_as_wanted_nothing_would_be_sent(bridge, ann):
    assert "analytics: nothing to send" in bridge("plan").output
    assert "nothing to send" in bridge("plan", "--name", "ann@acme.example").output


def test_a_new_table_is_shown_with_the_calls_it_would_cause_and_sends_none(bridge, answer, config, sandbox, ann):
    config.write_text(config.read_text(encoding="utf-8") + TABLE, encoding="utf-8")
    before = sandbox.users()
    shown = bridge("plan", "--name", ann).output
    assert 'role table, userName ew "@acme.example": Viewers' in shown
    assert "+ Viewers" in shown
    assert "update user: PUT /api/v2/users/" in shown
    (planned,) = answer("plan")["analytics"]
    assert [step["method"] for step in planned["steps"]] == ["PUT"]
    assert (planned["gains"], planned["loses"], planned["fields"]) == (["Viewers"], [], [])
    assert planned["rows"] == [{"who": 'userName ew "@acme.example"', "gives": ["Viewers"], "precedence": 0}]
    assert sandbox.users() == before
    assert {entry.method for entry in sandbox.journal[-4:]} == {"GET"}


def test_a_name_that_the_vendor_does_not_have_is_told_by_check(bridge, config, sandbox, ann):
    config.write_text(config.read_text(encoding="utf-8") + TABLE.replace("Viewers", "Vieuers"), encoding="utf-8")
    assert "role_table: Periscope Data has none, or several, of: Vieuers" in bridge("check", exits=1).output


def test_an_error_is_part_of_the_plan(bridge, config, sandbox, ann):
    config.write_text(config.read_text(encoding="utf-8") + TABLE, encoding="utf-8")
    sandbox.faults.add("status", status=503, count=10**6)
    assert "the vendor answered 503" in bridge("plan", exits=1).output


def test_a_target_that_there_is_not_is_told(bridge):
    assert "there is no target 'x'" in bridge("plan", "--target", "x", exits=2).output
