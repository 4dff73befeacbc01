"""Paths of PATCH operations."""

import pytest

from app.scim.errors import InvalidFilter, InvalidPath
from app.scim.filter import Comparison
from app.scim.path import parse_path
from app.scim.schemas import ENTERPRISE_USER, USER_TYPE, AttributePath

URN = ENTERPRISE_USER.id


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("displayname", "displayName"),
        ("name.FamilyName", "name.familyName"),
        ("urn:ietf:params:scim:schemas:core:2.0:User:name.familyName", "name.familyName"),
        (f"{URN}:EmployeeNumber", f"{URN}:employeeNumber"),
        (f"{URN}:manager.value", f"{URN}:manager.value"),
        ("manager", f"{URN}:manager"),
        ('emails[type eq "other"].Value', "emails.value"),
        ('addresses[type eq "work"]', "addresses"),
        (URN.lower(), URN),
    ],
)
def test_a_path_is_read_in_any_case(text, read):
    assert str(parse_path(text, USER_TYPE)) == read


def test_a_path_keeps_the_filter_that_chooses_entries():
    path = parse_path('roles[primary eq "True"].value', USER_TYPE)
    assert path.filter == Comparison(AttributePath("primary"), "eq", True)
    assert (path.attribute.name, path.sub.name) == ("roles", "value")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "shoeSize",
        "name.shoe",
        "name.givenName.x",
        "emails[",
        "emails[]",
        "emails[type]",
        'emails[type eq "x"].shoe',
        'emails[type eq "x"][type eq "y"]',
        'name[familyName eq "x"]',
        'userName eq "x"',
        "userName pr or title",
        "not (userName",
        "urn:nobody:knows",
        "members" * 2000,
        "emails[" + "(" * 100,
    ],
)
def test_anything_wrong_is_an_invalid_path(text):
    with pytest.raises(InvalidPath):
        parse_path(text, USER_TYPE)


@pytest.mark.parametrize(
    "text",
    ['emails[shoe eq "x"]', "emails[primary gt true]", "emails[type eq 5].value", 'emails[type[value eq "x"]]'],
)
def test_a_filter_that_compares_what_cannot_be_compared_is_an_invalid_filter(text):
    with pytest.raises(InvalidFilter):
        parse_path(text, USER_TYPE)
