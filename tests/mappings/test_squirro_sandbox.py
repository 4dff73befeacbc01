"""Squirro's sandbox takes what the vendor's client sends and shows what the document shows."""

import json
import re

import pytest

from tests.mappings.client import SandboxClient

TENANT = "lW8-FnZlQYWBimxFknYitw"
USER = "H5Qv-WhgSBGW0WL8xolSCQ"
GROUP = "1jo-WmmyRvC8UYtPMIQaoQ"
PROJECT = "2sic33jZTi-ifflvQAVcfw"
V0 = f"/api/user/v0/{TENANT}"
V1 = f"/api/user/v1/{TENANT}"
V2 = "/api/user/v2"
SHOWN_USER = {
    "email": "user1@acme.example",
    "full_name": "User 1",
    "id": USER,
    "role": "user",
    "role_permissions": ["user"],
    "tenant": TENANT,
}


class Client(SandboxClient):
    vendor = "squirro"

    def log_in(self):
        self.session.headers["Authorization"] = f"Bearer {self.login().json()['access_token']}"

    def login(self, **changes):
        form = {"grant_type": "refresh_token", **self.sandbox.credentials, **changes}
        return self("POST", "/api/user/oauth2/token", data=form)

    def create_user(self, email="new@acme.example"):
        return self(
            "POST", f"{V0}/users", json={"email": email, "password": "correct horse", "role": "user"}
        ).json()


def status(answer):
    return answer.status_code


# Access


def test_a_refresh_token_is_exchanged_for_an_access_token(call):
    answer = call.login()
    assert status(answer) == 200
    assert set(answer.json()) == {
        "access_token",
        "refresh_token",
        "tenant",
        "user_id",
        "role",
        "role_permissions",
        "project_permissions",
        "session_id",
    }
    assert (answer.json()["tenant"], answer.json()["role"]) == (TENANT, "admin")


def test_a_token_exchange_is_a_form_of_the_right_grant(call):
    path = "/api/user/oauth2/token"
    form = {"grant_type": "refresh_token", **call.sandbox.credentials}
    assert status(call("POST", path, json=form)) == 400
    assert status(call.login(grant_type="password")) == 400
    assert len(call.sandbox.undocumented) == 2
    assert status(call.login(refresh_token="never issued")) == 404
    assert status(call.login(tenant="other")) == 404
    assert status(call.login(tenant=TENANT)) == 200
    assert call.sandbox.journal[0].body == {"grant_type": "refresh_token", "refresh_token": "***"}


def test_a_client_may_be_required(made):
    call = made(client=("id", "secret"))
    assert call.sandbox.credentials["client_id"] == "id"
    assert status(call.login(client_secret="wrong")) == 403


def test_an_access_token_dies_and_is_renewed(made):
    now = [0.0]
    call = made(clock=lambda: now[0], token_seconds=600)
    now[0] = 599.0
    assert status(call("GET", f"{V0}/users")) == 200
    now[0] = 600.0
    assert status(call("GET", f"{V0}/users")) == 401
    call.session.headers["Authorization"] = f"Bearer {call.login().json()['access_token']}"
    assert status(call("GET", f"{V0}/users")) == 200


def test_an_access_token_may_last_a_number_of_calls(made):
    call = made(token_calls=1)
    assert [status(call("GET", f"{V0}/users")) for _ in range(2)] == [200, 401]


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic eDp5", "", None])
def test_each_call_needs_a_bearer_token(call, header):
    assert status(call("GET", f"{V0}/users", headers={"Authorization": header})) == 401


def test_a_caller_must_be_an_admin(call):
    grant = call("POST", f"{V0}/users/{USER}/grants", data={"type": "user"}).json()
    token = call.login(refresh_token=grant["refresh_token"]).json()["access_token"]
    assert status(call("GET", f"{V0}/users", headers={"Authorization": f"Bearer {token}"})) == 403


def test_the_tenant_is_part_of_the_path(call):
    assert status(call("GET", "/api/user/v0/other/users")) == 404
    assert status(call("GET", "/api/user/v0/project-1/users")) == 200
    assert call.sandbox.undocumented == []


# Users


def test_users_are_listed_with_or_without_configuration(call):
    assert call("GET", f"{V0}/users?include_config=False").json()["users"][1] == SHOWN_USER
    assert call("GET", f"{V0}/users").json()["users"][1] == {**SHOWN_USER, "config": {}}
    assert status(call("GET", f"{V0}/users?limit=5")) == 400


def test_a_user_is_made_with_email_password_and_role(call):
    answer = call(
        "POST", f"{V0}/users", json={"email": "a@b.example", "password": "correct horse", "role": "reader"}
    )
    assert status(answer) == 201
    assert re.fullmatch("[A-Za-z0-9_-]{22}", answer.json()["id"])
    assert answer.json()["role_permissions"] == ["reader"]
    assert answer.json()["full_name"] is None


@pytest.mark.parametrize(
    ("change", "expected", "undocumented"),
    [
        ({"full_name": "New User"}, 400, 1),
        ({"role": "owner"}, 400, 1),
        ({"email": "no address"}, 400, 0),
        ({"email": "USER1@acme.example"}, 409, 0),
        ({"password": "short"}, 400, 0),
    ],
)
def test_a_user_that_cannot_be_is_refused(call, change, expected, undocumented):
    body = {"email": "a@b.example", "password": "correct horse", "role": "user", **change}
    assert status(call("POST", f"{V0}/users", json=body)) == expected
    assert len(call.sandbox.undocumented) == undocumented
    assert status(call("POST", f"{V0}/users", data=body)) == 400


def test_any_value_can_be_set_and_is_returned(call):
    changes = {"full_name": "New Name", "scim_external_id": "42", "nested": {"a": [1, None]}}
    assert call("PUT", f"{V1}/users/{USER}", json=changes).json() == {**SHOWN_USER, **changes}
    user = call("GET", f"{V1}/users/{USER}?include_projects=True").json()
    assert user == {
        **SHOWN_USER,
        **changes,
        "groups": [{"id": GROUP, "name": "Team East"}],
        "projects": [{"id": PROJECT, "title": "Sales"}],
    }
    assert "projects" not in call("GET", f"{V0}/users/{USER}").json()


def test_what_a_user_is_cannot_be_set(call):
    assert status(call("PUT", f"{V1}/users/{USER}", json={"id": "other"})) == 400
    assert status(call("PUT", f"{V1}/users/{USER}", json={"email": "service@acme.example"})) == 409
    assert status(call("PUT", f"{V1}/users/{USER}", json={"role": "owner"})) == 400
    assert call("PUT", f"{V1}/users/{USER}", json={"role": "reader"}).json()["role_permissions"] == ["reader"]
    assert status(call("PUT", f"{V0}/users/{USER}", json={"role": "user"})) == 405


def test_a_password_changes_only_with_the_current_one(call):
    path = f"{V0}/users/{call.create_user()['id']}/password"
    good = {
        "current_password": "correct horse",
        "new_password": "battery staple",
        "new_password_confirm": "battery staple",
    }
    assert status(call("PUT", path, json={**good, "current_password": "wrong"})) == 403
    assert status(call("PUT", path, json={**good, "new_password_confirm": "other"})) == 400
    assert status(call("PUT", path, json=good)) == 200
    assert status(call("PUT", path, json=good)) == 403
    assert call("GET", f"{V0}/users/password_policy").json() == {"min_length": 8}
    assert "battery" not in repr(call.sandbox.journal)


def test_deleting_a_user_ends_its_memberships_and_grants(call):
    token = call("POST", f"{V0}/users/{USER}/grants", data={"type": "user"}).json()["refresh_token"]
    call("POST", f"{V2}/workspaces/project-1/users", json={"user_id": USER, "role": "reader"})
    answer = call("DELETE", f"{V0}/users/{USER}")
    assert (status(answer), answer.content) == (204, b"")
    assert status(call("GET", f"{V1}/users/{USER}")) == 404
    assert call("GET", f"{V0}/groups/{GROUP}").json()["members"] == []
    assert call("GET", f"{V0}/projects/{PROJECT}/members").json() == {"members": []}
    assert len(call("GET", f"{V2}/workspaces/project-1/users").json()) == 1
    assert status(call.login(refresh_token=token)) == 410


def test_the_account_of_the_api_cannot_delete_itself(call):
    me = call.login().json()["user_id"]
    assert status(call("DELETE", f"{V0}/users/{me}")) == 403


# Groups


def test_groups_are_listed_with_their_members(call):
    assert call("GET", f"{V0}/groups").json() == [{"id": GROUP, "name": "Team East", "members": [SHOWN_USER]}]


def test_a_group_is_made_of_a_form_whose_members_are_json(call):
    form = {"name": "Team West", "members": json.dumps([{"id": USER}])}
    answer = call("POST", f"{V0}/groups", data=form)
    assert status(answer) == 201
    assert answer.json() == {"id": answer.json()["id"], "name": "Team West", "members": [SHOWN_USER]}
    assert call("POST", f"{V0}/groups", data={"name": "Empty"}).json()["members"] == []
    assert status(call("POST", f"{V0}/groups", data=form)) == 409
    assert status(call("POST", f"{V0}/groups", data={"name": "X", "members": '[{"id": "nobody"}]'})) == 404
    assert call.sandbox.undocumented == []
    assert status(call("POST", f"{V0}/groups", json={"name": "X"})) == 400
    assert status(call("POST", f"{V0}/groups", data={"name": "X", "members": USER})) == 400
    assert len(call.sandbox.undocumented) == 2


def test_two_groups_may_have_one_name(made):
    call = made(unique_group_names=False)
    assert status(call("POST", f"{V0}/groups", data={"name": "Team East"})) == 201


def test_a_group_update_needs_the_name_and_adds_members(call):
    new = call.create_user()
    form = {
        "name": "Team West",
        "members": json.dumps([{"id": new["id"]}]),
        "projects": json.dumps([{"id": PROJECT}]),
    }
    group = call("PUT", f"{V0}/groups/{GROUP}", data=form).json()
    assert (group["name"], [member["id"] for member in group["members"]]) == ("Team West", [USER, new["id"]])
    assert status(call("PUT", f"{V0}/groups/{GROUP}", data={"members": "[]"})) == 400
    group = call("GET", f"{V0}/groups/{GROUP}?include_projects=true").json()
    assert group["projects"] == [{"id": PROJECT, "title": "Sales"}]


def test_group_members_come_and_go(call):
    new = call.create_user()
    added = call("POST", f"{V0}/groups/{GROUP}", data={"user_id": new["id"]})
    assert (status(added), added.json()) == (200, new)
    assert status(call("POST", f"{V0}/groups/{GROUP}", data={"user_id": new["id"]})) == 409
    assert status(call("POST", f"{V0}/groups/{GROUP}", data={"user_id": "nobody"})) == 404
    assert status(call("DELETE", f"{V0}/groups/{GROUP}/members/{USER}")) == 204
    assert status(call("DELETE", f"{V0}/groups/{GROUP}/members/{USER}")) == 404
    assert [member["id"] for member in call("GET", f"{V0}/groups/{GROUP}").json()["members"]] == [new["id"]]


def test_a_group_is_deleted(call):
    assert status(call("DELETE", f"{V0}/groups/{GROUP}")) == 204
    assert status(call("GET", f"{V0}/groups/{GROUP}")) == 404
    assert status(call("GET", f"{V1}/users/{USER}")) == 200


# Projects and workspaces


def test_projects_are_listed(call):
    assert call("GET", f"/api/topic/v0/{TENANT}/projects").json() == [{"id": PROJECT, "title": "Sales"}]


def test_a_user_or_a_group_is_member_of_a_project(call):
    path = f"{V0}/projects/{PROJECT}/members"
    (member,) = call("GET", path).json()["members"]
    assert member.pop("permissions")
    assert member == {
        "email": "user1@acme.example",
        "full_name": "User 1",
        "member_id": USER,
        "member_type": "user",
        "server_role": "user",
        "project_role": "reader",
        "project_id": PROJECT,
    }
    group = call("POST", path, data={"role": "member", "group_id": GROUP}).json()
    assert (group["member_type"], group["name"], group["project_role"]) == ("group", "Team East", "member")
    assert call("PUT", f"{path}/{GROUP}", data={"role": "admin"}).json()["project_role"] == "admin"
    assert status(call("POST", path, data={"role": "member", "group_id": GROUP})) == 409
    assert status(call("DELETE", f"{path}/{GROUP}")) == 204
    assert status(call("DELETE", f"{path}/{GROUP}")) == 404
    assert status(call("PUT", f"{path}/{GROUP}", data={"role": "admin"})) == 404
    assert call.sandbox.undocumented == []


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"role": "owner", "group_id": GROUP}, 400),
        ({"role": "member"}, 400),
        ({"role": "member", "group_id": GROUP, "user_id": USER}, 400),
        ({"role": "member", "user_id": GROUP}, 404),
    ],
)
def test_a_project_member_is_a_user_or_a_group_with_a_known_role(call, form, expected):
    assert status(call("POST", f"{V0}/projects/{PROJECT}/members", data=form)) == expected


def test_workspaces_are_listed_made_and_deleted(call):
    other, mine = (
        {"domain": "other-project", "title": "Other Project"},
        {"domain": "project-1", "title": "Project 1"},
    )
    assert call("GET", f"{V2}/workspaces").json() == [other, mine]
    assert call("GET", f"{V2}/workspaces?admin_only=True").json() == [mine]
    made = call("POST", f"{V2}/workspaces", json={"title": "Project 5"})
    assert (status(made), made.json()) == (201, {"domain": "project-5", "title": "Project 5"})
    assert status(call("POST", f"{V2}/workspaces", json={"title": "Project 5"})) == 409
    assert status(call("DELETE", f"{V2}/workspaces/project-5")) == 204
    assert status(call("DELETE", f"{V2}/workspaces/project-5")) == 404


def test_workspaces_are_listed_with_their_projects(call):
    other, mine = call("GET", f"{V2}/workspaces?include_projects=True").json()
    assert (other["projects"], mine["projects"]) == ([], [{"id": PROJECT, "title": "Sales"}])


def test_a_workspace_has_groups_of_its_own(call):
    workspace = "/api/user/v0/project-1"
    group = call("POST", f"{workspace}/groups", data={"name": "Team East"}).json()
    assert [each["id"] for each in call("GET", f"{workspace}/groups").json()] == [group["id"]]
    assert [each["id"] for each in call("GET", f"{V0}/groups").json()] == [GROUP]
    assert status(call("GET", f"{V0}/groups/{group['id']}")) == 404
    assert status(call("GET", f"{workspace}/users/{USER}")) == 404
    call("POST", f"{V2}/workspaces/project-1/users", json={"user_id": USER, "role": "reader"})
    call("POST", f"{workspace}/groups/{group['id']}", data={"user_id": USER})
    assert [each["id"] for each in call("GET", f"{workspace}/users/{USER}").json()["groups"]] == [group["id"]]
    assert [each["id"] for each in call("GET", f"{V1}/users/{USER}").json()["groups"]] == [GROUP]


def test_users_have_roles_in_a_workspace(call):
    path = f"{V2}/workspaces/project-1/users"
    added = call("POST", path, json={"emails": ["user1@acme.example"], "role": "reader"})
    assert (status(added), added.json()) == (201, [{"user_id": USER, "workspace": "project-1"}])
    call("POST", path, json={"user_id": USER, "role": "admin"})
    assert call("GET", path).json()[1] == {
        "id": USER,
        "email": "user1@acme.example",
        "role": "admin",
        "full_name": "User 1",
    }
    assert call.sandbox.users()[1]["fields"]["workspace_roles"] == {"project-1": "admin"}
    assert status(call("POST", path, json={"emails": ["nobody@acme.example"], "role": "reader"})) == 404
    assert status(call("DELETE", f"{path}/{USER}")) == 204
    assert status(call("DELETE", f"{path}/{USER}")) == 404
    assert call.sandbox.undocumented == []
    assert status(call("POST", path, json={"role": "reader"})) == 400


# Grants, sessions, other services


def test_a_grant_opens_a_session_and_ends_with_it(call):
    grant = call("POST", f"{V0}/users/{USER}/grants", data={"type": "service", "for_client_id": "c"})
    assert (status(grant), set(grant.json())) == (201, {"id", "refresh_token"})
    (listed,) = call("GET", f"{V0}/users/{USER}/grants").json()["grants"]
    assert set(listed) == {"created_at", "valid_to", "id", "type"}
    session = f"{V0}/users/{USER}/sessions/{grant.json()['id']}"
    assert call("GET", session).json()["user_id"] == USER
    assert status(call("DELETE", session)) == 204
    assert status(call("GET", session)) == 404
    assert status(call.login(refresh_token=grant.json()["refresh_token"])) == 410


def test_an_authentication_is_kept_for_another_service(call):
    path = f"{V0}/authentications/facebook/{USER}"
    assert status(call("GET", path)) == 404
    made = call(
        "POST", path, json={"service_user": "1234567", "access_token": "token", "display_name": "John Smith"}
    )
    assert status(made) == 201
    assert call("GET", path).json() == {
        "service_user": "1234567",
        "access_token": "token",
        "display_name": "John Smith",
        "state": "ok",
    }
    assert status(call("DELETE", path)) == 204
    assert status(call("DELETE", path)) == 404


def test_signup_fails_once_a_user_exists(call):
    assert status(call("POST", f"{V2}/signup", json={"email": "a@b.example", "password": "x"})) == 403


def test_the_neutral_view_shows_users_and_groups(call):
    service, user = call.sandbox.users()
    assert (service["key"], service["roles"]) == ("service@acme.example", [])
    assert (user["id"], user["key"], user["roles"]) == (USER, "user1@acme.example", ["Team East"])
    assert user["fields"]["project_roles"] == {PROJECT: "reader"}
    call("POST", f"{V0}/projects/{PROJECT}/members", data={"role": "member", "group_id": GROUP})
    assert call.sandbox.groups() == [
        {"id": GROUP, "name": "Team East", "members": ["user1@acme.example"], "projects": {PROJECT: "member"}}
    ]
