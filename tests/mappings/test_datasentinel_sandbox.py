"""Datasentinel's sandbox answers as the vendor's document shows, traps included."""

import pytest

from tests.mappings.client import SandboxClient

MAIL = "newcomer@acme.example"
BODY = {
    "password": "myPassword",
    "privilege": "read",
    "profile": "developer",
    "live_360": 0,
    "roles": ["role_1"],
    "comment": "My comment",
}


class Client(SandboxClient):
    vendor = "datasentinel"
    root = "/ds-api"

    def log_in(self):
        self.session.headers["user-token"] = self.login().json()["user-token"]

    def login(self, **changes):
        given = {**self.sandbox.credentials, **changes}
        return self("POST", "/user-token", auth=(given["user"], given["password"]))


def said(answer):
    return answer.status_code, answer.json()


def test_a_token_is_got_with_name_and_password(call):
    answer = call.login()
    assert answer.status_code == 201
    assert set(answer.json()) == {"user-token"}
    assert call.login(user="datasentinel@acme.example").status_code == 201
    assert said(call.login(password="wrong")) == (401, {"error": "Unauthorized"})
    assert call.login(user="nobody").status_code == 401
    assert call("POST", "/user-token").status_code == 401


def test_each_call_needs_a_live_token(made):
    call = made(token_calls=2)
    assert [call("GET", "/users").status_code for _ in range(3)] == [200, 200, 401]
    call.session.headers["user-token"] = "wrong"
    assert call("GET", "/users").status_code == 401
    del call.session.headers["user-token"]
    assert said(call("GET", "/users")) == (401, {"error": "Unauthorized"})
    assert call.sandbox.undocumented == []


def test_a_token_lives_a_day(made):
    now = [0.0]
    call = made(clock=lambda: now[0])
    now[0] = 24 * 3600 - 1
    assert call("GET", "/users").status_code == 200
    now[0] += 1
    assert call("GET", "/users").status_code == 401


def test_a_caller_must_be_an_admin_of_data(call):
    call("POST", f"/users/{MAIL}", json=BODY)
    token = call.login(user=MAIL, password="myPassword").json()["user-token"]
    assert call("GET", "/users", headers={"user-token": token}).status_code == 401


def test_users_are_shown_as_documented(call):
    assert call("GET", "/users").json() == [
        {
            "id": 2,
            "login": "datasentinel",
            "email": "datasentinel@acme.example",
            "profile": "data admin",
            "privilege": "admin",
            "roles": [],
            "live_360": 1,
            "comment": "",
        },
        {
            "id": 54,
            "login": "username",
            "email": "username@acme.example",
            "profile": "data admin",
            "privilege": "read",
            "roles": ["role_1", "role_2"],
            "live_360": 0,
            "comment": "",
        },
    ]


def test_a_user_is_made_and_shown(call):
    assert said(call("POST", f"/users/{MAIL}", json=BODY)) == (
        201,
        {"status": "User with login newcomer created successfully"},
    )
    shown = {name: value for name, value in BODY.items() if name != "password"}
    assert said(call("GET", f"/users/{MAIL}")) == (
        200,
        {"id": 55, "login": "newcomer", "email": MAIL, **shown},
    )


def test_a_user_made_without_privilege_is_an_administrator_without_restriction(call):
    call("POST", f"/users/{MAIL}", json={"password": "x"})
    user = call("GET", f"/users/{MAIL}").json()
    assert (user["privilege"], user["profile"], user["roles"], user["live_360"]) == (
        "admin",
        "data admin",
        [],
        1,
    )


def test_only_an_ldap_user_needs_no_password(call):
    assert call("POST", f"/users/{MAIL}", json={"ldap": False}).status_code == 400
    assert call("POST", f"/users/{MAIL}", json={"ldap": True}).status_code == 201


def test_the_deprecated_role_still_works(call):
    call("POST", f"/users/{MAIL}", json={"ldap": True, "role": "Finance"})
    assert call("GET", f"/users/{MAIL}").json()["roles"] == ["Finance"]
    call("PUT", f"/users/{MAIL}", json={"role": "No restriction"})
    assert call("GET", f"/users/{MAIL}").json()["roles"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"privilege": "superuser"},
        {"profile": "admin"},
        {"live_360": "1"},
        {"roles": "role_1"},
        {"active": True},
    ],
)
def test_what_the_document_does_not_know_is_refused(call, change):
    assert call("POST", f"/users/{MAIL}", json={**BODY, **change}).status_code == 400
    assert call("GET", f"/users/{MAIL}").status_code == 404
    assert len(call.sandbox.undocumented) == 1


def test_an_existing_user_is_not_made_twice(call):
    call("POST", f"/users/{MAIL}", json=BODY)
    answer = call("POST", f"/users/{MAIL}", json=BODY)
    assert answer.status_code == 409
    assert set(answer.json()) == {"error"}


def test_an_update_resets_what_it_leaves_out_to_the_defaults(call):
    call("POST", f"/users/{MAIL}", json=BODY)
    assert said(call("PUT", f"/users/{MAIL}", json={"comment": "new"})) == (
        200,
        {"status": "User updated successfully!"},
    )
    user = call("GET", f"/users/{MAIL}").json()
    assert (user["comment"], user["privilege"], user["profile"]) == ("new", "admin", "data admin")
    assert (user["roles"], user["live_360"]) == (["role_1"], 0)


def test_an_update_may_keep_what_it_leaves_out(made):
    call = made(put_omitted="keep")
    call("POST", f"/users/{MAIL}", json=BODY)
    call("PUT", f"/users/{MAIL}", json={"roles": ["Finance"]})
    user = call("GET", f"/users/{MAIL}").json()
    assert (user["privilege"], user["profile"], user["roles"]) == ("read", "developer", ["Finance"])


def test_an_update_may_lift_the_restriction_it_leaves_out(made):
    call = made(put_roles="reset")
    call("PUT", "/users/username@acme.example", json={"comment": "new"})
    assert call("GET", "/users/username@acme.example").json()["roles"] == []
    call("PUT", "/users/username@acme.example", json={"roles": ["Finance"]})
    assert call("GET", "/users/username@acme.example").json()["roles"] == ["Finance"]


def test_an_update_may_take_live_360(made):
    call = made(put_live_360=True)
    assert call("PUT", "/users/username@acme.example", json={"live_360": 1}).status_code == 200
    assert call("GET", "/users/username@acme.example").json()["live_360"] == 1
    assert call.sandbox.undocumented == []


def test_an_ldap_user_has_no_password_here(call):
    call("POST", f"/users/{MAIL}", json={**BODY, "ldap": True, "privilege": "admin", "profile": "data admin"})
    assert call.login(user=MAIL, password="myPassword").status_code == 401
    assert "ldap" not in call("GET", f"/users/{MAIL}").json()
    assert [user["fields"]["access"] for user in call.sandbox.users()] == ["password", "password", "ldap"]


@pytest.mark.parametrize("field", ["ldap", "live_360", "email"])
def test_an_update_has_fewer_fields(call, field):
    before = call.sandbox.users()
    assert call("PUT", "/users/username@acme.example", json={field: 1}).status_code == 400
    assert call.sandbox.users() == before
    assert len(call.sandbox.undocumented) == 1


def test_a_user_is_deleted(call):
    assert said(call("DELETE", "/users/username@acme.example")) == (200, {"message": "User deleted"})
    for method in ("GET", "PUT", "DELETE"):
        body = {"json": {}} if method == "PUT" else {}
        assert call(method, "/users/username@acme.example", **body).status_code == 404


def test_the_callers_own_account_cannot_be_deleted(call):
    assert call("DELETE", "/users/datasentinel@acme.example").status_code == 403


def test_roles_are_assigned_and_removed_as_documented(call):
    path = "/users/username@acme.example/role"
    assert said(call("POST", f"{path}/Least%20Access")) == (
        200,
        {"status": "Role Least Access has been assigned to username@acme.example"},
    )
    assert call("POST", f"{path}/Least%20Access").status_code == 409
    assert said(call("DELETE", f"{path}/role_2")) == (
        200,
        {"status": "Role role_2 has been removed from username@acme.example"},
    )
    assert call("DELETE", f"{path}/role_2").status_code == 404
    assert call("GET", "/users/username@acme.example").json()["roles"] == ["role_1", "Least Access"]


def test_a_role_must_exist(call):
    assert call("POST", "/users/username@acme.example/role/Sales").status_code == 404
    assert call("POST", "/users/nobody@acme.example/role/Finance").status_code == 404
    assert call("POST", f"/users/{MAIL}", json={**BODY, "roles": ["Sales"]}).status_code == 400
    assert call("PUT", "/users/username@acme.example", json={"roles": ["Sales"]}).status_code == 400
    assert call.sandbox.undocumented == []


def test_roles_themselves_are_outside_the_document(call):
    assert call("GET", "/roles").status_code == 404
    assert call("POST", "/roles/Sales", json={"access": []}).status_code == 404
    assert len(call.sandbox.undocumented) == 2


@pytest.mark.parametrize(
    ("mail", "segment"),
    [("a/b@acme.example", "a%2Fb@acme.example"), ("a+1%@acme.example", "a%2B1%25%40acme.example")],
)
def test_an_address_is_one_segment(call, mail, segment):
    assert call("POST", f"/users/{segment}", json=BODY).status_code == 201
    assert call("POST", f"/users/{segment}/role/Finance").status_code == 200
    assert call("GET", f"/users/{segment}").json()["email"] == mail


def test_the_neutral_view_shows_users_and_roles(call):
    assert call.sandbox.options["fallback_role"] in [group["name"] for group in call.sandbox.groups()]
    built_in, user = call.sandbox.users()
    assert (built_in["key"], built_in["roles"]) == ("datasentinel@acme.example", [])
    assert (user["id"], user["roles"]) == ("username@acme.example", ["role_1", "role_2"])
    assert user["fields"]["privilege"] == "read"
    assert call.sandbox.groups()[0] == {
        "id": "role_1",
        "name": "role_1",
        "members": ["username@acme.example"],
    }
