"""What takes access away stays wanted when the vendor cannot or will not: roles by value, privileges of a role."""

import pytest

from tests.bridge import add, remove, replace

ANN = "ann@acme.example"
VALUES = ["myExistingRole"]
SETS = "urn:ietf:params:scim:schemas:extension:metric_insights:2.0:Group"
ROLES = "urn:ietf:params:scim:schemas:extension:periscope:2.0:Group"
READ, EDIT = "Dashboard:read_dashboards", "Dashboard:create_dashboards"


@pytest.fixture
def periscope(build):
    return build("periscope")


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_a_role_taken_by_value_stays_taken(periscope, status):
    ann = periscope.hire("ann", roles=[{"value": value} for value in VALUES], displayName="Ann Lee")
    assert periscope.accounts() == {ANN: set(VALUES)}
    periscope.fail("status", status=status, method="PUT", count=2)
    taking = {"op": "remove", "path": "roles"}
    assert periscope.patch(f"/Users/{ann}", taking, replace("name.givenName", "Anna")).status >= 400
    shown = periscope.get(f"/Users/{ann}").body
    assert "roles" not in shown
    assert shown["name"]["givenName"] == "Ann"
    periscope.deliver()
    assert periscope.accounts() == {ANN: set()}
    assert periscope.account(ANN)["fields"]["first_name"] == "Ann"


def test_a_role_given_by_value_is_put_back(periscope):
    ann = periscope.hire("ann")
    periscope.fail("status", status=503, method="PUT", count=2)
    assert periscope.patch(f"/Users/{ann}", replace("roles", [{"value": VALUES[0]}])).status == 503
    assert "roles" not in periscope.get(f"/Users/{ann}").body
    periscope.deliver()
    assert periscope.accounts() == {ANN: set()}


@pytest.mark.parametrize("status", [400, 429, 503])
def test_a_privilege_taken_from_a_role_stays_taken(periscope, status):
    group = periscope.post("/Groups", {"displayName": "Money", ROLES: {"privileges": [READ, EDIT]}}).body["id"]
    periscope.fail("status", status=status, method="PUT", count=2)
    assert periscope.patch(f"/Groups/{group}", replace(f"{ROLES}:privileges", [READ])).status >= 400
    assert periscope.get(f"/Groups/{group}").body[ROLES]["privileges"] == [READ]
    periscope.deliver()
    (role,) = [each for each in periscope.sandbox.get_roles()["roles"] if each["name"] == "Money"]
    assert role["privileges"] == [{"object_type": "Dashboard", "permissions": ["read_dashboards"]}]


def test_a_privilege_that_is_exchanged_is_put_back_whole(periscope):
    group = periscope.post("/Groups", {"displayName": "Money", ROLES: {"privileges": [READ]}}).body["id"]
    periscope.fail("status", status=503, method="PUT", count=2)
    assert periscope.patch(f"/Groups/{group}", replace(f"{ROLES}:privileges", [EDIT])).status == 503
    assert periscope.get(f"/Groups/{group}").body[ROLES]["privileges"] == [READ]


def test_a_privilege_that_is_gone_already_is_not_given_again(build):
    bridge = build("metric_insights")
    held = [{"value": "6"}, {"value": "12"}]
    group = bridge.post("/Groups", {"displayName": "Readers", SETS: {"privileges": held}}).body["id"]
    bridge.fail("status", status=429, method="DELETE", skip=1)
    bridge.calls()
    answer = bridge.patch(f"/Groups/{group}", {"op": "remove", "path": f"{SETS}:privileges"})
    assert answer.status == 429
    assert SETS not in bridge.get(f"/Groups/{group}").body
    bridge.deliver()
    assert not [call for call in bridge.calls() if call.startswith("POST")]
    assert bridge.due() == []


def test_a_role_that_is_given_late_by_a_call_that_was_never_answered_is_taken_again(build):
    bridge = build("periscope", options={"roles": "exact"})
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    bridge.fail("drop", method="PUT", count=2)
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 503
    assert bridge.patch(f"/Groups/{finance}", remove(ann)).status == 204
    (role,) = [group["id"] for group in bridge.sandbox.groups() if group["name"] == "Finance"]
    bridge.sandbox.find_user(bridge.account(ANN)["id"])["roles"].append(role)  # the first call, at last
    assert bridge.due() == [ANN]
    bridge.deliver()
    assert bridge.accounts() == {ANN: set()}
    bridge.calls()
    bridge.deliver()
    assert bridge.calls() == []


def test_a_role_that_is_wanted_after_all_is_not_taken_again(build):
    bridge = build("squirro")
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    bridge.fail("drop", method="POST", count=2)
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 503
    assert bridge.patch(f"/Groups/{finance}", remove(ann)).status == 204
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
    bridge.deliver()
    assert bridge.accounts() == {ANN: {"Finance"}}
    assert bridge.due() == []
