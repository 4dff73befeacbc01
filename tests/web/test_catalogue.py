"""/Roles and /Entitlements: what each vendor offers, to a client that can only read it."""

import dataclasses
from urllib.parse import quote

import pytest

from app.scim.catalogue import ENTITLEMENT, OKTA_ENTITLEMENT, OKTA_ROLE, ROLE, resource_id
from mappings import discovery
from tests.bridge import add, created, person
from tests.vendors import VENDORS

OFFERING = sorted(name for name in VENDORS if discovery.load(name).catalogues)
PERISCOPE_GROUP = "urn:ietf:params:scim:schemas:extension:periscope:2.0:Group"
DASHBOARD = "0000-dashboard-1111-id"
ODD = ("role_1", "Sales / EMEA", "..", "50%~", "Ümläut?", "a:b@c")


@pytest.fixture(params=[(vendor, name) for vendor in OFFERING for name in discovery.load(vendor).catalogues])
def offered(request, build):
    """A bridge to each vendor with each list that it has."""
    vendor, name = request.param
    return build(vendor, role_schemas="ietf"), f"/{name}"


@pytest.fixture
def periscope(build):
    return build("periscope")


def names(answer):
    return [each["display"] for each in answer.body["Resources"]]


def test_what_a_vendor_offers_is_a_list_of_resources_and_each_can_be_read_alone(offered):
    bridge, endpoint = offered
    listed = bridge.get(endpoint)
    assert listed.body["totalResults"] == len(listed.body["Resources"]) > 0
    for resource in listed.body["Resources"]:
        assert resource["schemas"] == [ROLE.id if endpoint == "/Roles" else ENTITLEMENT.id]
        assert resource["meta"]["resourceType"] == endpoint.strip("/").replace("ies", "y").removesuffix("s")
        assert resource["meta"]["location"] == f"http://localhost/main/scim/v2{endpoint}/{resource['id']}"
        assert isinstance(resource["value"], str)
        assert isinstance(resource["supported"], bool)
        assert bridge.get(f"{endpoint}/{resource['id']}").body == resource
    ids = [each["id"] for each in listed.body["Resources"]]
    assert len(set(ids)) == len(ids)


def test_a_list_costs_its_calls_once(offered):
    bridge, endpoint = offered
    bridge.get(endpoint)
    first = bridge.calls()
    assert len(set(first)) == len(first)
    for _ in range(3):
        assert bridge.get(endpoint).status == 200
    assert bridge.calls() == []


def test_the_resource_types_and_schemas_are_discovered_where_the_vendor_offers_something(offered):
    bridge, endpoint = offered
    types = {each["endpoint"]: each for each in bridge.get("/ResourceTypes").body["Resources"]}
    schema = bridge.get(f"/Schemas/{types[endpoint]['schema']}").body
    assert bridge.get(f"/ResourceTypes/{types[endpoint]['name']}").body == types[endpoint]
    assert {each["mutability"] for each in schema["attributes"]} == {"readOnly"}
    required = {each["name"] for each in schema["attributes"] if each["required"]}
    assert required == ({"value", "supported"} if endpoint == "/Roles" else {"value"})


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(offered, method):
    bridge, endpoint = offered
    for path in (endpoint, f"{endpoint}/role-1"):
        answer = bridge.request(method, path, {"value": "x"} if method != "DELETE" else None)
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert "read-only" in answer.body["detail"]
        assert bridge.request(method, path, token=None).status == 401
    assert bridge.calls() == []


def test_an_entitlement_names_the_roles_that_contain_it(periscope):
    grant = {PERISCOPE_GROUP: {"permissions": [f"Dashboard:{DASHBOARD}:read_dashboards"]}}
    created(periscope.post("/Groups", {"displayName": "Finance", **grant}))
    (finance,) = periscope.get('/Roles?filter=display eq "finance"').body["Resources"]
    assert finance["contains"] == [DASHBOARD]
    assert "containedBy" not in finance
    assert periscope.get(f"/Entitlements/{DASHBOARD}").body["containedBy"] == [finance["value"]]
    assert names(periscope.get(f'/Roles?filter=contains eq "{DASHBOARD}"')) == ["Finance"]
    assert names(periscope.get(f'/Entitlements?filter=containedBy eq "{finance["value"]}"')) == ["Sales"]


def test_a_filter_selects_and_what_the_schema_lacks_is_refused(periscope):
    assert names(periscope.get('/Entitlements?filter=display sw "s" and type eq "dashboard"')) == ["Sales"]
    assert names(periscope.get(f'/Entitlements?filter={ENTITLEMENT.id}:value eq "{DASHBOARD}"')) == ["Sales"]
    assert names(periscope.get("/Entitlements?filter=supported eq true")) == []
    refused = periscope.get('/Roles?filter=userName eq "x"')
    assert (refused.status, refused.body["scimType"]) == (400, "invalidFilter")


def test_a_page_is_a_part_of_the_list_in_its_order(periscope):
    everything = names(periscope.get("/Roles"))
    pages = [periscope.get(f"/Roles?startIndex={start}&count=1").body for start in (1, 2, 3, 4)]
    assert [each["display"] for page in pages for each in page["Resources"]] == everything
    assert [(page["totalResults"], page["itemsPerPage"]) for page in pages] == [(3, 1)] * 3 + [(3, 0)]


def test_only_the_attributes_that_are_asked_for_are_shown(periscope):
    (one, *_) = periscope.get("/Roles?attributes=display&count=1").body["Resources"]
    assert set(one) == {"schemas", "id", "display"}
    other = periscope.get(f"/Entitlements/{DASHBOARD}?excludedAttributes=type,meta").body
    assert set(other) == {"schemas", "id", "value", "display", "supported"}


def test_a_search_is_a_list_by_post(periscope):
    body = {"filter": 'display eq "Sales"', "attributes": ["value"], "count": 5}
    answer = periscope.post("/Entitlements/.search", body)
    assert answer.status == 200
    assert answer.body["Resources"] == [{"schemas": [ENTITLEMENT.id], "id": DASHBOARD, "value": DASHBOARD}]


def test_a_version_that_the_client_has_is_not_sent_again(periscope):
    answer = periscope.get(f"/Entitlements/{DASHBOARD}")
    assert answer.headers["ETag"] == answer.body["meta"]["version"]
    again = periscope.get(f"/Entitlements/{DASHBOARD}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.body) == (304, None)


@pytest.mark.parametrize("id_", ["nope", "a%2Fb", "%00", "x" * 3000])
def test_an_id_that_nothing_has_is_404(periscope, id_):
    assert periscope.get(f"/Roles/{id_}").status == 404


def test_an_outage_is_told_and_not_remembered(periscope):
    periscope.outage()
    answer = periscope.get("/Roles")
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    periscope.recover()
    assert periscope.get("/Roles").status == 200


@pytest.mark.parametrize(("fault", "status"), [({"status": 429}, 429), ({"status": 401}, 502), ({}, 503)])
def test_a_vendor_that_does_not_answer_as_documented_is_no_empty_list(periscope, fault, status):
    periscope.fail("status" if fault else "garbage", count=9, **fault)
    assert periscope.get("/Roles").status == status


def test_an_answer_of_another_shape_is_no_empty_list(build, monkeypatch):
    class Odd(discovery.load("periscope")):
        def roles(self):
            yield from super().roles()
            raise KeyError("roles")

    monkeypatch.setattr(discovery, "load", lambda _: Odd)
    answer = build("periscope").get("/Roles")
    assert answer.status == 503
    assert "the answer to 'list roles' could not be read: no `roles`" in answer.body["detail"]


def test_what_a_mapping_does_not_list_is_not_there(build, monkeypatch):
    class Silent(discovery.load("periscope")):
        catalogues = frozenset({"Roles"})

    monkeypatch.setattr(discovery, "load", lambda _: Silent)
    bridge = build("periscope")
    assert bridge.get("/Roles").status == 200
    assert bridge.get("/Entitlements").status == 404
    assert bridge.post("/Entitlements", {}).status == 404
    assert "Entitlement" not in {each["name"] for each in bridge.get("/ResourceTypes").body["Resources"]}
    assert ENTITLEMENT.id not in {each["id"] for each in bridge.get("/Schemas").body["Resources"]}


@pytest.mark.parametrize(("role_schemas", "listed"), [("unlisted", False), ("ietf", True)])
def test_the_types_are_listed_where_the_target_says_so(build, role_schemas, listed):
    bridge = build("periscope", role_schemas=role_schemas)
    assert bridge.get("/Roles").status == 200
    assert ROLE.id in {each["id"] for each in bridge.get("/Schemas").body["Resources"]}
    names = {each["name"] for each in bridge.get("/ResourceTypes").body["Resources"]}
    assert ("Role" in names, "Entitlement" in names) == (listed, listed)
    assert bridge.get("/ResourceTypes/Role").status == (200 if listed else 404)


def test_a_target_may_show_nothing(build):
    bridge = build("periscope", role_schemas="none")
    assert bridge.get("/Roles").status == 404
    assert {each["name"] for each in bridge.get("/ResourceTypes").body["Resources"]} == {"User", "Group"}


def test_okta_is_shown_its_own_schemas_beside_the_drafts(build):
    bridge = build("periscope", role_schemas="okta")
    types = {each["name"]: each["schema"] for each in bridge.get("/ResourceTypes").body["Resources"]}
    assert (types["Role"], types["Entitlement"]) == (OKTA_ROLE.id, OKTA_ENTITLEMENT.id)
    assert {ROLE.id, ENTITLEMENT.id, *types.values()} <= {
        each["id"] for each in bridge.get("/Schemas").body["Resources"]
    }
    sales = bridge.get(f"/Entitlements/{DASHBOARD}").body
    assert sales["schemas"] == [OKTA_ENTITLEMENT.id, ENTITLEMENT.id]
    assert (sales["id"], sales["displayName"], sales["value"]) == (DASHBOARD, "Sales", DASHBOARD)
    assert bridge.get('/Roles?filter=displayName eq "Administrator"').body["totalResults"] == 1


@pytest.fixture
def odd(build):
    """A bridge to a vendor whose roles have names that are no part of a URL as they stand."""
    return build("datasentinel", sandbox={"roles": ("Least Access", *ODD)}, options={"known_roles": list(ODD)})


@pytest.mark.parametrize("name", ODD)
def test_a_role_of_any_name_has_an_address(odd, name):
    (role,) = odd.get(f'/Roles?filter=value eq "{name}"').body["Resources"]
    address = role["meta"]["location"].partition("/scim/v2")[2]
    assert odd.get(address).body == role
    assert quote(role["id"], safe=":@~") == role["id"]


@pytest.mark.parametrize("name", ["role_1", "Sales / EMEA", "50%~"])
@pytest.mark.parametrize("named_by", ["value", "id"])
def test_a_role_is_assigned_by_its_value_and_as_okta_does_by_its_id(odd, name, named_by):
    (role,) = odd.get(f'/Roles?filter=value eq "{name}"').body["Resources"]
    created(odd.post("/Users", person("ann", roles=[{"value": role[named_by]}])))
    assert odd.accounts()["ann@acme.example"] == {name}


def test_a_new_group_is_offered_when_the_list_is_read_again(periscope):
    assert "Finance" not in names(periscope.get("/Roles"))
    group = periscope.found("Finance", [periscope.hire("ann")])
    target = periscope.parts.targets["main"]
    later = type(target.catalogue)(target.mapping)  # as after five minutes, or a restart
    periscope.parts.targets["main"] = dataclasses.replace(target, catalogue=later)
    assert "Finance" in names(periscope.get("/Roles"))
    periscope.patch(f"/Groups/{group}", add(periscope.hire("bob")))
    assert names(periscope.get("/Roles")).count("Finance") == 1


def test_ids_are_the_values_wherever_a_url_can_carry_them():
    for plain in ("0000-admin-1111-id", "squirro:project:x_1:reader", "privilege:read", "a.b@c"):
        assert resource_id(plain) == plain
    assert resource_id("Sales / EMEA") == "Sales~20~2F~20EMEA"
    assert resource_id("..") == "~2E~2E"
