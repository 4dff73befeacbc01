"""Periscope's sandbox takes what the vendor's examples send and nothing else."""

import pytest

from tests.mappings.client import SandboxClient

USER = {
    "first_name": "MyFirstName",
    "last_name": "MyLastName",
    "email": "newcomer@acme.example",
    "roles": ["0000-admin-1111-id"],
    "invited_by_email": "admin@acme.example",
}
ROLE = {
    "name": "myNewRole",
    "description": "testing",
    "created_by_email": "admin@acme.example",
    "privileges": [{"object_type": "Dashboard", "permissions": ["read_dashboards"]}],
    "permissions": [
        {
            "object_type": "Dashboard",
            "object_id": "0000-dashboard-1111-id",
            "permissions": ["create_dashboards"],
        }
    ],
}
SEEDED_USER = "/api/v2/users/0000-test-1111-user-id"
SEEDED_ROLE = "/api/v1/roles/0000-test-1111-role-id"


class Client(SandboxClient):
    vendor = "periscope"

    def log_in(self):
        given = self.sandbox.credentials
        self.session.headers["HTTP-X-PARTNER-AUTH"] = f"{given['site']}:{given['api_key']}"
        self.session.headers["Content-Type"] = "application/json"


def without(body, *names):
    return {name: value for name, value in body.items() if name not in names}


def emails(call):
    return [user["email"] for user in call("GET", "/api/v2/users").json()["users"]]


@pytest.mark.parametrize("key", ["acme:wrong", "other:sandbox-api-key", "sandbox-api-key", None])
def test_each_call_needs_the_sites_key(call, key):
    answer = call("GET", "/api/v2/users", headers={"HTTP-X-PARTNER-AUTH": key})
    assert (answer.status_code, answer.json()) == (401, {"error": "Unauthorized"})
    assert call.sandbox.undocumented == []


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/v2/users"), ("DELETE", SEEDED_USER)])
def test_each_call_says_json_even_without_a_body(call, method, path):
    assert call(method, path, headers={"Content-Type": None}).status_code == 400
    assert len(call.sandbox.undocumented) == 1
    assert call(method, path).status_code == 200


def test_users_are_listed_in_an_object(call):
    listed = call("GET", "/api/v2/users").json()
    assert set(listed) == {"users"}
    assert listed["users"][1] == {
        "id": "0000-test-1111-user-id",
        "first_name": "MyFirstName",
        "last_name": "MyLastName",
        "email": "user@acme.example",
        "roles": ["0000-test-1111-role-id"],
    }


def test_a_user_is_invited_and_read(call):
    answer = call("POST", "/api/v2/users", json=USER)
    user = answer.json()
    assert answer.status_code == 200
    assert without(user, "id") == without(USER, "invited_by_email")
    assert [len(part) for part in user["id"].split("-")] == [8, 4, 4, 4, 12]
    assert call("GET", f"/api/v2/users/{user['id']}").json() == user


@pytest.mark.parametrize("name", list(USER))
def test_an_invitation_needs_every_field_of_the_example(call, name):
    assert call("POST", "/api/v2/users", json=without(USER, name)).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"active": True},
        {"id": "x"},
        {"roles": "0000-admin-1111-id"},
        {"roles": [{"id": "x"}]},
        {"first_name": None},
    ],
)
def test_what_the_document_does_not_know_is_refused(call, change):
    assert call("POST", "/api/v2/users", json={**USER, **change}).status_code == 400
    assert len(call.sandbox.undocumented) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"roles": ["Administrator"]},
        {"email": "USER@acme.example"},
        {"invited_by_email": "nobody@acme.example"},
        {"invited_by_email": "user@acme.example"},
    ],
)
def test_a_role_an_address_and_an_inviter_must_be_right(call, change):
    assert call("POST", "/api/v2/users", json={**USER, **change}).status_code == 400
    assert len(emails(call)) == 2
    assert call.sandbox.undocumented == []


def test_test_mode_answers_like_a_write_and_writes_nothing(call):
    assert call("POST", "/api/v2/users?test_mode=true", json=USER).json()["email"] == USER["email"]
    assert call("PUT", SEEDED_USER + "?test_mode=true", json={"roles": []}).json()["roles"] == []
    assert call("DELETE", SEEDED_USER + "?test_mode=true").status_code == 200
    assert call("DELETE", SEEDED_ROLE + "?test_mode=true").status_code == 200
    assert call("POST", "/api/v2/users?test_mode=true", json={**USER, "roles": ["x"]}).status_code == 400
    assert emails(call) == ["admin@acme.example", "user@acme.example"]
    assert call("GET", SEEDED_USER).json()["roles"] == ["0000-test-1111-role-id"]
    assert call("POST", "/api/v2/users?test_mode=false", json=USER).status_code == 200
    assert USER["email"] in emails(call)


def test_test_mode_is_for_writes_and_is_true_or_false(call):
    assert call("GET", "/api/v2/users?test_mode=true").status_code == 400
    assert call("POST", "/api/v2/users?test_mode=1", json=USER).status_code == 400
    assert len(call.sandbox.undocumented) == 2


def test_an_update_changes_only_what_it_sends(call):
    changed = call("PUT", SEEDED_USER, json={"first_name": "New"}).json()
    assert (changed["first_name"], changed["last_name"]) == ("New", "MyLastName")
    assert call("PUT", SEEDED_USER, json={"email": "new@acme.example", "roles": []}).json()["roles"] == []
    assert "new@acme.example" in emails(call)
    assert call("PUT", SEEDED_USER, json={"email": "admin@acme.example"}).status_code == 400
    assert call("PUT", SEEDED_USER, json={"roles": ["nothing"]}).status_code == 400
    assert call.sandbox.undocumented == []
    assert call("PUT", SEEDED_USER, json={"invited_by_email": "admin@acme.example"}).status_code == 400
    assert len(call.sandbox.undocumented) == 1


def test_a_deletion_has_an_empty_answer(call):
    answer = call("DELETE", SEEDED_USER)
    assert (answer.status_code, answer.content) == (200, b"")
    assert call("GET", SEEDED_USER).status_code == 404
    assert call("DELETE", SEEDED_USER).status_code == 404


def test_the_site_admin_and_the_administrator_role_cannot_be_deleted(call):
    assert call("DELETE", "/api/v2/users/0000-admin-1111-user-id").status_code == 403
    assert call("DELETE", "/api/v1/roles/0000-admin-1111-id").status_code == 403
    assert call("DELETE", "/api/v1/roles/0000-everyone-1111-id").status_code == 403


def test_a_role_is_made_and_read(call):
    role = call("POST", "/api/v1/roles", json=ROLE).json()
    assert without(role, "id") == without(ROLE, "created_by_email")
    assert call("GET", f"/api/v1/role/{role['id']}").json() == role
    assert call("GET", "/api/v1/roles").json()["roles"][-1] == role


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_permission_names_a_dashboard_that_exists(call, method):
    permission = {"object_type": "Dashboard", "object_id": "no-such", "permissions": ["read_dashboards"]}
    made = call("POST", "/api/v1/roles", json=ROLE).json()
    body = {**ROLE, "name": "other"} if method == "POST" else {"updated_by_email": "admin@acme.example"}
    path = "/api/v1/roles" if method == "POST" else f"/api/v1/roles/{made['id']}"
    assert call(method, path, json={**body, "permissions": [permission]}).status_code == 400
    chart = {**permission, "object_type": "Chart"}
    assert call(method, path, json={**body, "permissions": [chart]}).json()["permissions"] == [chart]
    assert call.sandbox.undocumented == []


def test_an_answer_may_keep_the_new_id_to_itself(made):
    call = made(tells_ids=False)
    assert call("POST", "/api/v2/users", json=USER).json() == without(USER, "invited_by_email")
    assert "id" not in call("POST", "/api/v1/roles", json=ROLE).json()
    assert all("id" in role for role in call("GET", "/api/v1/roles").json()["roles"])


def test_a_role_may_show_no_id_until_a_dashboard_was_added_to_it(made):
    call = made(hides_ids=True)
    role = call("POST", "/api/v1/roles", json={**ROLE, "permissions": []}).json()
    assert call("GET", "/api/v1/roles").json()["roles"][-1] == without(role, "id")
    path, by = f"/api/v1/roles/{role['id']}", {"updated_by_email": "admin@acme.example"}
    trial = {**by, "permissions": ROLE["permissions"]}
    call("PUT", path + "?test_mode=true", json=trial)
    assert "id" not in call("GET", "/api/v1/roles").json()["roles"][-1]
    call("PUT", path, json=trial)
    call("PUT", path, json={**by, "permissions": []})
    assert call("GET", "/api/v1/roles").json()["roles"][-1] == role


def test_one_role_is_read_in_the_singular(call):
    assert call("GET", SEEDED_ROLE).status_code == 405
    assert call("PUT", SEEDED_ROLE.replace("roles", "role"), json={}).status_code == 405
    assert len(call.sandbox.undocumented) == 2


@pytest.mark.parametrize(
    "change", [{"name": "Administrator"}, {"created_by_email": "user@acme.example"}, {"members": []}]
)
def test_a_role_needs_a_new_name_a_site_admin_and_documented_fields(call, change):
    assert call("POST", "/api/v1/roles", json={**ROLE, **change}).status_code == 400


def test_a_role_keeps_what_an_update_leaves_out(call):
    role = call("POST", "/api/v1/roles", json=ROLE).json()
    path = f"/api/v1/roles/{role['id']}"
    renamed = call("PUT", path, json={"name": "renamed", "updated_by_email": "admin@acme.example"}).json()
    assert renamed == {**role, "name": "renamed"}
    assert call("PUT", path, json={"name": "x"}).status_code == 400
    assert call("PUT", path, json={"updated_by_email": "user@acme.example"}).status_code == 400
    taken = {"name": "Administrator", "updated_by_email": "admin@acme.example"}
    assert call("PUT", path, json=taken).status_code == 400


@pytest.mark.parametrize(
    ("setting", "status", "left"), [("strip", 200, []), ("refuse", 400, ["0000-test-1111-role-id"])]
)
def test_deleting_a_role_in_use_may_strip_it_or_be_refused(made, setting, status, left):
    call = made(role_in_use=setting)
    assert call("DELETE", SEEDED_ROLE).status_code == status
    assert call("GET", SEEDED_USER).json()["roles"] == left


def test_deleting_a_role_in_use_may_leave_its_id_behind(made):
    call = made(role_in_use="dangle")
    assert call("DELETE", SEEDED_ROLE).status_code == 200
    assert call("GET", SEEDED_USER).json()["roles"] == ["0000-test-1111-role-id"]
    assert call.sandbox.users()[1]["roles"] == ["0000-test-1111-role-id"]


def test_dashboards_come_in_pages(made):
    call = made(dashboards_per_page=1)
    first = call("GET", "/api/v1/dashboards").json()
    assert first["dashboards"] == [{"id": "0000-dashboard-1111-id", "name": "Sales"}]
    assert first["items_this_page"] == 1
    last = call("GET", f"/api/v1/dashboards?next_page_start={first['next_page_start']}").json()
    assert [dashboard["name"] for dashboard in last["dashboards"]] == ["Costs"]
    assert last["next_page_start"] is None
    assert call("GET", "/api/v1/dashboards?next_page_start=x").status_code == 400


def test_the_neutral_view_shows_users_and_roles(call):
    admin, user = call.sandbox.users()
    assert admin["key"] == call.sandbox.options["invited_by_email"]
    assert (user["id"], user["roles"]) == ("0000-test-1111-user-id", ["myExistingRole"])
    assert user["fields"]["first_name"] == "MyFirstName"
    assert call.sandbox.groups()[1] == {
        "id": "0000-test-1111-role-id",
        "name": "myExistingRole",
        "members": ["user@acme.example"],
    }


def test_two_sandboxes_share_no_state(made):
    call = made()
    call("PUT", SEEDED_USER, json={"roles": []})
    assert made().sandbox.users()[1]["roles"] == ["myExistingRole"]
