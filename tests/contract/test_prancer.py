"""Prancer: roles are upserted and never sent unread; users are refused, kept or managed."""

from tests.contract.mapping_contract import MappingContract

API = "/prancer-acme/api"
LIST, SAVE, DELETE_ROLE = (f"{method} {API}/permission/role/" for method in ("GET", "POST", "DELETE"))
INVITE, GIVE = f"POST {API}/user/invite/", f"POST {API}//user/roles"
USERS, DELETE = f"GET {API}/user/manage/", f"DELETE {API}/user/manage/"
EXTENSION = "urn:ietf:params:scim:schemas:extension:prancer:2.0:Group"
CREATE_ROLE = [LIST, SAVE, LIST]
MEMBER = [USERS, GIVE]


class TestPrancerWithManagedUsers(MappingContract):
    vendor = "prancer"
    account = renamed_account = {"status": "Pending"}

    create_user = [INVITE, USERS]
    rename_user = []
    change_email = set_password = None
    create_group = CREATE_ROLE
    create_group_with_member = [*CREATE_ROLE, *MEMBER]
    rename_group = [LIST, USERS, SAVE, USERS]
    add_member = remove_member = MEMBER
    add_second_group = remove_second_group = MEMBER
    add_two_members = [*MEMBER, *MEMBER]
    swap_group = [*MEMBER, *MEMBER]
    deactivate = delete_user = [DELETE]
    reactivate = [INVITE, USERS]
    reactivate_with_role = [INVITE, USERS, GIVE]
    delete_group = [DELETE_ROLE]
    delete_group_with_member = [*MEMBER, DELETE_ROLE]


class TestPrancerThatSaysErrorsInside200(TestPrancerWithManagedUsers):
    settings = {"sandbox": {"errors": "envelope"}}


class TestPrancerThatUnlinksUsersFromARenamedRole(TestPrancerWithManagedUsers):
    settings = {"sandbox": {"rename": "unlink"}}
    rename_group = [LIST, USERS, SAVE, USERS, GIVE]


class TestPrancerThatLeavesTheNameOfADeletedRoleBehind(TestPrancerWithManagedUsers):
    settings = {"sandbox": {"role_in_use": "dangle"}}
