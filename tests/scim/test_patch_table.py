"""RFC 7644 §3.5.2: every form of path, each operation, every kind of attribute, and the error each can give."""

import copy

import pytest

from app.scim.errors import ScimError
from app.scim.patch import apply_patch, parse_patch
from app.scim.schemas import ENTERPRISE_USER, USER, USER_TYPE, Attribute, Schema
from app.scim.validation import parse_resource, replaced

CORE, URN, ACME = USER.id, ENTERPRISE_USER.id, "urn:acme:2.0:User"
PLACE = Attribute(
    "place",
    "complex",
    sub_attributes=(
        Attribute("room", required=True),
        Attribute("floor", "integer"),
        Attribute("map", mutability="readOnly"),
    ),
)
EXTENSION = Schema(
    ACME,
    "Acme",
    "Acme",
    (
        Attribute("badge", mutability="immutable"),
        Attribute("level", "integer"),
        Attribute("hired", "dateTime"),
        Attribute("tags", multi_valued=True),
        Attribute("grade", mutability="readOnly"),
        PLACE,
    ),
)
TYPE = USER_TYPE.with_extension(EXTENSION)
WORK, HOME = {"type": "work", "value": "a@work", "primary": True}, {"type": "home", "value": "a@home"}
HERE, THERE = {"type": "work", "locality": "L", "region": "R"}, {"type": "home", "locality": "H"}
ADA = {
    **parse_resource(
        {
            "userName": "ada",
            "title": "t",
            "active": True,
            "name": {"givenName": "Ada", "familyName": "L"},
            "emails": [WORK, HOME],
            "addresses": [HERE, THERE],
            URN: {"department": "d", "manager": {"value": "1"}},
            ACME: {"badge": "b", "level": 3, "tags": ["x", "y"], "place": {"room": "r", "floor": 2}},
        },
        TYPE,
    ),
    "id": "U1",
    "groups": [{"value": "G1"}],
    "meta": {"version": "v"},
}
NAME, ENTERPRISE, OURS = ADA["name"], ADA[URN], ADA[ACME]
NEW = {"type": "other", "value": "new"}
QUIET = {**WORK, "primary": False}


def patched(*operations):
    before = copy.deepcopy(ADA)
    try:
        return apply_patch(ADA, parse_patch({"Operations": list(operations)}), TYPE)
    finally:
        assert before == ADA


def expected(**changes):
    document = {**ADA, **changes}
    return {name: value for name, value in document.items() if value is not None}


def op(verb, path, *value):
    return {"op": verb, **({"path": path} if path else {}), **({"value": value[0]} if value else {})}


@pytest.mark.parametrize(
    ("operation", "changes"),
    [
        # a simple attribute
        (op("add", "title", "n"), {"title": "n"}),
        (op("replace", "title", "n"), {"title": "n"}),
        (op("replace", "nickName", "n"), {"nickName": "n"}),
        (op("remove", "title"), {"title": None}),
        (op("replace", "title", None), {"title": None}),
        (op("add", f"{CORE}:title", "n"), {"title": "n"}),
        (op("remove", f"{CORE.upper()}:TITLE"), {"title": None}),
        (op("replace", "externalId", "e"), {"externalId": "e"}),
        (op("replace", "active", "False"), {"active": False}),
        # a complex one, and its sub-attributes
        (op("add", "name", {"givenName": "B"}), {"name": {"givenName": "B", "familyName": "L"}}),
        (op("replace", "name", {"givenName": "B"}), {"name": {"givenName": "B", "familyName": "L"}}),
        (op("remove", "name"), {"name": None}),
        (op("add", "name.middleName", "M"), {"name": {**NAME, "middleName": "M"}}),
        (op("replace", f"{CORE}:name.givenName", "B"), {"name": {**NAME, "givenName": "B"}}),
        (op("remove", "name.givenName"), {"name": {"familyName": "L"}}),
        # several values
        (op("add", "emails", [NEW]), {"emails": [WORK, HOME, NEW]}),
        (op("add", "emails", NEW), {"emails": [WORK, HOME, NEW]}),
        (op("add", "emails", [{**NEW, "primary": True}]), {"emails": [QUIET, HOME, {**NEW, "primary": True}]}),
        (op("replace", "emails", [NEW]), {"emails": [NEW]}),
        (op("replace", "emails", []), {"emails": None}),
        (op("remove", "emails"), {"emails": None}),
        (op("remove", f"{CORE}:emails", [{"value": "a@work"}]), {"emails": [HOME]}),
        (op("remove", "emails", [{"type": "home"}, {"value": "nobody's"}]), {"emails": [WORK]}),
        (op("add", "tags", ["z"]), {ACME: {**OURS, "tags": ["x", "y", "z"]}}),
        (op("replace", f"{ACME}:tags", ["z"]), {ACME: {**OURS, "tags": ["z"]}}),
        (op("remove", "tags", ["x"]), {ACME: {**OURS, "tags": ["y"]}}),
        # one sub-attribute of all values
        (
            op("replace", "addresses.region", "N"),
            {"addresses": [{**HERE, "region": "N"}, {**THERE, "region": "N"}]},
        ),
        (op("remove", "addresses.region"), {"addresses": [{"type": "work", "locality": "L"}, THERE]}),
        (op("remove", "emails.value"), {"emails": None}),
        # chosen values
        (op("add", 'emails[type eq "home"]', {"display": "d"}), {"emails": [WORK, {**HOME, "display": "d"}]}),
        (
            op("replace", 'emails[type eq "home"]', {"value": "n"}),
            {"emails": [WORK, {"type": "home", "value": "n"}]},
        ),
        (op("remove", 'emails[type eq "home"]'), {"emails": [WORK]}),
        (op("remove", 'emails[type eq "work" or value sw "a"]'), {"emails": None}),
        (op("remove", 'emails[not (type eq "work")]'), {"emails": [WORK]}),
        (op("replace", f'{CORE}:emails[type eq "work"].value', "n"), {"emails": [{**WORK, "value": "n"}, HOME]}),
        (op("add", 'emails[type eq "home"].primary', "True"), {"emails": [QUIET, {**HOME, "primary": True}]}),
        (op("remove", 'emails[type eq "work"].primary'), {"emails": [{"type": "work", "value": "a@work"}, HOME]}),
        (
            op("remove", 'addresses[type eq "work"].region'),
            {"addresses": [{"type": "work", "locality": "L"}, THERE]},
        ),
        (
            op("replace", 'emails[value ew "work" and primary eq true].type', "other"),
            {"emails": [{**WORK, "type": "other"}, HOME]},
        ),
        # chosen values that are not there: made from the filter
        (
            op("replace", 'emails[type eq "other"].value', "n"),
            {"emails": [WORK, HOME, {"type": "other", "value": "n"}]},
        ),
        (
            op("add", 'phoneNumbers[type eq "work" and primary eq "True"].value', "5"),
            {"phoneNumbers": [{"type": "work", "primary": True, "value": "5"}]},
        ),
        (op("replace", 'roles[value eq "r"]', {"display": "R"}), {"roles": [{"value": "r", "display": "R"}]}),
        # an extension, its attributes, and sub-attributes of them
        (op("add", URN, {"costCenter": "c"}), {URN: {**ENTERPRISE, "costCenter": "c"}}),
        (op("replace", URN, {"department": "n"}), {URN: {**ENTERPRISE, "department": "n"}}),
        (op("replace", f"{URN}:department", "n"), {URN: {**ENTERPRISE, "department": "n"}}),
        (op("remove", f"{URN}:department"), {URN: {"manager": {"value": "1"}}}),
        (op("replace", f"{URN}:manager.value", "2"), {URN: {"department": "d", "manager": {"value": "2"}}}),
        (
            op("add", f"{URN}:manager", {"value": "2", "displayName": "M"}),
            {URN: {"department": "d", "manager": {"value": "2"}}},
        ),
        (op("remove", f"{URN}:manager.value"), {URN: {"department": "d"}}),
        (op("replace", f"{ACME}:place.floor", 5), {ACME: {**OURS, "place": {"room": "r", "floor": 5}}}),
        (
            op("replace", "place", {"floor": 5, "map": "ignored"}),
            {ACME: {**OURS, "place": {"room": "r", "floor": 5}}},
        ),
        # no path
        (
            op("add", None, {"title": "n", "name": {"givenName": "B"}, "emails": [NEW]}),
            {"title": "n", "name": {**NAME, "givenName": "B"}, "emails": [WORK, HOME, NEW]},
        ),
        (op("replace", None, {"emails": [NEW], "title": None}), {"emails": [NEW], "title": None}),
        (
            op("replace", None, {"name.givenName": "B", f"{URN}:department": "n"}),
            {"name": {**NAME, "givenName": "B"}, URN: {**ENTERPRISE, "department": "n"}},
        ),
        (
            op("replace", None, {URN: {"department": "n"}, "id": "2", "groups": [], "shoe": 1}),
            {URN: {**ENTERPRISE, "department": "n"}},
        ),
        # no change
        (op("add", "title", "t"), {}),
        (op("add", "emails", [HOME, {"type": "work", "value": "a@work"}]), {}),
        (op("add", "tags", ["x"]), {}),
        (op("replace", "name", {"familyName": "L"}), {}),
        (op("replace", 'emails[type eq "work"].primary', True), {}),
        (op("remove", "nickName"), {}),
        (op("remove", 'emails[type eq "other"]'), {}),
        (op("remove", "emails", [{"value": "nobody's"}]), {}),
        (op("replace", f"{ACME}:badge", "b"), {}),
    ],
)
def test_what_an_operation_does(operation, changes):
    assert patched(operation) == expected(**changes)


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        # noTarget
        (op("remove", None), "noTarget"),
        (op("remove", ""), "noTarget"),
        (op("remove", None, {"title": "t"}), "noTarget"),
        (op("replace", 'emails[type sw "x"].value', "n"), "noTarget"),
        (op("replace", 'emails[type eq "x" or type eq "y"].value', "n"), "noTarget"),
        (op("replace", 'emails[value eq "x"].value', "n"), "noTarget"),
        (op("add", "emails[not (type pr)].value", "n"), "noTarget"),
        # invalidPath
        (op("add", "shoe", 1), "invalidPath"),
        (op("remove", "name.shoe"), "invalidPath"),
        (op("replace", "title.x", 1), "invalidPath"),
        (op("replace", f"{URN}:shoe", 1), "invalidPath"),
        (op("replace", "urn:other:2.0:User:title", 1), "invalidPath"),
        (op("replace", 'emails[type eq "work"', "n"), "invalidPath"),
        (op("replace", 'emails[type eq "work"].shoe', "n"), "invalidPath"),
        (op("replace", 'title[value eq "t"]', "n"), "invalidPath"),
        (op("replace", 'name[givenName eq "Ada"].givenName', "n"), "invalidPath"),
        (op("replace", 'tags[value eq "x"]', "n"), "invalidPath"),
        (op("replace", 'title eq "t"', "n"), "invalidPath"),
        (op("replace", "title,active", "n"), "invalidPath"),
        (op("replace", ["title"], "n"), "invalidPath"),
        (op("remove", "x" * 9000), "invalidPath"),
        # invalidFilter
        (op("remove", 'emails[shoe eq "x"]'), "invalidFilter"),
        (op("replace", "emails[primary gt true].value", "n"), "invalidFilter"),
        (op("remove", "emails[type eq 5]"), "invalidFilter"),
        # mutability
        (op("replace", "id", "2"), "mutability"),
        (op("add", "groups", [{"value": "G2"}]), "mutability"),
        (op("remove", "groups"), "mutability"),
        (op("remove", 'groups[value eq "G1"]'), "mutability"),
        (op("replace", "meta.lastModified", "2030-01-01T00:00:00Z"), "mutability"),
        (op("add", f"{URN}:manager.displayName", "M"), "mutability"),
        (op("replace", f"{ACME}:grade", "A"), "mutability"),
        (op("replace", f"{ACME}:place.map", "m"), "mutability"),
        (op("remove", "userName"), "mutability"),
        (op("remove", f"{CORE}:userName"), "mutability"),
        (op("remove", f"{ACME}:place.room"), "mutability"),
        (op("replace", f"{ACME}:badge", "c"), "mutability"),
        (op("remove", f"{ACME}:badge"), "mutability"),
        (op("replace", None, {ACME: {"badge": "c"}}), "mutability"),
        # invalidValue
        (op("add", "title"), "invalidValue"),
        (op("replace", None), "invalidValue"),
        (op("replace", None, "n"), "invalidValue"),
        (op("add", None, [{"title": "n"}]), "invalidValue"),
        (op("replace", "title", {"value": "n"}), "invalidValue"),
        (op("replace", "title", ["n", "m"]), "invalidValue"),
        (op("replace", "title", 5), "invalidValue"),
        (op("replace", "title", True), "invalidValue"),
        (op("replace", "active", "maybe"), "invalidValue"),
        (op("replace", "active", 1), "invalidValue"),
        (op("replace", "level", "3"), "invalidValue"),
        (op("replace", "level", 3.5), "invalidValue"),
        (op("replace", "hired", "soon"), "invalidValue"),
        (op("replace", "name", "n"), "invalidValue"),
        (op("replace", "name.givenName", {"x": 1}), "invalidValue"),
        (op("replace", "emails", "n"), "invalidValue"),
        (op("replace", "emails", [None]), "invalidValue"),
        (op("replace", "emails", [{}, []]), "invalidValue"),
        (op("add", "tags", [""]), "invalidValue"),
        (op("replace", "title", {}), "invalidValue"),
        (op("replace", "active", []), "invalidValue"),
        (op("add", "addresses", "n"), "invalidValue"),
        (op("add", "emails", [5]), "invalidValue"),
        (op("add", "emails", [{"value": {"x": 1}}]), "invalidValue"),
        (op("replace", "emails", [WORK, {**HOME, "primary": True}]), "invalidValue"),
        (op("replace", "tags", [{"value": "x"}]), "invalidValue"),
        (op("replace", 'emails[type eq "work"].value', ["n"]), "invalidValue"),
        (op("replace", 'emails[type eq "work"]', [WORK, HOME]), "invalidValue"),
        (op("replace", URN, "n"), "invalidValue"),
        (op("replace", "userName", ""), "invalidValue"),
        (op("replace", None, {"userName": None}), "invalidValue"),
        (op("replace", f"{ACME}:place.room", None), "invalidValue"),
        # invalidSyntax
        (op("move", "title", "n"), "invalidSyntax"),
        ({"path": "title", "value": "n"}, "invalidSyntax"),
        ("title", "invalidSyntax"),
    ],
)
def test_what_cannot_be_done_says_why_and_nothing_is_done(operation, scim_type):
    with pytest.raises(ScimError) as refused:
        patched(op("replace", "nickName", "first"), operation)
    assert (refused.value.status, refused.value.scim_type) == (400, scim_type)


def test_each_operation_sees_what_the_earlier_ones_did():
    after = patched(
        op("remove", "emails"),
        op("add", "emails", [NEW]),
        op("replace", 'emails[type eq "other"].type', "work"),
        op("replace", 'emails[type eq "work"].value', "last"),
        op("remove", f"{ACME}:tags"),
        op("add", f"{ACME}:tags", "z"),
    )
    assert after["emails"] == [{"type": "work", "value": "last"}]
    assert after[ACME]["tags"] == ["z"]


@pytest.mark.parametrize(
    ("put", "badge"), [({}, "b"), ({ACME: {"level": 5}}, "b"), ({ACME: {"badge": "b"}}, "b"), ({ACME: None}, "b")]
)
def test_a_put_keeps_an_immutable_attribute_that_it_leaves_out(put, badge):
    after = replaced(ADA, parse_resource({"userName": "ada", **put}, TYPE), TYPE)
    assert after[ACME]["badge"] == badge
    assert ACME in after["schemas"]
    assert "title" not in after


def test_a_put_sets_an_immutable_attribute_once_and_never_changes_it():
    first, second = (parse_resource({"userName": "ada", ACME: {"badge": badge}}, TYPE) for badge in "bc")
    assert replaced(parse_resource({"userName": "ada"}, TYPE), first, TYPE) == first
    with pytest.raises(ScimError) as refused:
        replaced(first, second, TYPE)
    assert (refused.value.status, refused.value.scim_type) == (400, "mutability")
