"""Membership changes."""

import pytest

from app.scim.errors import InvalidFilter, InvalidPath, InvalidValue, MutabilityError
from app.scim.filter import Comparison
from app.scim.patch import MemberChange, Operation, split_members
from app.scim.schemas import GROUP, GROUP_TYPE, AttributePath


def changes(op, path=None, value=None):
    return split_members([Operation(op, path, value)], GROUP_TYPE)[1]


@pytest.mark.parametrize("path", ["members", "MEMBERS", f"{GROUP.id}:members", " members"])
def test_members_are_found_in_any_spelling_of_the_path(path):
    assert changes("add", path, [{"value": "1"}]) == (MemberChange("add", ("1",)),)


@pytest.mark.parametrize("key", ["members", "Members", f"{GROUP.id.lower()}:members"])
def test_members_are_found_in_a_value_without_path(key):
    operation = Operation("add", None, {key: [{"value": "1"}], "displayName": "g"})
    others, members = split_members([operation], GROUP_TYPE)
    assert others == (Operation("add", None, {"displayName": "g"}),)
    assert members == (MemberChange("add", ("1",)),)
    assert key in operation.value


def test_an_operation_that_was_only_about_members_is_gone():
    assert split_members([Operation("replace", None, {"members": ["1"]})], GROUP_TYPE) == (
        (),
        (MemberChange("replace", ("1",)),),
    )


@pytest.mark.parametrize(
    "value", [[{"VALUE": "1", "display": "x", "type": "User"}], {"value": "1"}, "1", ["1", "1"]]
)
def test_a_member_comes_in_many_shapes(value):
    assert changes("add", "members", value) == (MemberChange("add", ("1",)),)


def test_a_list_that_names_nobody_removes_nobody():
    assert changes("remove", "members", []) == ()
    assert changes("add", "members", []) == ()


def test_remove_without_a_value_removes_everybody():
    assert changes("remove", "members") == (MemberChange("clear"),)


@pytest.mark.parametrize("op", ["add", "remove", "replace"])
@pytest.mark.parametrize("value", ["", {}, [None], [{}], [[]], [""], [{"value": "1"}, {}]])
def test_a_list_of_nothing_does_not_empty_a_group(op, value):
    with pytest.raises(InvalidValue):
        changes(op, "members", value)
    if op != "remove":
        with pytest.raises(InvalidValue):
            changes(op, None, {"members": value})


@pytest.mark.parametrize("value", [None, []])
def test_replace_with_nothing_removes_everybody(value):
    assert changes("replace", "members", value) == (MemberChange("clear"),)
    assert changes("replace", None, {"members": value}) == (MemberChange("clear"),)


def test_a_chain_of_or_names_ids():
    path = 'members[value eq "1" or (value eq "2" or value eq "1") or value eq "3"]'
    assert changes("remove", path) == (MemberChange("remove", ("1", "2", "3")),)


def test_another_filter_is_handed_on():
    wanted = Comparison(AttributePath("type"), "eq", "User")
    assert changes("remove", 'members[type eq "User"]') == (MemberChange("remove_where", (), wanted),)


@pytest.mark.parametrize(
    "value", [[{"value": 5}], [5], [{"display": "x"}], [True], [["1"]], ["\0"], [{"value": "\ud800"}]]
)
def test_a_member_that_is_no_id_is_refused(value):
    with pytest.raises(InvalidValue):
        changes("add", "members", value)


@pytest.mark.parametrize(
    ("op", "path"),
    [
        ("replace", 'members[value eq "1"]'),
        ("add", 'members[value eq "1"].type'),
        ("replace", "members.value"),
        ("remove", "members.type"),
    ],
)
def test_a_change_in_a_member_is_refused(op, path):
    with pytest.raises(MutabilityError):
        changes(op, path, "x")


def test_a_wrong_members_path_is_refused():
    with pytest.raises(InvalidFilter):
        changes("remove", 'members[shoe eq "1"]')
    with pytest.raises(InvalidPath):
        changes("remove", 'members[value eq "1"')


def test_other_operations_are_left_in_order():
    operations = [
        Operation("replace", "displayName", "g"),
        Operation("add", "members", ["1"]),
        Operation("remove", "externalId"),
        Operation("remove", None, {"members": []}),
        Operation("replace", None, "x"),
    ]
    others, _ = split_members(operations, GROUP_TYPE)
    assert others == (operations[0], operations[2], operations[3], operations[4])
