"""Periscope: roles live on the user and are written as a whole list, so a member is a read and a write."""

from tests.contract.mapping_contract import MappingContract

CREATE, UPDATE = "POST /api/v2/users", "PUT /api/v2/users/*"
READ, DELETE = "GET /api/v2/users/*", "DELETE /api/v2/users/*"
CREATE_ROLE, RENAME_ROLE, DELETE_ROLE = "POST /api/v1/roles", "PUT /api/v1/roles/*", "DELETE /api/v1/roles/*"


class TestPeriscope(MappingContract):
    vendor = "periscope"
    account = {"first_name": "Ann", "last_name": "Lee"}
    renamed_account = {"first_name": "Anna", "last_name": "Ray"}

    create_user = [CREATE]
    rename_user = [UPDATE]
    change_email = [UPDATE]
    set_password = None
    create_group = [CREATE_ROLE]
    create_group_with_member = [CREATE_ROLE, READ, UPDATE]
    rename_group = [RENAME_ROLE]
    add_member = remove_member = [READ, UPDATE]
    add_second_group = remove_second_group = [READ, UPDATE]
    add_two_members = [READ, UPDATE, READ, UPDATE]
    swap_group = [READ, UPDATE, READ, UPDATE]
    deactivate = delete_user = [DELETE]
    reactivate = reactivate_with_role = [CREATE]
    delete_group = delete_group_with_member = [DELETE_ROLE]


class TestPeriscopeWhereTheIdpIsTheOnlySource(TestPeriscope):
    settings = {"options": {"roles": "exact"}}

    create_group_with_member = [CREATE_ROLE, UPDATE]
    add_member = remove_member = [UPDATE]
    add_second_group = remove_second_group = [UPDATE]
    add_two_members = [UPDATE, UPDATE]
    swap_group = [UPDATE, UPDATE]


class TestPeriscopeThatRefusesToDeleteARoleInUse(TestPeriscope):
    settings = {"sandbox": {"role_in_use": "refuse"}}

    delete_group_with_member = [DELETE_ROLE, READ, UPDATE, DELETE_ROLE]


def test_a_role_given_by_hand_survives_a_change_of_membership(build):
    from tests.bridge import add

    bridge = build("periscope")
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    bridge.sandbox.find_user(bridge.account("ann@acme.example")["id"])["roles"].append("0000-test-1111-role-id")
    bridge.patch(f"/Groups/{finance}", add(ann))
    assert bridge.accounts() == {"ann@acme.example": {"Finance", "myExistingRole"}}
