"""Whatever /Schemas publishes as writable comes back as it was sent, by POST, PUT and PATCH, at every vendor."""

import pytest

from tests.bridge import created

SIMPLE = {
    "string": "{} {}",
    "reference": "https://x.example/{}/{}",
    "binary": "AAA{1}",
    "dateTime": "203{1}-01-31T12:00:00Z",
}
NAMES = {"userName": "ann@acme.example", "emails": [{"value": "ann@acme.example", "type": "work", "primary": True}]}
"""What a vendor knows people by is not changed everywhere."""
ADMINISTRATORS = {"admin"}
"""Values that nobody is given by the way."""


@pytest.fixture
def bridge(build, facts):
    return build(facts.vendor)


def writable(attributes):
    return [each for each in attributes if each["mutability"] not in {"readOnly", "writeOnly"}]


def one(attribute, number):
    """Return one value of an attribute; another for another number."""
    if attribute["type"] == "complex":
        return {each["name"]: value(each, number) for each in writable(attribute["subAttributes"])}
    if attribute["type"] == "boolean":
        return attribute["name"] == "primary" or bool(number % 2)
    if attribute["type"] in {"integer", "decimal"}:
        return number
    known = [each for each in attribute.get("canonicalValues", ()) if each not in ADMINISTRATORS]
    return known[number % len(known)] if known else SIMPLE[attribute["type"]].format(attribute["name"], number)


def value(attribute, number):
    found = one(attribute, number)
    return [found] if attribute["multiValued"] else found


def whole(schemas, type_, number):
    """Return a resource that has a value for all that its schemas publish as writable."""
    core, *extensions = (type_["schema"], *(each["schema"] for each in type_.get("schemaExtensions", ())))
    document = {each["name"]: value(each, number) for each in writable(schemas[core])}
    document |= {urn: found for urn in extensions if (found := _extension(schemas[urn], number))}
    return {**document, "externalId": f"external-{number}"}


def _extension(attributes, number):
    return {each["name"]: value(each, number) for each in writable(attributes)}


def offered(bridge, endpoint, number):
    """Return a value that can be given to a user, if the vendor has such a list."""
    answer = bridge.get(f"{endpoint}?filter=supported eq true")
    values = [each["value"] for each in answer.body["Resources"]] if answer.status == 200 else []
    return values[number % len(values)] if values else None


def user(bridge, schemas, types, number):
    document = {**whole(schemas, types["User"], number), **NAMES, "active": True}
    for name, endpoint in (("roles", "/Roles"), ("entitlements", "/Entitlements")):
        if bridge.mapping.role_values:
            chosen = offered(bridge, endpoint, number)
            document |= {name: [{**document[name][0], "value": chosen}]} if chosen else {}
            if not chosen:
                del document[name]
    return document


def shown(answer, sent):
    return {name: answer.body.get(name) for name in sent}


def assert_round_trips(bridge, endpoint, first, second):
    made = bridge.post(endpoint, first)
    path = f"{endpoint}/{created(made)}"
    assert shown(made, first) == first
    put = bridge.put(path, second)
    assert (put.status, shown(bridge.get(path), second)) == (200, second), put.body
    by_path = [{"op": "replace", "path": name, "value": given} for name, given in first.items()]
    for operations, sent in ((by_path, first), ([{"op": "replace", "value": second}], second)):
        patched = bridge.patch(path, *operations)
        assert patched.status in {200, 204}, patched.body
        assert shown(bridge.get(path), sent) == sent


def test_every_writable_attribute_of_a_user_comes_back_as_it_was_sent(bridge):
    schemas, types = discovered(bridge)
    first, second = (user(bridge, schemas, types, number) for number in (1, 2))
    assert len(first) >= 20
    assert_round_trips(bridge, "/Users", first, second)


def test_every_writable_attribute_of_a_group_comes_back_as_it_was_sent(bridge):
    schemas, types = discovered(bridge)
    members = [[member(bridge, name)] for name in ("ann", "bob")]
    first, second = (group(bridge, schemas, types, number) | {"members": members[number - 1]} for number in (1, 2))
    assert_round_trips(bridge, "/Groups", first, second)


def group(bridge, schemas, types, number):
    """Return a group; of what it grants, the vendor may know some values only."""
    document = whole(schemas, types["Group"], number)
    if bridge.vendor == "datasentinel":  # it has the groups that it has
        document["displayName"] = "role_1"
    if bridge.vendor == "prancer":
        (urn,) = (name for name in document if name.startswith("urn:"))
        document[urn] = {"permissions": [bridge.everything("/Entitlements")[number]["value"]]}
    return document


def member(bridge, name):
    id_ = bridge.hire(name)
    return {"value": id_, "$ref": f"http://localhost/main/scim/v2/Users/{id_}", "type": "User"}


def discovered(bridge):
    schemas = {each["id"]: each["attributes"] for each in bridge.everything("/Schemas")}
    return schemas, {each["name"]: each for each in bridge.everything("/ResourceTypes")}
