"""Prancer's sandbox takes what the document and the public user page send, in envelopes, and nothing else."""

import pytest

from tests.mappings.client import SandboxClient

API = "/prancer-acme/api"
ROLES, USERS, INVITE = f"{API}/permission/role/", f"{API}/user/manage/", f"{API}/user/invite/"
GIVE = f"{API}//user/roles"
EXCHANGE = f"{API}/validate/accesstoken/"
STAFF = "staff@acme.example"


class Client(SandboxClient):
    vendor = "prancer"

    def log_in(self):
        self.session.headers["Content-Type"] = "application/json"
        given = self.sandbox.credentials
        body = {"token": given["access_token"], "customer_id": given["customer"]}
        token = self("POST", EXCHANGE, json=body).json()["data"]["token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def roles(self):
        return {role["role_name"]: role for role in self("GET", ROLES).json()["data"]["results"]}

    def user(self, email=STAFF):
        return next(user for user in self("GET", USERS).json()["data"]["users"] if user["email"] == email)


def envelope(answer, status, message):
    body = answer.json()
    assert set(body) == {"data", "error", "error_list", "message", "metadata", "status"}
    assert (body["status"], body["message"]) == (status, message)
    return body


def test_an_access_token_or_a_password_gets_a_jwt(call):
    given = dict(call.sandbox.login_credentials)
    given["customer_id"] = given.pop("customer")
    assert set(call("POST", f"{API}/login/", json=given).json()["data"]) == {"token", "refresh_token"}
    wrong = call("POST", f"{API}/login/", json={**given, "password": "wrong"})
    assert wrong.status_code == 400
    assert envelope(wrong, 400, "Invalid Email or Password")["error"]
    assert call("POST", EXCHANGE, json={"token": "wrong", "customer_id": "prancer-acme"}).status_code == 400


@pytest.mark.parametrize("header", ["Bearer wrong", "sandbox-access-token", None])
def test_each_call_needs_a_jwt(call, header):
    answer = call("GET", ROLES, headers={"Authorization": header})
    assert answer.status_code == 401
    assert envelope(answer, 401, "Please authenticate to access this API.")["error"] == "Unauthorized"


def test_a_jwt_dies(made):
    now = [0.0]
    call = made(clock=lambda: now[0])
    now[0] = 7 * 24 * 3600.0
    assert call("GET", ROLES).status_code == 401
    call.log_in()
    assert call("GET", ROLES).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ROLES.rstrip("/")),
        ("GET", f"{API}/permission"),
        ("POST", GIVE + "/"),
        ("POST", GIVE.replace("//", "/")),
        ("POST", INVITE.rstrip("/")),
        ("GET", "/api/permission/role/"),
    ],
)
def test_slashes_count(call, method, path):
    assert call(method, path).status_code == 404
    assert len(call.sandbox.undocumented) == 1


def test_another_customer_is_unknown(call):
    assert call("GET", "/prancer-other/api/permission/role/").status_code == 404
    assert call.sandbox.undocumented == []


def test_permissions_are_listed(call):
    found = call("GET", f"{API}/permission/").json()["data"]["results"]
    assert {"codename": "api_full_control", "id": 63, "name": "Full control on api"} in found


def test_a_role_is_made_without_telling_its_id(call):
    body = {"permissions": ["dashboard_read"], "role_name": "Finance"}
    answer = call("POST", ROLES, json=body)
    assert envelope(answer, 200, "Role saved successfully")["data"] == {}
    role = call.roles()["Finance"]
    assert isinstance(role["id"], int)
    assert role["permissions"] == [{"codename": "dashboard_read", "name": "Can view dashboard"}]


def test_a_role_with_an_id_is_written_as_a_whole(call):
    call("POST", ROLES, json={"id": 10, "permissions": [], "role_name": "Quality"})
    assert (call.roles()["Quality"]["permissions"], "QC" in call.roles()) == ([], False)
    assert call.user()["user_groups"] == ["Quality"]
    assert call("POST", ROLES, json={"id": 99, "permissions": [], "role_name": "X"}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"role_name": "X"},
        {"permissions": []},
        {"role_name": "X", "permissions": "api_full_control"},
        {"role_name": "X", "permissions": [63]},
        {"role_name": "X", "permissions": [], "id": "10"},
        {"role_name": "X", "permissions": [], "description": ""},
    ],
)
def test_a_role_of_another_form_is_undocumented(call, body):
    assert call("POST", ROLES, json=body).status_code == 400
    assert len(call.sandbox.undocumented) == 1


def test_an_unknown_permission_is_refused(call):
    assert call("POST", ROLES, json={"role_name": "X", "permissions": ["fly"]}).status_code == 400
    assert call.sandbox.undocumented == []


@pytest.mark.parametrize(("unique", "status", "count"), [(True, 400, 1), (False, 200, 2)])
def test_a_second_role_of_a_name_is_refused_or_made(made, unique, status, count):
    call = made(unique_names=unique)
    assert call("POST", ROLES, json={"role_name": "QC", "permissions": []}).status_code == status
    assert [group["name"] for group in call.sandbox.groups()].count("QC") == count


def test_a_role_may_need_permissions(made):
    call = made(empty_permissions=False)
    assert call("POST", ROLES, json={"role_name": "X", "permissions": []}).status_code == 400


def test_a_deletion_needs_a_json_body(call):
    for kwargs in ({}, {"data": "id=10", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}):
        assert call("DELETE", ROLES, **kwargs).status_code == 400
    assert call("DELETE", USERS).status_code == 400
    assert len(call.sandbox.undocumented) == 3
    envelope(call("DELETE", ROLES, json={"id": 10}), 200, "Role deleted successfully")
    assert call("DELETE", ROLES, json={"id": 10}).status_code == 404
    assert call("DELETE", ROLES, json={"id": 1}).status_code == 403
    assert set(call.roles()) == {"Owner"}


@pytest.mark.parametrize(("setting", "left"), [("strip", []), ("dangle", ["QC"])])
def test_a_deleted_role_leaves_its_users_or_its_name(made, setting, left):
    call = made(role_in_use=setting)
    call("DELETE", ROLES, json={"id": 10})
    assert call.user()["user_groups"] == left


def test_a_rename_may_unlink_users(made):
    call = made(rename="unlink")
    call("POST", ROLES, json={"id": 10, "permissions": [], "role_name": "Quality"})
    assert call.user()["user_groups"] == []


def test_an_invited_user_is_pending_and_has_no_role(call):
    body = {"email": "new@acme.example", "resend": False}
    assert envelope(call("POST", INVITE, json=body), 200, "User invitation link sent successfully")["data"] == {}
    user = call.user("new@acme.example")
    assert (user["status"], user["user_groups"], user["is_superuser"]) == ("Pending", [], False)
    assert user["password"] == call.sandbox.password_hash
    assert call("POST", INVITE, json=body).status_code == 400
    assert call("POST", INVITE, json={**body, "resend": True}).status_code == 200


def test_a_second_invitation_may_be_answered_like_the_first(made):
    call = made(invite_again="accept")
    before = call.user()
    assert call("POST", INVITE, json={"email": STAFF.upper(), "resend": False}).status_code == 200
    assert call.user() == before
    assert len(call.sandbox.users()) == 2


def test_roles_are_given_as_a_whole_list_of_names(call):
    user = call.user()
    assert call("POST", GIVE, json={"user_id": user["id"], "groups": ["Owner"]}).status_code == 200
    assert call.user()["user_groups"] == ["Owner"]
    assert call("POST", GIVE, json={"user_id": user["id"], "groups": ["nothing"]}).status_code == 400
    assert call("POST", GIVE, json={"user_id": 99, "groups": []}).status_code == 404
    assert call.sandbox.undocumented == []
    assert call("POST", GIVE, json={"user_id": user["id"], "groups": [10]}).status_code == 400
    assert len(call.sandbox.undocumented) == 1


def test_a_user_is_deleted_by_address_and_a_superuser_is_not(call):
    assert call("DELETE", USERS, json={"email": "owner@acme.example"}).status_code == 403
    envelope(call("DELETE", USERS, json={"email": STAFF}), 200, "User does deleted successfully!")
    assert call("DELETE", USERS, json={"email": STAFF}).status_code == 404


def test_errors_may_stand_inside_a_200(made):
    call = made(errors="envelope")
    answer = call("POST", ROLES, json={"role_name": "QC", "permissions": []})
    assert answer.status_code == 200
    assert envelope(answer, 400, "Role name already exists")["error"]
    call.sandbox.faults.add("status", status=503)
    answer = call("GET", ROLES)
    assert (answer.status_code, answer.json()["status"]) == (200, 503)


def test_refusals_may_stand_in_the_list_of_errors_of_a_success(made):
    call = made(errors="list")
    answer = call("POST", ROLES, json={"role_name": "QC", "permissions": []})
    assert answer.status_code == 200
    body = envelope(answer, 200, "Failed")
    assert (body["error"], body["error_list"]) == ("", ["Role name already exists"])
    call.sandbox.faults.add("status", status=503)
    assert call("GET", ROLES).status_code == 503


def test_the_neutral_view_shows_users_and_roles_and_no_hash(call):
    owner, staff = call.sandbox.users()
    assert (owner["roles"], staff["key"], staff["roles"]) == (["Owner"], STAFF, ["QC"])
    assert call.sandbox.groups()[1]["members"] == [STAFF]
    assert call.sandbox.password_hash not in str(call.sandbox.state())
