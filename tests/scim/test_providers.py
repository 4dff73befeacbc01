"""The bodies of real identity providers, one by one."""

import copy

import pytest

from app.scim.patch import apply_patch, parse_patch, split_members
from app.scim.schemas import GROUP_TYPE, USER_TYPE
from app.scim.validation import parse_resource
from tests.scim.bodies import BEFORE, GROUP_URN, MEMBERSHIPS, MICROSOFT_GROUP, PATCHES, USERS


@pytest.mark.parametrize("name", USERS)
def test_a_user_is_stored_as_meant(name):
    body, stored = USERS[name]
    assert parse_resource(body, USER_TYPE) == stored
    assert parse_resource(stored, USER_TYPE) == stored


@pytest.mark.parametrize("name", PATCHES)
def test_a_patch_does_what_is_meant_and_leaves_its_input_alone(name):
    operations, after = PATCHES[name]
    before = copy.deepcopy(BEFORE)
    assert apply_patch(before, parse_patch({"Operations": operations}), USER_TYPE) == after
    assert before == BEFORE


@pytest.mark.parametrize("name", [name for name in PATCHES if "role is removed" not in name])
def test_a_patch_that_is_sent_again_changes_nothing(name):
    operations, after = PATCHES[name]
    assert apply_patch(after, parse_patch({"Operations": operations}), USER_TYPE) == after


@pytest.mark.parametrize("name", MEMBERSHIPS)
def test_membership_is_taken_out_of_a_group_patch(name):
    operations, left, changes = MEMBERSHIPS[name]
    others, members = split_members(parse_patch({"Operations": operations}), GROUP_TYPE)
    assert [(each.op, each.path, each.value) for each in others] == left
    assert [(each.kind, each.ids) for each in members] == changes


def test_entra_creates_a_group_with_a_schema_of_its_own():
    body = {
        "schemas": [GROUP_URN, MICROSOFT_GROUP],
        "externalId": "8aa1a0c0",
        "displayName": "g",
        "meta": {"resourceType": "Group"},
    }
    expected = {"schemas": [GROUP_URN], "externalId": "8aa1a0c0", "displayName": "g"}
    assert parse_resource(body, GROUP_TYPE) == expected


def test_keycloak_refers_to_members_relatively():
    body = {"displayName": "g", "members": [{"value": "1", "$ref": "Users/1"}]}
    assert parse_resource(body, GROUP_TYPE)["members"] == [{"value": "1", "$ref": "Users/1"}]
