"""Whatever is sent: a result or a ScimError, never another exception."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scim.bulk import Done, bulk_response, parse_bulk, resolve, units
from app.scim.errors import InvalidFilter, InvalidPath, ScimError
from app.scim.filter import matches, parse_filter
from app.scim.patch import apply_patch, parse_patch, split_members
from app.scim.path import parse_path
from app.scim.projection import project
from app.scim.schemas import ENTERPRISE_USER, GROUP_TYPE, USER_TYPE
from app.scim.validation import parse_resource, revalidate

URN = ENTERPRISE_USER.id
KEYS = [
    "userName",
    "USERNAME",
    "schemas",
    "name",
    "emails",
    "manager",
    "members",
    "value",
    "primary",
    "active",
]
KEYS += ["displayName", "type", "$ref", "id", "meta", URN, f"{URN}:department", 'emails[type eq "x"]', "x.y"]
PATHS = [
    *KEYS,
    "name.givenName",
    'emails[type eq "work"].value',
    "emails.value",
    'members[value eq "1"]',
    "roles",
]

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["True", ""])
)
keys = st.one_of(st.sampled_from(KEYS), st.text(max_size=4))
values = st.recursive(
    scalars,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(keys, below, max_size=4)),
    max_leaves=10,
)
bodies = st.dictionaries(keys, values, max_size=5)
operations = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "Remove", "replace"])},
    optional={"path": st.one_of(st.sampled_from(PATHS), st.none(), st.text(max_size=5)), "value": values},
)
patches = st.fixed_dictionaries({"Operations": st.lists(operations, min_size=1, max_size=4)})

TOKENS = ["userName", "emails", "[", "]", "(", ")", "and", "or", "not", "eq", "pr", "gt", '"x"', '"', "\\"]
TOKENS += ["true", "null", "5", "-", ".value", ".", ":", URN, "type", "active", "\0", "meta.created", "$ref"]
texts = st.one_of(st.text(), st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join))

USER = parse_resource(
    {"userName": "a", "emails": [{"value": "x", "type": "work"}], URN: {"manager": "1"}}, USER_TYPE
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(values, bodies.map(lambda body: {"userName": "a", "displayName": "g", **body})))
def test_any_json_is_a_resource_or_a_scim_error(body):
    for resource_type in (USER_TYPE, GROUP_TYPE):
        with contextlib.suppress(ScimError):
            document = parse_resource(body, resource_type)
            assert parse_resource(document, resource_type) == document
            json.dumps(document, allow_nan=False).encode()


bulk_operations = st.fixed_dictionaries(
    {"method": st.sampled_from(["POST", "put", "PATCH", "DELETE", "GET"])},
    optional={
        "path": st.sampled_from(["/Users", "/Groups", "/Users/bulkId:a", "Groups/1/", "/Users/"])
        | st.text(max_size=5),
        "bulkId": st.sampled_from(["a", "b", "c"]) | values,
        "data": values | patches | st.just({"manager": "bulkId:b", "members": ["bulkId:a"]}),
        "version": values,
    },
)
bulks = st.fixed_dictionaries({"Operations": st.lists(values | bulk_operations, min_size=1, max_size=5)})


@settings(max_examples=150, deadline=None)
@given(st.one_of(values, bulks))
def test_any_json_is_a_bulk_request_of_which_each_operation_has_its_turn_or_a_scim_error(body):
    with contextlib.suppress(ScimError):
        operations = resolve(parse_bulk(body).operations, "new".__str__)
        turns = [at for unit in units(operations, {}) for at in unit.operations]
        assert sorted(turns) == list(range(len(operations)))
        outcomes = {at: each.problem or Done(200) for at, each in enumerate(operations)}
        json.dumps(bulk_response("", operations, outcomes), allow_nan=False).encode()


@settings(max_examples=150, deadline=None)
@given(st.one_of(values, patches))
def test_any_json_is_a_patch_or_a_scim_error(body):
    with contextlib.suppress(ScimError):
        after = apply_patch(USER, parse_patch(body), USER_TYPE)
        assert revalidate(after, USER_TYPE) == after
    with contextlib.suppress(ScimError):
        split_members(parse_patch(body), GROUP_TYPE)


@settings(max_examples=150, deadline=None)
@given(texts)
def test_any_text_is_a_filter_or_an_invalid_filter(text):
    with contextlib.suppress(InvalidFilter):
        matches(parse_filter(text, USER_TYPE), USER, USER_TYPE)


@settings(max_examples=120, deadline=None)
@given(texts)
def test_any_text_is_a_path_or_an_invalid_path(text):
    with contextlib.suppress(InvalidPath):
        parse_path(text, USER_TYPE)


@settings(max_examples=100, deadline=None)
@given(texts)
def test_any_text_names_attributes(text):
    assert project(USER, USER_TYPE, text, None).keys() >= {"schemas"}


def nested(depth):
    value = "x"
    for level in range(depth):
        value = [value] if level % 2 else {"value": value, "x": value if level < 2 else 1}
    return value


@pytest.mark.parametrize("name", ["userName", "name", "emails", "manager", "active", "schemas", URN, "unknown"])
def test_no_nesting_is_too_deep(name):
    deep = nested(100_000)
    with contextlib.suppress(ScimError):
        parse_resource({"userName": "a", name: deep}, USER_TYPE)
    for path in (name, None):
        body = {"Operations": [{"op": "replace", "path": path, "value": {name: deep} if path is None else deep}]}
        with contextlib.suppress(ScimError):
            apply_patch(USER, parse_patch(body), USER_TYPE)
        with contextlib.suppress(ScimError):
            split_members(parse_patch(body), GROUP_TYPE)
