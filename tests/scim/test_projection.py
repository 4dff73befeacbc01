"""What an answer shows."""

import pytest

from app.scim.errors import InvalidValue
from app.scim.projection import project, wants
from app.scim.schemas import ENTERPRISE_USER, GROUP_TYPE, USER_TYPE, Attribute, Schema

URN = ENTERPRISE_USER.id
CORE = USER_TYPE.schema.id
ADA = {
    "schemas": [CORE, URN],
    "id": "1",
    "userName": "ada",
    "password": "never shown",
    "active": False,
    "name": {"givenName": "A", "familyName": "L"},
    "emails": [{"value": "a@work", "type": "work"}, {"value": "a@home"}],
    "meta": {"version": "v"},
    "unknown": 1,
    URN: {"department": "d", "manager": {"value": "7"}},
}


def shown(attributes=None, excluded=None):
    return project(ADA, USER_TYPE, attributes, excluded)


def test_by_default_everything_but_passwords_and_unknown_attributes_is_shown():
    assert shown() == {name: value for name, value in ADA.items() if name not in {"password", "unknown"}}
    assert shown("", "") == shown()


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("userName", {"userName": "ada"}),
        ("USERNAME, active ", {"userName": "ada", "active": False}),
        (f"{CORE}:userName", {"userName": "ada"}),
        ("name.givenname", {"name": {"givenName": "A"}}),
        ("name", {"name": ADA["name"]}),
        ("name,name.givenName", {"name": ADA["name"]}),
        ("emails.type", {"emails": [{"type": "work"}]}),
        ("emails.display", {}),
        ("password", {}),
        ("nonsense,,name.nonsense", {}),
        ("meta", {"meta": {"version": "v"}}),
    ],
)
def test_only_what_is_asked_for_is_shown(attributes, expected):
    assert shown(attributes) == {"schemas": [CORE], "id": "1", **expected}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (f"{URN}:department", {"department": "d"}),
        (f"{URN.upper()}:MANAGER.value", {"manager": {"value": "7"}}),
        (URN, ADA[URN]),
        ("manager", {"manager": {"value": "7"}}),
    ],
)
def test_an_extension_is_listed_where_it_is_shown(attributes, expected):
    assert shown(attributes) == {"schemas": [CORE, URN], "id": "1", URN: expected}


def test_what_is_excluded_is_absent():
    result = shown(None, f"name.givenName,EMAILS,{URN}")
    assert result == {
        "schemas": [CORE],
        "id": "1",
        "userName": "ada",
        "active": False,
        "name": {"familyName": "L"},
        "meta": {"version": "v"},
    }


def test_id_and_schemas_cannot_be_excluded():
    assert shown(None, "id,schemas,userName").items() >= {"id": "1"}.items()


def test_both_parameters_exclude_each_other():
    with pytest.raises(InvalidValue):
        shown("userName", "name")


def test_an_attribute_that_is_returned_on_request_is_shown_when_it_is_named():
    secret = Schema("urn:x:2.0:User", "X", "X", (Attribute("seldom", returned="request"),))
    resource_type = USER_TYPE.with_extension(secret)
    document = {"id": "1", "urn:x:2.0:User": {"seldom": "s"}}
    assert "urn:x:2.0:User" not in project(document, resource_type)
    assert project(document, resource_type, "urn:x:2.0:User:seldom")["urn:x:2.0:User"] == {"seldom": "s"}


def test_the_document_stays_as_it_is():
    before = {**ADA}
    shown("emails.type")
    assert before == ADA


@pytest.mark.parametrize(
    ("attributes", "excluded", "wanted"),
    [
        (None, None, True),
        (None, "members", False),
        (None, "MEMBERS,displayName", False),
        (None, "members.display", True),
        ("displayName", None, False),
        ("displayName,members", None, True),
        ("members.value", None, True),
        (f"{GROUP_TYPE.schema.id}:members", None, True),
    ],
)
def test_whether_members_are_wanted_is_known_before_they_are_loaded(attributes, excluded, wanted):
    assert wants("members", GROUP_TYPE, attributes, excluded) is wanted


def test_nobody_wants_what_does_not_exist_or_is_never_shown():
    assert not wants("nonsense", USER_TYPE)
    assert not wants("password", USER_TYPE, "password")
