"""Metric Insights' sandbox takes what the vendor's article says and nothing else."""

import pytest

from tests.mappings.client import SandboxClient

PRIVILEGE, SET, ASSIGNMENT = "/api/privilege", "/api/privilege_set", "/api/privilege_set_privilege"


class Client(SandboxClient):
    vendor = "metric_insights"

    def log_in(self):
        self.session.headers["Authorization"] = "Bearer sandbox-personal-token"

    def assign(self, set_id, privilege_id):
        return self("POST", ASSIGNMENT, json={"privilege_set_id": set_id, "privilege_id": privilege_id})

    def held(self, set_id):
        listed = self("GET", ASSIGNMENT).json()["privilege_set_privileges"]
        return [one["privilege_id"] for one in listed if one["privilege_set_id"] == set_id]


def ids(answer, name):
    return [one["id"] for one in answer.json()[name]]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": None},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "sandbox-personal-token"},
        {"Authorization": None, "Token": "sandbox-personal-token"},
    ],
)
def test_each_call_needs_a_token(call, headers):
    answer = call("GET", SET, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "Invalid token"})
    assert call.sandbox.undocumented == []


def test_an_application_gets_a_token_for_a_header_of_its_own(made):
    call = made(credentials="application", token_calls=2)
    assert call.sandbox.credentials == {"app_id": "sandbox-app-id", "app_key": "sandbox-app-key"}
    del call.session.headers["Authorization"]
    answer = call("POST", "/api/get_token", json=call.sandbox.credentials)
    headers = {"Token": answer.json()["token"]}
    statuses = [call("GET", SET, headers=headers).status_code for _ in range(3)]
    assert statuses == [200, 200, 401]
    bearer = {"Authorization": f"Bearer {headers['Token']}"}
    assert call("GET", SET, headers=bearer).status_code == 401


def test_a_token_is_old_after_its_seconds(made):
    now = [0.0]
    call = made(credentials="application", token_seconds=60, clock=lambda: now[0])
    answer = call("POST", "/api/get_token", json=call.sandbox.credentials)
    headers = {"Authorization": None, "Token": answer.json()["token"]}
    assert call("GET", SET, headers=headers).status_code == 200
    now[0] = 60.0
    assert call("GET", SET, headers=headers).status_code == 401


def test_an_unknown_application_gets_no_token(call):
    wrong = {"app_id": "sandbox-app-id", "app_key": "wrong"}
    assert call("POST", "/api/get_token", json=wrong).status_code == 401
    assert call("POST", "/api/get_token", json={"app_id": "sandbox-app-id"}).status_code == 400
    assert len(call.sandbox.undocumented) == 1


def test_a_privilege_is_what_the_article_shows(call):
    privileges = {one["id"]: one for one in call("GET", PRIVILEGE).json()["privileges"]}
    assert privileges[6] == {
        "id": 6,
        "name": "Set Homepage Refresh Frequency",
        "description": "Modify the refresh frequency of the Homepage in milliseconds",
        "class": "Personal Settings",
        "for_power_user_only": "N",
        "power_user_can_assign": "Y",
        "required_privilege": "12",
    }
    assert privileges[2]["required_privilege"] is None
    assert call("GET", f"{PRIVILEGE}/id/6").json() == {"privilege": privileges[6]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("class=Viewer%20Access", [14, 15]),
        ("for_power_users_only=Y", [20, 21]),
        ("power_user_can_assign=Y&class=Collaboration", [2]),
        ("class=Nothing", []),
    ],
)
def test_privileges_are_filtered(call, query, expected):
    assert ids(call("GET", f"{PRIVILEGE}?{query}"), "privileges") == expected


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{PRIVILEGE}?for_power_user_only=Y"),
        ("GET", f"{PRIVILEGE}?for_power_users_only=yes"),
        ("GET", f"{SET}?name=Finance"),
        ("GET", f"{ASSIGNMENT}?privilege_set_id=1"),
        ("GET", f"{SET}/1"),
        ("POST", PRIVILEGE),
        ("PUT", f"{ASSIGNMENT}/id/1"),
        ("PATCH", f"{SET}/id/1"),
        ("GET", "/API/privilege_set"),
        ("GET", "/api/user"),
        ("GET", f"{SET}/"),
    ],
)
def test_what_the_article_does_not_know_is_refused(call, method, path):
    assert call(method, path).status_code in (400, 404, 405)
    assert len(call.sandbox.undocumented) == 1


def test_the_seed_is_the_articles_example(call):
    assert ids(call("GET", SET), "privilege_sets") == [1, 2, 3, 5]
    assert call("GET", f"{SET}/id/5").json() == {"privilege_set": {"id": 5, "name": "Distributor's Privilege Set"}}
    shown = {"id": 13, "privilege_set_id": 1, "privilege_id": 6}
    assert shown in call("GET", ASSIGNMENT).json()["privilege_set_privileges"]
    assert call("GET", f"{ASSIGNMENT}/id/13").json() == {"privilege_set_privilege": shown}


@pytest.mark.parametrize("path", [f"{PRIVILEGE}/id/3", f"{SET}/id/4", f"{ASSIGNMENT}/id/2", f"{SET}/id/x"])
def test_an_unknown_id_is_not_found(call, path):
    assert call("GET", path).status_code == 404
    assert call.sandbox.undocumented == []


@pytest.mark.parametrize(
    ("created", "body"),
    [
        ("nothing", None),
        ("name", {"name": "Finance"}),
        ("bare", {"id": 7, "name": "Finance"}),
        ("wrapped", {"privilege_set": {"id": 7, "name": "Finance"}}),
    ],
)
def test_a_create_answers_what_the_setting_says(made, created, body):
    call = made(created=created)
    answer = call("POST", SET, json={"name": "Finance"})
    assert (answer.status_code, answer.json() if answer.content else None) == (200, body)
    assert call("GET", f"{SET}/id/7").json()["privilege_set"]["name"] == "Finance"


@pytest.mark.parametrize("body", [{}, {"name": 1}, {"name": "x", "description": "y"}, {"id": 9, "name": "x"}])
def test_a_set_has_a_name_and_nothing_else(call, body):
    assert call("POST", SET, json=body).status_code == 400
    assert call("PUT", f"{SET}/id/3", json=body).status_code == 400
    assert len(call.sandbox.undocumented) == 2


def test_a_set_is_renamed(call):
    assert call("PUT", f"{SET}/id/3", json={"name": "Renamed"}).status_code == 200
    assert call("GET", f"{SET}/id/3").json()["privilege_set"] == {"id": 3, "name": "Renamed"}


@pytest.mark.parametrize(("names", "status"), [("unique", 400), ("free", 200)])
def test_whether_two_sets_may_have_one_name_is_a_setting(made, names, status):
    call = made(names=names)
    taken = {"name": "Power User"}
    assert call("POST", SET, json=taken).status_code == status
    assert call("PUT", f"{SET}/id/3", json=taken).status_code == status
    assert call("PUT", f"{SET}/id/2", json=taken).status_code == 200


@pytest.mark.parametrize(("leftovers", "held"), [(False, []), (True, [2, 12, 6])])
def test_whether_assignments_outlive_their_set_is_a_setting(made, leftovers, held):
    call = made(leftovers=leftovers)
    assert call("DELETE", f"{SET}/id/1").status_code == 200
    assert call("DELETE", f"{SET}/id/1").status_code == 404
    assert call.held(1) == held
    for one in [1, 7, 13] if leftovers else []:
        assert call("DELETE", f"{ASSIGNMENT}/id/{one}").status_code == 200
    assert call.held(1) == []


@pytest.mark.parametrize("kind", [str, int])
def test_a_privilege_is_assigned_and_removed_by_the_assignments_id(call, kind):
    assert call.assign(kind(3), kind(14)).status_code == 200
    assert call.held(3) == [14]
    assert ids(call("GET", ASSIGNMENT), "privilege_set_privileges")[-1] == 19
    assert call("DELETE", f"{ASSIGNMENT}/id/14").status_code == 404
    assert call("DELETE", f"{ASSIGNMENT}/id/19").status_code == 200
    assert call.held(3) == []
    assert call.sandbox.undocumented == []


@pytest.mark.parametrize("ids", [("4", "14"), ("3", "99")])
def test_an_assignment_is_of_what_exists(call, ids):
    assert call.assign(*ids).status_code == 404
    assert call.sandbox.undocumented == []


@pytest.mark.parametrize("ids", [("", "14"), ("three", "14"), (True, "14"), (3.5, "14"), (None, "14")])
def test_an_id_is_a_number_or_the_text_of_one(call, ids):
    assert call.assign(*ids).status_code == 400
    assert len(call.sandbox.undocumented) == 1


def test_a_privilege_needs_what_it_requires(call):
    assert call.assign("3", "20").json() == {"error": "Privilege 20 requires 12, 15"}
    for privilege in ("12", "14", "15", "20"):
        assert call.assign("3", privilege).status_code == 200
    refused = call("DELETE", f"{ASSIGNMENT}/id/21")
    assert (refused.status_code, refused.json()) == (400, {"error": "Privilege 14 is required by 15"})
    assert call.held(3) == [12, 14, 15, 20]
    assert call.sandbox.undocumented == []


def test_prerequisites_may_not_be_watched_over(made):
    call = made(prerequisites=False)
    assert call.assign("3", "20").status_code == 200
    assert call("DELETE", f"{ASSIGNMENT}/id/7").status_code == 200
    assert call.held(1) == [2, 6]


@pytest.mark.parametrize(("again", "status", "held"), [("refuse", 400, 1), ("ignore", 200, 1), ("twice", 200, 2)])
def test_what_assigning_twice_does_is_a_setting(made, again, status, held):
    call = made(again=again)
    assert call.assign("3", "14").status_code == 200
    assert call.assign("3", "14").status_code == status
    assert call.held(3) == [14] * held


def test_ids_may_be_texts_in_answers(made):
    call = made(ids="texts", created="wrapped")
    assert call("GET", f"{SET}/id/5").json()["privilege_set"]["id"] == "5"
    assert call("POST", SET, json={"name": "Finance"}).json() == {"privilege_set": {"id": "7", "name": "Finance"}}
    assert call("GET", f"{PRIVILEGE}/id/2").json()["privilege"]["required_privilege"] is None


def test_the_neutral_view_shows_sets_and_no_users(call):
    assert call.sandbox.users() == []
    assert call.sandbox.groups()[0] == {
        "id": "1",
        "name": "Regular User",
        "members": [],
        "privileges": [2, 6, 12],
        "grants": ["Add Annotation", "Access My Settings", "Set Homepage Refresh Frequency"],
    }


def test_two_sandboxes_share_no_state(made):
    call = made()
    call("PUT", f"{SET}/id/3", json={"name": "Renamed"})
    call("DELETE", f"{SET}/id/1")
    call.sandbox.privileges[2]["name"] = "Renamed"
    other = made().sandbox
    assert other.sets[3]["name"] == "Demo Privilege Set"
    assert len(other.assignments) == 4
    assert other.privileges[2]["name"] == "Add Annotation"
