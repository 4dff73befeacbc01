"""What a PATCH does, beyond the bodies of single providers."""

import pytest

from app.scim.errors import InvalidPath, InvalidSyntax, InvalidValue, MutabilityError, NoTarget, ScimError
from app.scim.patch import Operation, apply_patch, parse_patch
from app.scim.schemas import ENTERPRISE_USER, USER_TYPE, Attribute, Schema
from app.scim.validation import parse_resource

URN = ENTERPRISE_USER.id
WORK, HOME = {"type": "work", "value": "a@work", "primary": True}, {"type": "home", "value": "a@home"}


def user(**attributes):
    return parse_resource({"userName": "ada", **attributes}, USER_TYPE)


def patched(document, *operations):
    return apply_patch(document, parse_patch({"Operations": list(operations)}), USER_TYPE)


def add(path, value):
    return {"op": "add", "path": path, "value": value}


def replace(path, value):
    return {"op": "replace", "path": path, "value": value}


def remove(path, **value):
    return {"op": "remove", "path": path, **value}


def test_keys_and_verbs_are_read_in_any_case():
    body = {"OPERATIONS": [{"Op": "ADD", "Path": "title", "VALUE": "x"}]}
    assert parse_patch(body) == (Operation("add", "title", "x"),)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"Operations": None},
        {"Operations": {}},
        {"Operations": []},
        {"Operations": [5]},
        {"Operations": [{}]},
        {"Operations": [{"op": "move", "path": "title"}]},
        {"Operations": [{"op": 5}]},
    ],
)
def test_what_is_no_patch_message_is_invalid_syntax(body):
    with pytest.raises(InvalidSyntax):
        parse_patch(body)


def test_an_add_without_value_and_a_path_that_is_no_string_are_refused():
    with pytest.raises(InvalidValue):
        parse_patch({"Operations": [{"op": "add", "path": "title"}]})
    with pytest.raises(InvalidPath):
        parse_patch({"Operations": [{"op": "remove", "path": ["title"]}]})


def test_adding_an_entry_again_changes_nothing():
    document = user(emails=[WORK, HOME])
    assert patched(document, add("emails", [HOME]), add("emails", {"value": "a@work", "type": "work"})) == document


def test_the_one_that_is_set_primary_is_the_only_one():
    after = patched(user(emails=[WORK, HOME]), replace('emails[type eq "home"].primary', "True"))
    assert after["emails"] == [{**WORK, "primary": False}, {**HOME, "primary": True}]
    after = patched(user(emails=[WORK]), add("emails", [{"value": "new", "primary": True}]))
    assert [entry["primary"] for entry in after["emails"]] == [False, True]


def test_an_entry_that_is_only_repeated_loses_primary_to_the_one_that_is_set():
    repeated = {"type": "work", "value": "a@work"}
    after = patched(user(emails=[WORK]), add("emails", [repeated, {**HOME, "primary": True}]))
    assert after["emails"] == [{**WORK, "primary": False}, {**HOME, "primary": True}]


def test_two_primary_values_at_once_are_refused():
    with pytest.raises(InvalidValue, match="primary"):
        patched(user(), replace("emails", [{"value": "a", "primary": True}, {"value": "b", "primary": True}]))


def test_a_complex_value_is_merged():
    document = user(name={"givenName": "A", "familyName": "B"})
    assert patched(document, replace("name", {"givenName": "C"}))["name"] == {
        "givenName": "C",
        "familyName": "B",
    }
    assert patched(document, replace("name", {"givenName": ""}))["name"] == {"familyName": "B"}
    assert "name" not in patched(document, replace("name", None))


def test_a_reference_is_replaced_as_a_whole():
    document = user(**{URN: {"manager": {"value": "1", "$ref": "../1"}}})
    assert patched(document, replace("manager", {"value": "2"}))[URN] == {"manager": {"value": "2"}}


def test_a_reference_that_stays_keeps_what_is_not_said_again():
    document = user(**{URN: {"manager": {"value": "1", "$ref": "../1"}}})
    assert patched(document, replace("manager", {"value": "1"})) == document
    assert patched(document, add("manager", {"$ref": "/1"}))[URN] == {"manager": {"value": "1", "$ref": "/1"}}


def test_replacing_a_list_replaces_all_of_it():
    assert patched(user(emails=[WORK, HOME]), replace("emails", [HOME]))["emails"] == [HOME]
    assert "emails" not in patched(user(emails=[WORK]), replace("emails", []))


def test_adding_nothing_to_a_list_leaves_it():
    for nothing in (None, [], ""):
        assert patched(user(emails=[WORK]), add("emails", nothing)) == user(emails=[WORK])


def test_a_replaced_entry_keeps_what_its_path_says():
    after = patched(user(emails=[WORK, HOME]), replace('emails[type eq "home"]', {"value": "new"}))
    assert after["emails"] == [WORK, {"type": "home", "value": "new"}]
    after = patched(user(), replace('emails[type eq "work"]', "bare"))
    assert after["emails"] == [{"type": "work", "value": "bare"}]


def test_an_entry_loses_its_value_and_goes():
    after = patched(user(emails=[WORK, HOME]), remove('emails[type eq "work"].value'))
    assert after["emails"] == [HOME]
    after = patched(user(emails=[WORK, HOME]), replace('emails[type eq "work"].value', ""))
    assert after["emails"] == [HOME]


def test_an_address_loses_one_part_and_stays():
    document = user(addresses=[{"type": "work", "locality": "L", "region": "R"}])
    after = patched(document, remove('addresses[type eq "work"].region'))
    assert after["addresses"] == [{"type": "work", "locality": "L"}]


def test_removing_what_is_not_there_changes_nothing():
    document = user(emails=[WORK], addresses=[{"type": "work"}])
    operations = [
        remove("title"),
        remove("name.givenName"),
        remove('emails[type eq "home"]'),
        remove('addresses[type eq "work"].region'),
        remove("addresses.region"),
        remove("emails", value=[{"value": "other"}]),
        remove("emails", value=[]),
        remove(f"{URN}:department"),
        remove(URN),
    ]
    assert patched(document, *operations) == document


def test_entries_are_removed_by_filter_by_value_or_all():
    document = user(emails=[WORK, HOME])
    assert patched(document, remove('emails[type eq "work"]'))["emails"] == [HOME]
    assert patched(document, remove("emails", value=[{"value": "A@WORK", "$ref": None}]))["emails"] == [HOME]
    assert patched(document, remove("emails", value="a@home"))["emails"] == [WORK]
    assert "emails" not in patched(document, remove("emails"))


def test_one_sub_attribute_of_every_entry_can_be_set():
    after = patched(user(emails=[WORK, HOME]), replace("emails.display", "x"))
    assert [entry["display"] for entry in after["emails"]] == ["x", "x"]
    assert patched(user(), add("emails.value", "v"))["emails"] == [{"value": "v"}]
    assert patched(after, remove("emails.display"))["emails"] == [WORK, HOME]


def test_an_extension_is_set_merged_and_removed_by_its_urn():
    document = user(**{URN: {"department": "d"}})
    assert patched(document, replace(URN, {"costCenter": "c"}))[URN] == {"department": "d", "costCenter": "c"}
    assert patched(document, {"op": "add", "value": {URN: {"costCenter": "c"}}})[URN]["costCenter"] == "c"
    removed = patched(document, remove(URN))
    assert (URN in removed, removed["schemas"]) == (False, [USER_TYPE.schema.id])
    assert patched(document, {"op": "replace", "value": {URN: None}}) == user()


def test_active_can_be_unassigned():
    assert "active" not in patched(user(active=True), remove("active"))


def test_a_later_operation_sees_the_earlier_one():
    after = patched(user(), add("emails", [HOME]), replace('emails[type eq "home"].value', "new"), remove("title"))
    assert after["emails"] == [{"type": "home", "value": "new"}]


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        (remove("userName"), MutabilityError),
        (replace("userName", ""), InvalidValue),
        (replace("id", "x"), MutabilityError),
        (replace("meta.version", "x"), MutabilityError),
        (add("groups", [{"value": "g"}]), MutabilityError),
        (add(f"{URN}:manager.displayName", "x"), MutabilityError),
        ({"op": "remove"}, NoTarget),
        (replace('emails[type sw "w"].value', "x"), NoTarget),
        (replace('emails[value eq "x"].value', "y"), NoTarget),
        (replace("shoeSize", 43), InvalidPath),
        (replace('emails[type eq "x', "y"), InvalidPath),
        (replace("title", 5), InvalidValue),
        (replace("title", "\0"), InvalidValue),
        (replace("name", "x"), InvalidValue),
        (add("emails", [5]), InvalidValue),
        (add("emails", {"value": 5}), InvalidValue),
        (replace('emails[type eq "work"]', [HOME, WORK]), InvalidValue),
        (replace(URN, "x"), InvalidValue),
        ({"op": "replace", "value": "x"}, InvalidValue),
        ({"op": "add", "value": [1]}, InvalidValue),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_done(operation, error):
    document = user(title="t")
    with pytest.raises(error):
        patched(document, replace("title", "changed"), operation)
    assert document == user(title="t")


def test_unknown_and_read_only_keys_without_a_path_are_ignored():
    value = {"id": "1", "meta": {}, "shoeSize": 5, "a b[": 1, "name.shoe": 1, "urn:nobody:x": {"y": 1}}
    assert patched(user(), {"op": "replace", "value": value}) == user()


def test_read_only_attributes_of_the_stored_resource_stay():
    stored = {**user(), "id": "1", "meta": {"version": "v"}}
    assert patched(stored, replace("title", "t")) == {**stored, "title": "t"}


def test_an_immutable_attribute_is_set_once():
    badge = Attribute("badge", mutability="immutable")
    resource_type = USER_TYPE.with_extension(Schema("urn:x:2.0:User", "X", "X", (badge,)))
    once = apply_patch(user(), [Operation("add", "urn:x:2.0:User:badge", "a")], resource_type)
    assert once["urn:x:2.0:User"] == {"badge": "a"}
    with pytest.raises(ScimError, match="immutable"):
        apply_patch(once, [Operation("replace", "urn:x:2.0:User:badge", "b")], resource_type)
