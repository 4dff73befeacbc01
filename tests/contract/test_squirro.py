"""Squirro: a new user is two calls, since the first carries no name; a member is one."""

from tests.contract.mapping_contract import MappingContract

USERS, USER = "/api/user/v0/*/users", "/api/user/v0/*/users/*"
PROFILE = "PUT /api/user/v1/*/users/*"
GROUPS, GROUP = "/api/user/v0/*/groups", "/api/user/v0/*/groups/*"
JOIN, LEAVE = f"POST {GROUP}", f"DELETE {GROUP}/members/*"


class TestSquirro(MappingContract):
    vendor = "squirro"
    account = {"full_name": "Ann Lee", "role": "reader"}
    renamed_account = {"full_name": "Anna Ray", "role": "reader"}

    create_user = reactivate = [f"POST {USERS}", PROFILE]
    rename_user = change_email = [PROFILE]
    set_password = None
    create_group = create_group_with_member = [f"POST {GROUPS}"]
    rename_group = [f"PUT {GROUP}"]
    add_member = add_second_group = [JOIN]
    remove_member = remove_second_group = [LEAVE]
    add_two_members = [JOIN, JOIN]
    swap_group = [JOIN, LEAVE]
    deactivate = delete_user = [f"DELETE {USER}"]
    reactivate_with_role = [f"POST {USERS}", PROFILE, JOIN]
    delete_group = delete_group_with_member = [f"DELETE {GROUP}"]


class TestSquirroWithTokensThatSoonExpire(TestSquirro):
    settings = {"sandbox": {"token_calls": 3}}
