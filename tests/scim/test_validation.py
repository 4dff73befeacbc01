"""From bodies to documents."""

import pytest

from app.scim.errors import InvalidSyntax, InvalidValue, MutabilityError
from app.scim.schemas import ENTERPRISE_USER, GROUP_TYPE, USER_TYPE, Attribute, Schema
from app.scim.validation import parse_resource, refuse_immutable_changes, revalidate

URN = ENTERPRISE_USER.id


def user(**attributes):
    return parse_resource({"userName": "ada", **attributes}, USER_TYPE)


def test_names_and_urns_are_folded_to_the_schemas_spelling():
    document = parse_resource(
        {"USERNAME": "ada", "Name": {"GIVENNAME": "Ada"}, URN.upper(): {"DEPARTMENT": "R&D"}}, USER_TYPE
    )
    assert document == {
        "schemas": [USER_TYPE.schema.id, URN],
        "userName": "ada",
        "name": {"givenName": "Ada"},
        URN: {"department": "R&D"},
    }


def test_read_only_and_unknown_attributes_are_dropped():
    document = user(id="1", meta={"version": "x"}, groups=[{"value": "1"}], shoeSize=43, department="x")
    assert document.keys() == {"schemas", "userName"}


@pytest.mark.parametrize("empty", [None, "", [], {}])
@pytest.mark.parametrize("name", ["title", "emails", "name", "active", URN])
def test_null_and_empty_values_are_absent(name, empty):
    assert user(**{name: empty}) == user()


def test_empty_sub_attributes_are_absent_and_so_is_what_they_leave_empty():
    assert user(name={"middleName": "", "givenName": "A"})["name"] == {"givenName": "A"}
    assert user(**{URN: {"manager": {"value": ""}}}) == user()


@pytest.mark.parametrize(("written", "meant"), [("True", True), ("false", False), ("FALSE", False), (True, True)])
def test_booleans_may_be_written_as_strings(written, meant):
    assert user(active=written)["active"] is meant
    assert user(roles=[{"value": "r", "primary": written}])["roles"][0]["primary"] is meant


@pytest.mark.parametrize("manager", ["7", {"value": "7"}, [{"value": "7"}], {"VALUE": "7", "$ref": None}])
def test_a_manager_comes_in_many_shapes(manager):
    assert user(**{URN: {"manager": manager}})[URN] == {"manager": {"value": "7"}}


@pytest.mark.parametrize("emails", ["a@x", {"value": "a@x"}, ["a@x"], [{"value": "a@x"}, {"value": "a@x"}]])
def test_emails_come_in_many_shapes(emails):
    assert user(emails=emails)["emails"] == [{"value": "a@x"}]


@pytest.mark.parametrize(
    "schemas", [None, [], ["urn:scim:schemas:core:1.0"], [f"{URN[:-5]}User"], [URN, USER_TYPE.schema.id], 5]
)
def test_schemas_are_written_anew_whatever_they_were(schemas):
    assert user(schemas=schemas)["schemas"] == [USER_TYPE.schema.id]


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"userName": ""}, "userName"),
        ({"userName": None}, "userName"),
        ({"userName": "  "}, "userName"),
        ({"userName": 5}, "userName"),
        ({"displayName": ["x"]}, "displayName"),
        ({"displayName": True}, "displayName"),
        ({"active": "maybe"}, "active"),
        ({"active": 1}, "active"),
        ({"name": "Ada"}, "name"),
        ({"name": {"givenName": {"x": 1}}}, "name.givenName"),
        ({"emails": [{"value": "a"}, {"value": 5}]}, "emails[1].value"),
        ({"emails": [5]}, "emails[0]"),
        ({"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": "true"}]}, "emails"),
        ({URN: {"department": 5}}, f"{URN}:department"),
        ({URN: "x"}, URN),
        ({URN: {"manager": [{"value": "1"}, {"value": "2"}]}}, f"{URN}:manager"),
        ({"title": "nul\0"}, "title"),
        ({"title": "half \ud800"}, "title"),
        ({"emails": [{"value": "\0"}]}, "emails[0].value"),
    ],
)
def test_a_wrong_value_is_refused_by_its_path(attributes, named):
    with pytest.raises(InvalidValue) as refusal:
        user(**attributes)
    assert refusal.value.detail.startswith(f"{named} ")


@pytest.mark.parametrize("body", [None, [], "x", 5, True])
def test_a_body_that_is_no_object_is_invalid_syntax(body):
    with pytest.raises(InvalidSyntax):
        parse_resource(body, USER_TYPE)


def test_an_attribute_given_twice_has_no_one_meaning():
    with pytest.raises(InvalidSyntax, match="userName"):
        parse_resource({"userName": "a", "username": "b"}, USER_TYPE)


def test_a_group_needs_a_display_name():
    with pytest.raises(InvalidValue, match="displayName"):
        parse_resource({"members": []}, GROUP_TYPE)


def test_members_keep_their_id_and_lose_their_display():
    group = parse_resource(
        {"displayName": "g", "members": [{"value": "1", "display": "Ada", "$ref": None}, "2"]}, GROUP_TYPE
    )
    assert group["members"] == [{"value": "1"}, {"value": "2"}]


def test_a_create_without_active_is_fine():
    assert "active" not in user()


def test_a_password_is_in_the_result_for_the_caller_to_take_out():
    assert user(password="s3cret")["password"] == "s3cret"


def test_formats_and_canonical_values_are_not_checked():
    odd = {
        "locale": "NNRDFXPHOXUY",
        "profileUrl": "no url",
        "roles": [{"value": "x", "type": "VMIYJTGCMNLT"}],
    }
    assert user(**odd).items() >= odd.items()


def test_revalidating_keeps_read_only_attributes_and_changes_nothing():
    stored = {
        **user(emails=["a"]),
        "id": "1",
        "meta": {"created": "2030-01-01T00:00:00Z"},
        "groups": [{"value": "g"}],
    }
    assert revalidate(stored, USER_TYPE) == stored


VENDOR = USER_TYPE.with_extension(
    Schema(
        "urn:ietf:params:scim:schemas:extension:acme:2.0:User",
        "Acme",
        "Acme",
        (
            Attribute("badge", "integer", required=True),
            Attribute("ratio", "decimal"),
            Attribute("since", "dateTime"),
            Attribute("tags", multi_valued=True),
            Attribute("site", mutability="immutable"),
        ),
    )
)
ACME = VENDOR.extensions[-1].id


def vendor(**attributes):
    return parse_resource({"userName": "ada", ACME: attributes}, VENDOR)[ACME]


def test_the_other_types_are_checked_in_a_vendors_extension():
    good = {"badge": 7, "ratio": 0.5, "since": "2030-01-01T00:00:00Z", "tags": ["a", "b"]}
    assert vendor(**good, extra=1) == good


@pytest.mark.parametrize(
    "wrong",
    [
        {"badge": True},
        {"badge": 2**63},
        {"badge": 1.5},
        {"badge": 1, "ratio": float("inf")},
        {"badge": 1, "ratio": "1"},
        {"badge": 1, "since": "yesterday"},
        {"badge": 1, "tags": [{}, 5]},
        {"ratio": 1},
    ],
)
def test_wrong_vendor_attributes_are_refused(wrong):
    with pytest.raises(InvalidValue):
        vendor(**wrong)


def test_an_extension_that_is_absent_requires_nothing():
    assert ACME not in parse_resource({"userName": "ada"}, VENDOR)


def test_an_immutable_attribute_is_set_once():
    before = parse_resource({"userName": "ada", ACME: {"badge": 1}}, VENDOR)
    first = parse_resource({"userName": "ada", ACME: {"badge": 1, "site": "a"}}, VENDOR)
    second = parse_resource({"userName": "ada", ACME: {"badge": 1, "site": "b"}}, VENDOR)
    refuse_immutable_changes(before, first, VENDOR)
    with pytest.raises(MutabilityError, match="site"):
        refuse_immutable_changes(first, second, VENDOR)
