"""What Periscope offers beyond the contract: grants of roles, a catalogue, roles by value, leavers, a dry run."""

from __future__ import annotations

from time import monotonic

import pytest

from app.provisioning.driver import run
from mappings import Entry
from tests.bridge import GROUP, TARGET, add, assert_calls, created, person, remove, replace

EXTENSION = "urn:ietf:params:scim:schemas:extension:periscope:2.0:Group"
ANN, BOB = "ann@acme.example", "bob@acme.example"
EXISTING, ADMINISTRATOR, EVERYONE = "0000-test-1111-role-id", "0000-admin-1111-id", "0000-everyone-1111-id"
SALES = "0000-dashboard-1111-id"
READ, UPDATE, DELETE = "GET /api/v2/users/", "PUT /api/v2/users/", "DELETE /api/v2/users/"


@pytest.fixture
def bridge(build):
    return build("periscope")


@pytest.fixture
def strict(build):
    return build("periscope", options={"deactivation": "strip_roles"})


def role(bridge, name="Finance"):
    return next(each for each in bridge.sandbox._roles.values() if each["name"] == name)


def by_hand(bridge, email, *roles):
    bridge.sandbox.find_user(bridge.account(email)["id"])["roles"].extend(roles)


def bodies(bridge):
    return [(entry.method, entry.body) for entry in bridge.entries()]


def analysts(**extension):
    return {"schemas": [GROUP, EXTENSION], "displayName": "Finance", EXTENSION: extension}


def listed(bridge, flow):
    return run(flow, lambda call: bridge.parts.targets[TARGET].sender.send(call, lambda _: None, monotonic() + 10))


class TestGrants:
    def test_a_group_is_made_with_its_grants_in_one_call(self, bridge):
        grants = {
            "privileges": ["Dashboard:read_dashboards"],
            "permissions": [f"Dashboard:{SALES}:edit", f"Dashboard:{SALES}:create_dashboards"],
        }
        id_ = created(bridge.post("/Groups", analysts(description="Who counts", **grants)))
        assert bodies(bridge) == [
            (
                "POST",
                {
                    "name": "Finance",
                    "description": f"Who counts - Provisioned over SCIM ({id_})",
                    "created_by_email": "admin@acme.example",
                    "privileges": [{"object_type": "Dashboard", "permissions": ["read_dashboards"]}],
                    "permissions": [
                        {
                            "object_type": "Dashboard",
                            "object_id": SALES,
                            "permissions": ["create_dashboards", "edit"],
                        }
                    ],
                },
            )
        ]
        assert bridge.get(f"/Groups/{id_}").body[EXTENSION] == {"description": "Who counts", **grants}

    def test_one_grant_more_or_less_writes_that_list_and_nothing_else(self, bridge):
        id_ = created(bridge.post("/Groups", analysts(privileges=["Dashboard:read_dashboards"])))
        bridge.calls()
        path = f"{EXTENSION}:privileges"
        more = {"op": "add", "path": path, "value": ["Chart:read"]}
        assert bridge.patch(f"/Groups/{id_}", more).status == 204
        less = {"op": "remove", "path": path, "value": ["Dashboard:read_dashboards"]}
        assert bridge.patch(f"/Groups/{id_}", less).status == 204
        chart = {"object_type": "Chart", "permissions": ["read"]}
        dashboard = {"object_type": "Dashboard", "permissions": ["read_dashboards"]}
        by = {"updated_by_email": "admin@acme.example"}
        assert bodies(bridge) == [
            ("PUT", {"privileges": [chart, dashboard], **by}),
            ("PUT", {"privileges": [chart], **by}),
        ]

    def test_the_same_grants_in_another_order_cost_nothing(self, bridge):
        id_ = created(bridge.post("/Groups", analysts(privileges=["A:x", "B:y"])))
        bridge.calls()
        assert bridge.put(f"/Groups/{id_}", analysts(privileges=["B:y", "A:x"])).status == 200
        assert bridge.calls() == []

    @pytest.mark.parametrize("clear", ["remove", "put"])
    def test_grants_that_the_idp_clears_are_taken_away(self, bridge, clear):
        grants = {"privileges": ["Dashboard:read_dashboards"], "permissions": [f"Dashboard:{SALES}:edit"]}
        id_ = created(bridge.post("/Groups", analysts(**grants)))
        if clear == "put":
            assert bridge.put(f"/Groups/{id_}", {"schemas": [GROUP], "displayName": "Finance"}).status == 200
        else:
            operations = [{"op": "remove", "path": f"{EXTENSION}:{name}"} for name in grants]
            assert bridge.patch(f"/Groups/{id_}", *operations).status == 204
        assert (role(bridge)["privileges"], role(bridge)["permissions"]) == ([], [])

    def test_a_clearing_that_is_not_answered_is_sent_again(self, bridge):
        id_ = created(bridge.post("/Groups", analysts(privileges=["Dashboard:read_dashboards"])))
        bridge.fail("drop", method="PUT", count=2)
        answer = bridge.patch(f"/Groups/{id_}", {"op": "remove", "path": f"{EXTENSION}:privileges"})
        assert answer.status == 503
        assert bridge.patch(f"/Groups/{id_}", {"op": "remove", "path": f"{EXTENSION}:privileges"}).status == 204
        assert role(bridge)["privileges"] == []

    def test_what_an_admin_configured_by_hand_stays_where_the_idp_says_nothing(self, bridge):
        id_ = bridge.found("Finance")
        role(bridge)["privileges"] = [{"object_type": "Dashboard", "permissions": ["read_dashboards"]}]
        bridge.calls()
        assert bridge.patch(f"/Groups/{id_}", replace("displayName", "Money")).status == 204
        assert bodies(bridge) == [("PUT", {"name": "Money", "updated_by_email": "admin@acme.example"})]
        assert role(bridge, "Money")["privileges"] != []

    @pytest.mark.parametrize(
        ("name", "grant"),
        [
            ("privileges", "read_dashboards"),
            ("privileges", f"Dashboard:{SALES}:edit"),
            ("privileges", "Dashboard:"),
            ("permissions", "Dashboard:edit"),
            ("permissions", "Dashboard::edit"),
            ("permissions", ":x:edit"),
        ],
    )
    def test_a_text_that_is_no_grant_is_refused_before_any_call(self, bridge, name, grant):
        answer = bridge.post("/Groups", analysts(**{name: [grant]}))
        assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
        assert grant in answer.body["detail"]
        assert bridge.calls() == []
        assert bridge.everything("/Groups") == []

    def test_a_grant_that_the_vendor_refuses_changes_nothing(self, bridge):
        id_ = created(bridge.post("/Groups", analysts(privileges=["Dashboard:read_dashboards"])))
        before = bridge.get(f"/Groups/{id_}").body
        answer = bridge.patch(f"/Groups/{id_}", replace(f"{EXTENSION}:permissions", ["Dashboard:no-such:edit"]))
        assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
        assert bridge.get(f"/Groups/{id_}").body == before

    def test_a_create_that_was_not_answered_is_known_by_the_id_in_its_description(self, bridge):
        bridge.fail("lose", method="POST", path="*roles")
        grants = {"description": "Who counts", "privileges": ["Dashboard:read_dashboards"]}
        id_ = created(bridge.post("/Groups", analysts(**grants)))
        assert bridge.calls() == ["POST /api/v1/roles", "GET /api/v1/roles"]
        assert id_ in role(bridge)["description"]

    def test_a_strangers_role_of_the_same_description_is_not_taken_over(self, bridge):
        stranger = {"name": "Finance", "description": "Who counts", "privileges": [], "permissions": []}
        bridge.sandbox.create_role({**stranger, "created_by_email": "admin@acme.example"})
        assert bridge.post("/Groups", analysts(description="Who counts")).status == 409

    def test_roles_are_changed_in_the_name_of_who_the_options_say(self, build):
        bridge = build("periscope", options={"updated_by_email": "chief@acme.example"})
        by = {"first_name": "Chief", "last_name": "Admin", "roles": [ADMINISTRATOR]}
        inviter = "admin@acme.example"
        bridge.sandbox.create_user({**by, "email": "chief@acme.example", "invited_by_email": inviter})
        id_ = bridge.found("Finance")
        bridge.patch(f"/Groups/{id_}", replace("displayName", "Money"))
        assert [body.get("created_by_email", body.get("updated_by_email")) for _, body in bodies(bridge)] == [
            inviter,
            "chief@acme.example",
        ]


class TestCatalogue:
    def test_it_lists_roles_with_the_dashboards_that_they_open_in_one_call(self, bridge):
        created(bridge.post("/Groups", analysts(permissions=[f"Dashboard:{SALES}:edit", "Chart:7:edit"])))
        bridge.calls()
        mapping = bridge.parts.targets[TARGET].mapping
        assert listed(bridge, mapping.roles()) == [
            Entry(ADMINISTRATOR, "Administrator", supported=False),
            Entry(EXISTING, "myExistingRole"),
            Entry(EVERYONE, "Everyone"),
            Entry(role(bridge)["id"], "Finance", contains=(SALES,)),
        ]
        assert bridge.calls() == ["GET /api/v1/roles"]

    def test_it_lists_the_dashboards_of_every_page(self, build):
        bridge = build("periscope", sandbox={"dashboards_per_page": 1})
        found = listed(bridge, bridge.parts.targets[TARGET].mapping.entitlements())
        assert found[0] == Entry(SALES, "Sales", "dashboard", supported=False)
        assert [entry.display for entry in found] == ["Sales", "Costs"]
        assert len(bridge.calls()) == 2


class TestRolesByValue:
    @pytest.mark.parametrize("value", [EXISTING, "myExistingRole"])
    def test_a_role_is_given_by_id_or_name_with_the_create(self, bridge, value):
        ann = bridge.hire("ann", roles=[{"value": value}])
        assert bridge.calls() == ["GET /api/v1/roles", "POST /api/v2/users"]
        assert bridge.accounts() == {ANN: {"myExistingRole"}}
        bridge.hire("bob", roles=[{"value": value}])
        assert bridge.calls() == ["POST /api/v2/users"]
        assert bridge.patch(f"/Users/{ann}", {"op": "remove", "path": "roles"}).status == 200
        assert bridge.accounts() == {ANN: set(), BOB: {"myExistingRole"}}

    @pytest.mark.parametrize("value", [ADMINISTRATOR, "Administrator"])
    def test_a_built_in_role_is_refused(self, bridge, value):
        answer = bridge.post("/Users", person("ann", roles=[{"value": value}]))
        assert (answer.status, answer.body["scimType"]) == (400, "mutability")
        assert bridge.calls() == ["GET /api/v1/roles"]
        assert bridge.accounts() == {}

    def test_a_value_that_names_no_role_gives_nothing(self, bridge):
        id_ = bridge.hire("ann", roles=[{"value": "User"}])
        assert bridge.accounts() == {ANN: set()}
        assert bridge.get(f"/Users/{id_}").body["roles"] == [{"value": "User"}]

    def test_a_row_of_the_role_table_gives_everybody_a_role(self, build):
        bridge = build("periscope", role_table=[{"filter": "userName pr", "roles": ["myExistingRole"]}])
        bridge.hire("ann")
        assert bridge.accounts() == {ANN: {"myExistingRole"}}


class TestLeaversWhoKeepTheirAccounts:
    def test_a_leaver_loses_every_role_in_one_call_and_gets_back_what_the_idp_gives(self, strict):
        ann = strict.hire("ann", roles=[{"value": EXISTING}])
        finance = strict.found("Finance", [ann])
        there = strict.account(ANN)["id"]
        strict.calls()
        assert strict.patch(f"/Users/{ann}", replace("active", False)).status == 200
        assert strict.calls() == [UPDATE + there]
        assert strict.accounts() == {ANN: set()}
        assert strict.patch(f"/Users/{ann}", replace("active", True)).status == 200
        assert strict.calls() == [READ + there, UPDATE + there]
        assert strict.accounts() == {ANN: {"myExistingRole", "Finance"}}
        assert strict.account(ANN)["id"] == there
        assert strict.patch(f"/Groups/{finance}", remove(ann)).status == 204
        assert strict.accounts() == {ANN: {"myExistingRole"}}

    @pytest.mark.parametrize("times", [1, 2])
    def test_a_leaver_in_no_group_loses_roles_given_by_hand(self, strict, times):
        ann = strict.hire("ann")
        for _ in range(times):
            by_hand(strict, ANN, EXISTING)
            strict.patch(f"/Users/{ann}", replace("active", False))
            assert strict.accounts() == {ANN: set()}
            assert strict.patch(f"/Users/{ann}", replace("active", True)).status == 200
        assert strict.accounts() == {ANN: set()}

    def test_a_leaver_is_given_nothing_by_a_group(self, strict):
        ann, finance = strict.hire("ann"), strict.found("Finance")
        strict.patch(f"/Users/{ann}", replace("active", False))
        strict.calls()
        assert strict.patch(f"/Groups/{finance}", add(ann)).status == 204
        assert strict.calls() == []
        strict.patch(f"/Users/{ann}", replace("active", True))
        assert strict.accounts() == {ANN: {"Finance"}}

    def test_a_leaver_is_deleted(self, strict):
        ann = strict.hire("ann")
        there = strict.account(ANN)["id"]
        strict.patch(f"/Users/{ann}", replace("active", False))
        strict.calls()
        assert strict.delete(f"/Users/{ann}").status == 204
        assert strict.calls() == [DELETE + there]

    def test_a_leaver_whose_account_was_deleted_by_hand_gets_no_new_one(self, strict):
        ann = strict.hire("ann")
        strict.sandbox.delete_user(strict.sandbox.find_user(strict.account(ANN)["id"]))
        assert strict.patch(f"/Users/{ann}", replace("active", False)).status == 200
        assert strict.accounts() == {}
        assert strict.due() == []

    def test_somebody_who_never_worked_here_gets_no_account(self, strict):
        strict.hire("ann", active=False)
        assert strict.calls() == []

    def test_a_leaver_who_is_not_answered_for_is_stripped_later(self, strict):
        ann = strict.hire("ann")
        by_hand(strict, ANN, EXISTING)
        strict.fail("lose", method="PUT", count=2)
        assert strict.patch(f"/Users/{ann}", replace("active", False)).status == 503
        strict.recover()
        by_hand(strict, ANN, EXISTING)
        strict.deliver()
        assert strict.accounts() == {ANN: set()}

    def test_a_create_that_was_not_answered_is_still_the_bridges_own(self, strict):
        strict.fail("lose", method="POST", path="*users")
        ann = strict.hire("ann")
        strict.patch(f"/Users/{ann}", replace("active", False))
        assert strict.accounts() == {ANN: set()}

    def test_the_option_may_come_later_and_takes_nothing_from_who_is_active(self, build):
        before = build("periscope")
        ann, finance = before.hire("ann"), before.found("Finance")
        after = build("periscope", options={"deactivation": "strip_roles"})
        after.sandbox._accounts, after.sandbox._roles = before.sandbox._accounts, before.sandbox._roles
        by_hand(after, ANN, EXISTING)
        after.patch(f"/Users/{ann}", replace("name.givenName", "Anna"))
        after.patch(f"/Groups/{finance}", add(ann))
        assert after.accounts() == {ANN: {"myExistingRole", "Finance"}}
        after.patch(f"/Users/{ann}", replace("active", False))
        assert after.accounts() == {ANN: set()}

    def test_a_leaver_is_stripped_even_if_the_rest_of_the_write_is_refused(self, strict):
        ann = strict.hire("ann", roles=[{"value": EXISTING}])
        strict.fail("status", method="PUT", status=422)
        change = {"active": False, "emails": [{"value": "gone@acme.example"}]}
        assert strict.patch(f"/Users/{ann}", {"op": "replace", "value": change}).status == 400
        strict.deliver()
        assert strict.accounts() == {ANN: set()}
        assert strict.get(f"/Users/{ann}").body["active"] is False


class TestProtection:
    @pytest.mark.parametrize("email", ["admin@acme.example", "Admin@acme.example", "robot@acme.example"])
    def test_the_site_admins_of_the_options_are_not_touched(self, build, email):
        bridge = build("periscope", options={"updated_by_email": "robot@acme.example"})
        answer = bridge.post("/Users", person("ann", userName=email, emails=[{"value": email, "primary": True}]))
        assert answer.status == 403
        assert email in answer.body["detail"]
        ann = bridge.hire("ann")
        bridge.calls()
        move = replace("emails", [{"value": email, "primary": True}])
        assert bridge.patch(f"/Users/{ann}", move).status == 403
        assert bridge.calls() == []

    def test_accounts_and_roles_of_the_options_are_not_touched(self, build):
        options = {"protected_users": [ANN], "protected_groups": ["Finance"]}
        bridge = build("periscope", options=options)
        assert bridge.post("/Users", person("ann")).status == 403
        assert bridge.post("/Groups", {"schemas": [GROUP], "displayName": "finance"}).status == 403
        assert bridge.calls() == []

    @pytest.mark.parametrize("name", ["admin", "Administrator"])
    def test_built_in_roles_are_not_touched(self, bridge, name):
        assert bridge.post("/Groups", {"schemas": [GROUP], "displayName": name}).status == 403
        id_ = bridge.found("Finance")
        bridge.calls()
        assert bridge.patch(f"/Groups/{id_}", replace("displayName", name)).status == 403
        assert bridge.calls() == []


class TestAddresses:
    def test_one_that_the_vendor_does_not_change_is_refused_as_that(self, bridge):
        ann = bridge.hire("ann")
        bridge.fail("status", method="PUT", status=422)
        answer = bridge.patch(f"/Users/{ann}", replace("emails", [{"value": "new@acme.example"}]))
        assert (answer.status, answer.body["scimType"]) == (400, "mutability")
        assert "e-mail address" in answer.body["detail"]
        assert set(bridge.accounts()) == {ANN}
        assert bridge.get(f"/Users/{ann}").body["emails"][0]["value"] == ANN
        assert bridge.due() == []

    def test_one_that_somebody_has_is_a_conflict(self, bridge):
        ann = bridge.hire("ann")
        answer = bridge.patch(f"/Users/{ann}", replace("emails", [{"value": "user@acme.example"}]))
        assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
        assert set(bridge.accounts()) == {ANN}


class TestNames:
    def test_a_roles_new_name_that_another_role_has_is_a_conflict(self, bridge):
        id_ = bridge.found("Finance")
        bridge.calls()
        answer = bridge.patch(f"/Groups/{id_}", replace("displayName", "myExistingRole"))
        assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
        assert len(bridge.calls()) == 2
        assert bridge.get(f"/Groups/{id_}").body["displayName"] == "Finance"


class TestDryRun:
    @pytest.mark.parametrize("tells_ids", [True, False])
    def test_it_answers_as_if_and_writes_nothing(self, build, tells_ids):
        bridge = build("periscope", options={"test_mode": True}, sandbox={"tells_ids": tells_ids})
        ann, finance = bridge.hire("ann"), bridge.found("Finance")
        assert bridge.patch(f"/Users/{ann}", replace("name.givenName", "Anna")).status == 200
        assert bridge.patch(f"/Groups/{finance}", replace("displayName", "Money")).status == 204
        assert bridge.patch(f"/Users/{ann}", replace("active", False)).status == 200
        assert bridge.delete(f"/Groups/{finance}").status == 204
        assert {entry.query.get("test_mode") for entry in bridge.entries() if entry.method != "GET"} == {"true"}
        assert bridge.accounts() == {}
        assert {"Finance", "Money"}.isdisjoint(group["name"] for group in bridge.sandbox.groups())

    def test_a_write_that_the_vendor_would_refuse_is_refused(self, build):
        bridge = build("periscope", options={"test_mode": True})
        taken = [{"value": "user@acme.example", "primary": True}]
        assert bridge.post("/Users", person("ann", emails=taken)).status == 409


class TestCheck:
    def test_it_names_a_site_admin_that_does_not_exist(self, build):
        bridge = build("periscope", options={"updated_by_email": "left@acme.example"})
        seen = listed(bridge, bridge.parts.targets[TARGET].mapping.check())
        assert seen == "2 users, left@acme.example (updated_by_email) is none of them"


class TestAnswersWithoutIds:
    def test_a_new_account_or_role_is_found_in_the_list(self, build):
        bridge = build("periscope", sandbox={"tells_ids": False})
        ann = bridge.hire("ann")
        bridge.found("Finance", [ann])
        assert bridge.accounts() == {ANN: {"Finance"}}

    def test_a_role_that_shows_no_id_yet_is_found_once_it_does(self, build):
        bridge = build("periscope", sandbox={"tells_ids": False, "hides_ids": True})
        assert bridge.post("/Groups", analysts()).status == 503
        bridge.sandbox._hidden.clear()
        id_ = created(bridge.post("/Groups", analysts()))
        assert id_ in role(bridge)["description"]
        assert [group["name"] for group in bridge.sandbox.groups()].count("Finance") == 1

    def test_a_role_that_shows_no_id_is_not_taken_for_one_that_is_gone(self, build):
        bridge = build("periscope", sandbox={"hides_ids": True})
        ann, finance = bridge.hire("ann"), bridge.found("Finance")
        bridge.patch(f"/Groups/{finance}", add(ann))
        money = bridge.found("Money")
        bridge.calls()
        bridge.fail("status", method="PUT", path="*users*", status=400)
        assert bridge.patch(f"/Groups/{money}", add(ann)).status == 400
        looked = ["GET /api/v1/roles", "GET /api/v1/role/*", "GET /api/v1/role/*"]
        assert_calls(bridge.calls(), [READ + "*", UPDATE + "*", *looked])
        assert bridge.accounts() == {ANN: {"Finance"}}


def test_an_account_whose_id_could_not_be_looked_up_is_not_left_behind(build):
    bridge = build("periscope", sandbox={"tells_ids": False})
    bridge.fail("status", status=429, method="GET")
    bridge.hire("ann")
    bridge.fail("status", status=429, method="GET", count=2)
    assert bridge.post("/Users", person("bob")).status == 429
    assert set(bridge.accounts()) == {ANN, BOB}
    bridge.deliver()
    assert set(bridge.accounts()) == {ANN}
    bridge.hire("bob")
