"""The definitions and the index of names."""

import pytest
from scim2_models import EnterpriseUser, Group, User
from scim2_models import Schema as ModelSchema

from app.scim.schemas import (
    ENTERPRISE_USER,
    GROUP,
    GROUP_TYPE,
    USER,
    USER_TYPE,
    Attribute,
    AttributePath,
    Schema,
)

URN = ENTERPRISE_USER.id
BADGE = Schema("urn:ietf:params:scim:schemas:extension:acme:2.0:User", "Acme", "Acme", (Attribute("badge"),))


@pytest.mark.parametrize(
    ("spelling", "path"),
    [
        ("USERNAME", AttributePath("userName")),
        ("name.GivenName", AttributePath("name", "givenName")),
        ("urn:ietf:params:scim:schemas:core:2.0:user:emails.VALUE", AttributePath("emails", "value")),
        (f"{URN.upper()}:Department", AttributePath("department", None, URN)),
        (f"{URN}:manager.value", AttributePath("manager", "value", URN)),
        ("manager", AttributePath("manager", None, URN)),
        ("externalid", AttributePath("externalId")),
        ("meta.lastmodified", AttributePath("meta", "lastModified")),
        ("name.", None),
        ("nothing", None),
        ("", None),
    ],
)
def test_a_name_in_any_spelling_resolves_to_one_path(spelling, path):
    assert USER_TYPE.resolve(spelling) == path


def test_every_path_reads_as_it_is_resolved():
    for text in ("userName", "name.givenName", f"{URN}:department", f"{URN}:manager.value"):
        assert str(USER_TYPE.resolve(text)) == text


def test_ids_are_case_exact_and_user_names_are_not():
    exact = {"id", "externalId", "members.value"}
    assert all(GROUP_TYPE.find(name).case_exact for name in exact)
    assert not USER_TYPE.find("userName").case_exact
    assert not USER_TYPE.find("emails.value").case_exact


def test_a_core_attribute_hides_an_extension_attribute_of_the_same_name():
    extension = Schema("urn:x:User", "X", "X", (Attribute("title", "boolean"),))
    resource_type = USER_TYPE.with_extension(extension)
    assert resource_type.find("title").type == "string"
    assert resource_type.find("urn:x:User:title").type == "boolean"


def test_a_vendor_extension_is_found_and_leaves_the_original_alone():
    extended = USER_TYPE.with_extension(BADGE)
    assert extended.find(f"{BADGE.id}:badge") == Attribute("badge")
    assert USER_TYPE.find(f"{BADGE.id}:badge") is None
    assert extended != USER_TYPE


def test_an_attribute_that_is_left_out_is_unknown_everywhere():
    reduced = USER_TYPE.without("PASSWORD")
    assert reduced.find("password") is None
    assert "password" not in str(reduced.schema.document())


def test_equal_resource_types_hash_alike():
    assert hash(USER_TYPE.without("nickName")) == hash(USER_TYPE.without("nickName"))


def _nulls(value):
    if isinstance(value, dict):
        return any(_nulls(item) for item in value.values())
    return any(_nulls(item) for item in value) if isinstance(value, list) else value is None


@pytest.mark.parametrize("schema", [USER, GROUP, ENTERPRISE_USER])
def test_a_schema_document_is_a_schema_to_an_independent_reader(schema):
    document = schema.document()
    assert not _nulls(document)
    ModelSchema.model_validate(document)


@pytest.mark.parametrize(("schema", "model"), [(USER, User), (GROUP, Group), (ENTERPRISE_USER, EnterpriseUser)])
def test_the_attributes_are_those_of_the_rfc(schema, model):
    theirs = {each.name: each for each in model.to_schema().attributes}
    assert theirs.keys() <= {each.name for each in schema.attributes} | {
        "externalId",
        "id",
        "schemas",
        "meta",
    }
    for attribute in schema.attributes:
        other = theirs[attribute.name]
        assert (attribute.type, attribute.multi_valued) == (other.type.value, bool(other.multi_valued))
        ours = {sub.name for sub in attribute.sub_attributes}
        left_out = {"display"} if attribute.name == "members" else set()  # as in RFC 7643 §8.7.1
        assert ours >= {sub.name for sub in other.sub_attributes or []} - left_out, attribute.name


def test_active_is_declared_required_so_that_no_tester_removes_it():
    active = next(each for each in USER.document()["attributes"] if each["name"] == "active")
    assert active["required"] is True


def test_passwords_are_written_and_never_returned():
    password = USER.find("password")
    assert (password.mutability, password.returned) == ("writeOnly", "never")
