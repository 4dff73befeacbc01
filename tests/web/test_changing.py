"""PATCH and PUT over HTTP: what each identity provider's dialect changes, and what no dialect does."""

import pytest

from tests.bridge import GROUP, USER, add, person, refs, remove, replace

URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def members(bridge, group):
    return {member["value"] for member in bridge.get(f"/Groups/{group}").body.get("members", ())}


@pytest.fixture
def bridge(build):
    return build("squirro")


@pytest.mark.parametrize(("idp", "adds"), [("generic", False), ("okta", False), ("entra", True)])
def test_what_a_patch_that_replaces_members_means_is_the_dialects(build, idp, adds):
    bridge = build("squirro", idp=idp)
    ann, bob, cid = (bridge.hire(name) for name in ("ann", "bob", "cid"))
    group = bridge.found("Finance", [ann])
    answer = bridge.patch(f"/Groups/{group}", replace("members", refs([bob])))
    assert (answer.status, answer.body) == (204, None)
    assert members(bridge, group) == ({ann, bob} if adds else {bob})
    bridge.patch(f"/Groups/{group}", {"op": "Replace", "value": {"members": refs([cid]), "displayName": "Finance"}})
    assert members(bridge, group) == ({ann, bob, cid} if adds else {cid})
    bridge.patch(f"/Groups/{group}", {"op": "Remove", "path": "members", "value": refs([cid])})
    assert members(bridge, group) == ({ann, bob} if adds else set())
    bridge.put(f"/Groups/{group}", {"schemas": [GROUP], "displayName": "Finance", "members": refs([bob, cid])})
    assert members(bridge, group) == {bob, cid}
    bridge.patch(f"/Groups/{group}", replace("members", []))
    assert members(bridge, group) == set()
    bridge.assert_agreement()


def test_a_patch_is_answered_as_the_dialect_says_and_with_attributes_where_they_are_asked_for(bridge):
    ann, group = bridge.hire("ann"), bridge.found("Finance")
    user, finance = f"/Users/{ann}", f"/Groups/{group}"
    assert bridge.patch(user, replace("title", "Dr")).body["title"] == "Dr"
    assert (bridge.patch(finance, add(ann)).status, bridge.patch(finance, add(ann)).body) == (204, None)
    shown = bridge.patch(f"{finance}?excludedAttributes=members", replace("displayName", "Money"))
    assert (shown.status, shown.body["displayName"], "members" in shown.body) == (200, "Money", False)
    shown = bridge.patch(f"{user}?attributes=title", replace("title", "Prof"))
    assert (shown.body["title"], "userName" in shown.body) == ("Prof", False)


@pytest.mark.parametrize("idp", ["okta", "generic", "entra"])
def test_a_value_that_a_replace_does_not_find_is_made_for_everybody(build, idp):
    bridge = build("squirro", idp=idp)
    ann = bridge.hire("ann")
    answer = bridge.patch(f"/Users/{ann}", replace('phoneNumbers[type eq "mobile"].value', "5"))
    assert answer.body["phoneNumbers"] == [{"type": "mobile", "value": "5"}]


ERRORS = [
    ("noTarget", {"op": "remove"}),
    ("noTarget", replace('emails[type sw "x"].value', "n")),
    ("invalidPath", replace("shoe", 1)),
    ("invalidPath", {"op": "remove", "path": 'emails[type eq "work"'}),
    ("invalidFilter", {"op": "remove", "path": 'emails[shoe eq "x"]'}),
    ("mutability", replace("id", "x")),
    ("mutability", {"op": "remove", "path": "userName"}),
    ("mutability", replace(f"{URN}:manager.displayName", "x")),
    ("invalidSyntax", {"op": "move", "path": "title"}),
    ("invalidSyntax", "title"),
    ("invalidValue", replace("title", {"value": "x"})),
    ("invalidValue", replace("emails", "x")),
    ("uniqueness", replace("userName", "BOB@acme.example")),
]


def test_a_patch_that_fails_says_why_and_changes_nothing(bridge):
    ann, _ = bridge.hire("ann"), bridge.hire("bob")
    before = bridge.get(f"/Users/{ann}").body
    for scim_type, operation in ERRORS:
        refused = bridge.patch(f"/Users/{ann}", replace("nickName", "first"), operation)
        status = 409 if scim_type == "uniqueness" else 400
        assert (refused.status, refused.body.get("scimType")) == (status, scim_type), operation
    assert bridge.get(f"/Users/{ann}").body == before


def test_a_patch_of_a_group_that_fails_says_why_and_changes_nothing(bridge):
    ann, group, _ = bridge.hire("ann"), bridge.found("Finance"), bridge.found("Money")
    bridge.patch(f"/Groups/{group}", add(ann))
    before = bridge.get(f"/Groups/{group}").body
    for scim_type, operation in [
        ("invalidValue", add("nobody")),
        ("invalidValue", add(ann, "nobody")),
        ("invalidValue", {"op": "add", "path": "members", "value": [{"value": 5}]}),
        ("mutability", replace(f'members[value eq "{ann}"].value', "x")),
        ("mutability", replace("id", "x")),
        ("mutability", {"op": "remove", "path": "displayName"}),
        ("invalidPath", replace("shoe", 1)),
        ("invalidFilter", {"op": "remove", "path": 'members[shoe eq "x"]'}),
        ("noTarget", {"op": "remove"}),
        ("uniqueness", replace("displayName", "MONEY")),
    ]:
        refused = bridge.patch(f"/Groups/{group}", remove(ann), operation)
        status = 409 if scim_type == "uniqueness" else 400
        assert (refused.status, refused.body.get("scimType")) == (status, scim_type), operation
    assert bridge.get(f"/Groups/{group}").body == before


def test_what_is_there_already_keeps_version_and_time(bridge):
    ann = bridge.hire("ann", title="Dr")
    group = bridge.found("Finance", [ann])
    user, finance = (bridge.get(path).body["meta"] for path in (f"/Users/{ann}", f"/Groups/{group}"))
    bridge.patch(
        f"/Users/{ann}",
        {"op": "add", "path": "title", "value": "Dr"},
        {"op": "add", "path": "emails", "value": [{"value": "ann@acme.example", "type": "work"}]},
        replace("name", {"familyName": "Lee"}),
        {"op": "remove", "path": "nickName"},
    )
    bridge.patch(f"/Groups/{group}", add(ann), replace("displayName", "Finance"), replace("members", refs([ann])))
    assert bridge.get(f"/Users/{ann}").body["meta"] == user
    assert bridge.get(f"/Groups/{group}").body["meta"] == finance


def test_a_put_clears_what_it_leaves_out_and_ignores_what_it_may_not_write(bridge):
    ann = bridge.hire("ann", title="Dr", active=False, **{URN: {"department": "R&D"}})
    before = bridge.get(f"/Users/{ann}").body
    sent = {key: value for key, value in person("ann").items() if key not in {"active", "displayName"}}
    ignored = {"id": "x", "meta": {"created": "x"}, "groups": [{"value": "x"}], "shoe": 1}
    after = bridge.put(f"/Users/{ann}", {**sent, **ignored}).body
    gone = {"title", "displayName", URN}
    assert after == {
        **{key: value for key, value in before.items() if key not in gone},
        "schemas": [USER],
        "meta": {**before["meta"], **{key: after["meta"][key] for key in ("lastModified", "version")}},
    }
    refused = bridge.put(f"/Users/{ann}", {key: value for key, value in sent.items() if key != "userName"})
    assert (refused.status, refused.body["scimType"]) == (400, "invalidValue")
    assert bridge.get(f"/Users/{ann}").body == after


def test_a_put_of_a_group_without_members_empties_it(bridge):
    ann = bridge.hire("ann")
    group = bridge.found("Finance", [ann])
    refused = bridge.put(f"/Groups/{group}", {"schemas": [GROUP], "members": refs([ann])})
    assert (refused.status, refused.body["scimType"]) == (400, "invalidValue")
    assert members(bridge, group) == {ann}
    assert "members" not in bridge.put(f"/Groups/{group}", {"schemas": [GROUP], "displayName": "Finance"}).body
    assert bridge.get(f"/Users/{ann}").body.get("groups") is None


def test_over_the_root_one_filter_selects_from_every_type_that_has_the_attribute(bridge):
    ann, group = bridge.hire("ann"), bridge.found("Finance")
    for text, found in {
        'userName eq "ann@acme.example" or displayName eq "finance"': {ann, group},
        'userName eq "ann@acme.example"': {ann},
        'meta.resourceType eq "User"': {ann},
        f'schemas eq "{GROUP}"': {group},
        'userName ne "ann@acme.example"': {group},
        "active eq true": {ann},
        f'{GROUP}:displayName ne "x" and {USER}:displayName eq null': {group},
        f'{USER}:displayName eq "ann lee" and not (members pr) and {GROUP}:displayName eq null': {ann},
        "not (active eq true)": {group},
    }.items():
        listed = bridge.get(f"?filter={text}")
        assert {each["id"] for each in listed.body["Resources"]} == found, text
    refused = bridge.get('?filter=shoe eq "x" or userName pr')
    assert (refused.status, refused.body["scimType"]) == (400, "invalidFilter")


def test_a_group_keeps_its_old_external_id_when_none_of_the_new_members_could_follow(build):
    bridge = build("datasentinel")
    ann, document = bridge.hire("ann"), {"schemas": [GROUP], "displayName": "Nope", "externalId": "old"}
    nope = bridge.post("/Groups", document).body["id"]
    before = bridge.get(f"/Groups/{nope}").body
    value = {"externalId": "new", "members": refs([ann])}
    refused = bridge.patch(f"/Groups/{nope}", {"op": "replace", "value": value})
    assert refused.status == 400
    assert bridge.get(f"/Groups/{nope}").body == before


def test_a_filter_sees_the_version_that_is_shown_and_members_by_their_address(build):
    bridge = build("squirro")
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    bridge.patch(f"/Groups/{finance}", add(ann))
    version = bridge.get(f"/Users/{ann}").body["meta"]["version"].replace('"', '\\"')
    assert bridge.get(f'/Users?filter=meta.version eq "{version}"').body["totalResults"] == 1
    (member,) = bridge.get(f"/Groups/{finance}").body["members"]
    assert bridge.get(f'/Groups?filter=members.$ref eq "{member["$ref"]}"').body["totalResults"] == 1
    path = f'members[$ref eq "{member["$ref"]}"]'
    assert bridge.patch(f"/Groups/{finance}", {"op": "remove", "path": path}).status == 204
    assert "members" not in bridge.get(f"/Groups/{finance}").body
