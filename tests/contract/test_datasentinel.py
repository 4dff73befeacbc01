"""Datasentinel: roles exist already, and a user without any sees everything, so one is always held."""

from tests.contract.mapping_contract import MappingContract

USER, FINANCE, ENGINEERING = "/ds-api/users/*", "/ds-api/users/*/role/Finance", "/ds-api/users/*/role/Engineering"
FALLBACK = "/ds-api/users/*/role/Least%20Access"


class TestDatasentinel(MappingContract):
    vendor = "datasentinel"
    nobody = {"Least Access"}
    account = {"comment": "Ann Lee", "privilege": "read", "profile": "developer"}
    renamed_account = {**account, "comment": "Anna Ray"}

    create_user = reactivate = reactivate_with_role = [f"POST {USER}"]
    rename_user = set_password = [f"PUT {USER}"]
    change_email = None
    create_group = delete_group = []
    rename_group = None
    create_group_with_member = add_member = [f"POST {FINANCE}", f"DELETE {FALLBACK}"]
    remove_member = delete_group_with_member = [f"POST {FALLBACK}", f"DELETE {FINANCE}"]
    add_second_group = [f"POST {ENGINEERING}"]
    remove_second_group = [f"DELETE {ENGINEERING}"]
    add_two_members = [*add_member, *add_member]
    swap_group = [f"POST {ENGINEERING}", f"DELETE {FINANCE}"]
    deactivate = delete_user = [f"DELETE {USER}"]


class TestDatasentinelThatKeepsWhatAnUpdateLeavesOut(TestDatasentinel):
    settings = {"sandbox": {"put_omitted": "keep"}}


class TestDatasentinelThatTakesRolesAwayWhereAnUpdateLeavesThemOut(TestDatasentinel):
    settings = {"sandbox": {"put_roles": "reset"}, "options": {"roles_in_put": True}}


class TestDatasentinelWithLdap(TestDatasentinel):
    settings = {"options": {"ldap": True}}

    change_email = [f"POST {USER}", f"DELETE {USER}"]
    set_password = None

    def test_a_new_password_is_set_where_the_vendor_documents_how(self, bridge, ann):
        super().test_a_new_password_is_set_where_the_vendor_documents_how(bridge, ann)
