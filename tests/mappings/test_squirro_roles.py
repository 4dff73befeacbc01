"""Squirro's roles in projects, in workspaces and on the server, by the names of groups and by values of users."""

import pytest

from app.provisioning.driver import run
from mappings import Settings
from mappings.discovery import load
from tests.bridge import Bridge, add, assert_calls, refs, remove, replace

ANN = "ann@acme.example"
SALES, LABS = "2sic33jZTi-ifflvQAVcfw", "Labs33jZTi-ifflvQAVcfw"
GROUPS, GROUP = "/api/user/v0/*/groups", "/api/user/v0/*/groups/*"
PROFILE = "PUT /api/user/v1/*/users/*"
CREATE, RENAME = f"POST {GROUPS}", f"PUT {GROUP}"
ENTER, CHANGE, LEAVE = (
    "POST /api/user/v0/*/projects/*/members",
    "PUT /api/user/v0/*/projects/*/members/*",
    "DELETE /api/user/v0/*/projects/*/members/*",
)
WORKSPACES = "GET /api/user/v2/workspaces"
SET = "POST /api/user/v2/workspaces/project-1/users"
LOOK, OUT = "GET /api/user/v0/project-1/users/*", "DELETE /api/user/v2/workspaces/project-1/users/*"


@pytest.fixture
def bridge(build) -> Bridge:
    bridge = build("squirro")
    bridge.sandbox.projects[LABS] = {"id": LABS, "title": "Labs", "workspace": "other-project", "members": {}}
    return bridge


@pytest.fixture
def ann(bridge):
    return hired(bridge)


def hired(bridge, **more):
    id_ = bridge.hire("ann", **more)
    bridge.calls()
    return id_


def pushed(bridge, name, members=()):
    id_ = bridge.found(name, members)
    bridge.calls()
    return id_


def fields(bridge):
    return bridge.account(ANN)["fields"]


def places(bridge):
    return fields(bridge)["project_roles"] | fields(bridge)["workspace_roles"]


def group_there(bridge, name):
    return next(group for group in bridge.sandbox.groups() if group["name"] == name)


def assert_all_true(bridge):
    assert bridge.due() == []
    bridge.check()


# Groups that have a role in a project


def test_a_group_named_after_a_project_role_has_it(bridge, ann):
    name = f"squirro:project:{SALES}:member"
    bridge.found(name, [ann])
    assert_calls(bridge.calls(), [CREATE, ENTER])
    group = group_there(bridge, name)
    assert (group["members"], group["projects"]) == ([ANN], {SALES: "member"})
    assert_all_true(bridge)


@pytest.mark.parametrize(
    ("before", "after", "calls", "projects"),
    [
        (f"squirro:project:{SALES}:member", f"squirro:project:{SALES}:admin", [CHANGE, RENAME], {SALES: "admin"}),
        (
            f"squirro:project:{SALES}:admin",
            f"squirro:project:{LABS}:admin",
            [LEAVE, ENTER, RENAME],
            {LABS: "admin"},
        ),
        (f"squirro:project:{SALES}:admin", "Finance", [LEAVE, RENAME], {}),
        ("Finance", f"squirro:project:{LABS}:reader", [ENTER, RENAME], {LABS: "reader"}),
        ("Finance", "Money", [RENAME], {}),
    ],
)
def test_a_renamed_group_moves_to_where_its_name_says(bridge, ann, before, after, calls, projects):
    id_ = pushed(bridge, before, [ann])
    assert bridge.patch(f"/Groups/{id_}", replace("displayName", after)).status == 204
    assert_calls(bridge.calls(), calls)
    group = group_there(bridge, after)
    assert (group["members"], group["projects"]) == ([ANN], projects)
    assert_all_true(bridge)


@pytest.mark.parametrize("lost", ["DELETE", "POST", "PUT"])
@pytest.mark.parametrize("kind", ["lose", "drop"])
def test_a_move_whose_answer_is_lost_leaves_no_access_behind(bridge, ann, lost, kind):
    id_ = pushed(bridge, f"squirro:project:{SALES}:admin", [ann])
    after = f"squirro:project:{LABS}:reader"
    bridge.fail(kind, method=lost, path="/api/user/v0/*", count=2)
    assert bridge.patch(f"/Groups/{id_}", replace("displayName", after)).status == 503
    bridge.deliver()
    bridge.patch(f"/Groups/{id_}", replace("displayName", after))
    bridge.deliver()
    assert group_there(bridge, after)["projects"] == {LABS: "reader"}
    assert_all_true(bridge)


def test_a_group_of_a_project_that_is_not_there_is_refused_and_leaves_nothing(bridge):
    answer = bridge.post("/Groups", {"displayName": "squirro:project:nowhere:member"})
    assert (answer.status, "No such project" in answer.body["detail"]) == (400, True)
    assert [group["name"] for group in bridge.sandbox.groups()] == ["Team East"]
    assert bridge.get("/Groups").body["totalResults"] == 0


@pytest.mark.parametrize(
    "name", [f"squirro:project:{SALES}:owner", "squirro:workspace:project-1:owner", "squirro:server:root"]
)
def test_a_role_that_is_not_documented_is_refused_before_any_call(bridge, name):
    answer = bridge.post("/Groups", {"displayName": name})
    assert (answer.status, "there are" in answer.body["detail"]) == (400, True)
    assert bridge.calls() == []
    plain = pushed(bridge, "Finance")
    assert bridge.patch(f"/Groups/{plain}", replace("displayName", name)).status == 400
    assert bridge.calls() == []


# Groups that are roles in a workspace


def test_a_workspace_role_takes_one_look_and_makes_no_group(bridge):
    bridge.found("squirro:workspace:project-1:reader")
    assert_calls(bridge.calls(), [WORKSPACES])
    assert [group["name"] for group in bridge.sandbox.groups()] == ["Team East"]
    answer = bridge.post("/Groups", {"displayName": "squirro:workspace:nowhere:reader"})
    assert (answer.status, "no workspace nowhere" in answer.body["detail"]) == (400, True)


def test_a_member_of_a_workspace_role_is_in_the_workspace(bridge, ann):
    id_ = pushed(bridge, "squirro:workspace:project-1:reader")
    bridge.patch(f"/Groups/{id_}", add(ann))
    assert_calls(bridge.calls(), [SET])
    assert places(bridge) == {"project-1": "reader"}
    bridge.patch(f"/Groups/{id_}", remove(ann))
    assert_calls(bridge.calls(), [LOOK, OUT])
    assert places(bridge) == {}
    assert_all_true(bridge)


def test_the_members_come_with_a_new_workspace_role(bridge, ann):
    bridge.found("squirro:workspace:project-1:member", [ann])
    assert_calls(bridge.calls(), [WORKSPACES, SET])
    assert places(bridge) == {"project-1": "member"}


def test_the_highest_of_several_workspace_roles_counts(bridge, ann):
    reader, admin, member = (
        pushed(bridge, f"squirro:workspace:project-1:{role}", [ann]) for role in ("reader", "admin", "member")
    )
    assert places(bridge) == {"project-1": "admin"}
    bridge.patch(f"/Groups/{admin}", remove(ann))
    assert_calls(bridge.calls(), [SET])
    assert places(bridge) == {"project-1": "member"}
    bridge.patch(f"/Groups/{reader}", remove(ann))
    assert_calls(bridge.calls(), [])
    bridge.patch(f"/Groups/{member}", remove(ann))
    assert places(bridge) == {}
    assert_all_true(bridge)


def test_whoever_leaves_a_workspace_leaves_the_groups_there_and_no_other(bridge, ann):
    east = pushed(bridge, "East", [ann])
    id_ = pushed(bridge, "squirro:workspace:project-1:reader", [ann])
    bridge.sandbox.tenant = "project-1"
    inside = bridge.sandbox.create_group({"name": "Inside"})
    bridge.sandbox._groups[inside["id"]]["members"].append(bridge.account(ANN)["id"])
    bridge.patch(f"/Groups/{id_}", remove(ann))
    assert_calls(bridge.calls(), [LOOK, "DELETE /api/user/v0/project-1/groups/*/members/*", OUT])
    assert bridge.accounts() == {ANN: {"East"}}
    assert bridge.get(f"/Groups/{east}").body["members"][0]["value"] == ann
    assert_all_true(bridge)


def test_a_deleted_workspace_role_is_taken_from_its_members(bridge, ann):
    id_ = pushed(bridge, "squirro:workspace:project-1:admin", [ann])
    assert bridge.delete(f"/Groups/{id_}").status == 204
    assert_calls(bridge.calls(), [LOOK, OUT])
    assert places(bridge) == {}
    assert bridge.get("/Groups").body["totalResults"] == 0
    assert_all_true(bridge)


def test_whoever_has_left_the_workspace_already_is_not_in_it(bridge, ann):
    id_ = pushed(bridge, "squirro:workspace:project-1:admin", [ann])
    bridge.sandbox.workspaces["project-1"]["users"].pop(bridge.account(ANN)["id"])
    assert bridge.patch(f"/Groups/{id_}", remove(ann)).status == 204
    assert_all_true(bridge)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("squirro:workspace:project-1:reader", "squirro:workspace:project-1:admin"),
        ("squirro:workspace:project-1:reader", "Finance"),
        ("squirro:server:user", "squirro:server:demo"),
        ("Finance", "squirro:server:user"),
    ],
)
def test_a_group_does_not_become_another_kind_of_thing(bridge, ann, before, after):
    id_ = pushed(bridge, before, [ann])
    account = bridge.account(ANN)
    answer = bridge.patch(f"/Groups/{id_}", replace("displayName", after))
    assert (answer.status, answer.body["scimType"]) == (400, "mutability")
    assert bridge.calls() == []
    assert bridge.account(ANN) == account
    assert bridge.get(f"/Groups/{id_}").body["displayName"] == before
    assert_all_true(bridge)


# Groups that are roles on the server


def test_a_server_role_costs_its_members_one_update(bridge, ann):
    demo = bridge.found("squirro:server:demo", [ann])
    assert_calls(bridge.calls(), [PROFILE])
    user = bridge.found("squirro:server:user", [ann])
    assert_calls(bridge.calls(), [PROFILE])
    assert fields(bridge)["role"] == "user"
    bridge.patch(f"/Groups/{demo}", remove(ann))
    assert_calls(bridge.calls(), [])
    assert bridge.delete(f"/Groups/{user}").status == 204
    assert_calls(bridge.calls(), [PROFILE])
    assert fields(bridge)["role"] == "reader"
    assert_all_true(bridge)


def test_nobody_has_less_than_the_configured_server_role(build):
    bridge = build("squirro", options={"role": "user"})
    ann = hired(bridge)
    bridge.found("squirro:server:demo", [ann])
    assert_calls(bridge.calls(), [])
    assert fields(bridge)["role"] == "user"


# Values of a user


def test_values_of_a_user_are_roles_at_each_place(bridge):
    entitlements = [{"value": f"project:{SALES}:reader"}, {"value": "workspace:project-1:member"}]
    bridge.hire("ann", roles=[{"value": "user"}], entitlements=entitlements)
    assert_calls(bridge.calls(), ["POST /api/user/v0/*/users", PROFILE, ENTER, SET])
    assert fields(bridge)["role"] == "user"
    assert places(bridge) == {SALES: "reader", "project-1": "member"}
    assert_all_true(bridge)


def test_values_come_change_and_go_by_one_call_each(bridge, ann):
    for values, calls, expected in [
        ([f"project:{SALES}:reader"], [ENTER], {SALES: "reader"}),
        ([f"project:{SALES}:reader", f"project:{SALES}:admin"], [CHANGE], {SALES: "admin"}),
        ([f"project:{SALES}:reader", f"project:{LABS}:reader"], [CHANGE, ENTER], {SALES: "reader", LABS: "reader"}),
        ([f"project:{LABS}:admin"], [LEAVE, CHANGE], {LABS: "admin"}),
        ([], [LEAVE], {}),
    ]:
        bridge.patch(f"/Users/{ann}", replace("entitlements", [{"value": value} for value in values]))
        assert_calls(bridge.calls(), calls)
        assert places(bridge) == expected
    assert_all_true(bridge)


@pytest.mark.parametrize("value", ["User", "Admin", " admin", "server:User", "Project:x:admin", "msiam_access"])
def test_what_is_not_to_the_letter_gives_nothing(bridge, value):
    hired(bridge, roles=[{"value": value}])
    assert (fields(bridge)["role"], places(bridge)) == ("reader", {})
    assert_all_true(bridge)


@pytest.mark.parametrize("value", [f"project:{SALES}:owner", "project::admin", "project:a:b:admin", "server:root"])
def test_a_value_that_is_no_documented_role_names_nothing(value):
    assert mapping().role_of(value) is None


def test_a_membership_that_was_changed_by_hand_is_put_right(bridge, ann):
    entitled = [{"value": f"project:{SALES}:reader"}]
    bridge.sandbox.projects[SALES]["members"][bridge.account(ANN)["id"]] = "admin"
    bridge.patch(f"/Users/{ann}", replace("entitlements", entitled))
    assert_calls(bridge.calls(), [ENTER, CHANGE])
    assert places(bridge) == {SALES: "reader"}
    del bridge.sandbox.projects[SALES]["members"][bridge.account(ANN)["id"]]
    bridge.patch(f"/Users/{ann}", replace("entitlements", [{"value": f"project:{SALES}:admin"}]))
    assert_calls(bridge.calls(), [CHANGE, ENTER])
    assert places(bridge) == {SALES: "admin"}
    del bridge.sandbox.projects[SALES]["members"][bridge.account(ANN)["id"]]
    assert bridge.patch(f"/Users/{ann}", replace("entitlements", [])).status == 200
    assert_all_true(bridge)


@pytest.mark.parametrize("lost", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("kind", ["lose", "drop"])
def test_lost_answers_about_places_are_made_good(bridge, ann, lost, kind):
    before = [{"value": f"project:{SALES}:admin"}, {"value": "workspace:project-1:admin"}]
    after = [{"value": f"project:{SALES}:reader"}, {"value": f"project:{LABS}:member"}]
    bridge.patch(f"/Users/{ann}", replace("entitlements", before))
    bridge.fail(kind, method=lost, path="*project*", count=2)
    assert bridge.patch(f"/Users/{ann}", replace("entitlements", after)).status == 503
    bridge.deliver()
    bridge.patch(f"/Users/{ann}", replace("entitlements", after))
    bridge.deliver()
    assert places(bridge) == {SALES: "reader", LABS: "member"}
    assert_all_true(bridge)


def test_a_project_that_is_not_there_is_refused(bridge, ann):
    answer = bridge.patch(f"/Users/{ann}", replace("entitlements", [{"value": "project:nowhere:admin"}]))
    assert (answer.status, "No such project" in answer.body["detail"]) == (400, True)
    assert "entitlements" not in bridge.get(f"/Users/{ann}").body
    assert_all_true(bridge)


def test_a_user_who_is_hired_again_has_every_role_again(bridge, ann):
    group = pushed(bridge, f"squirro:project:{LABS}:member", [ann])
    pushed(bridge, "squirro:workspace:project-1:member", [ann])
    pushed(bridge, "squirro:server:user", [ann])
    bridge.patch(f"/Users/{ann}", replace("entitlements", [{"value": f"project:{SALES}:reader"}]))
    before = bridge.account(ANN)
    bridge.patch(f"/Users/{ann}", replace("active", False))
    assert bridge.account(ANN) is None
    bridge.patch(f"/Users/{ann}", replace("active", True))
    after = bridge.account(ANN)
    assert {**after, "id": None, "fields": {**after["fields"], "id": None}} == {
        **before,
        "id": None,
        "fields": {**before["fields"], "id": None},
    }
    assert refs([ann]) == [{"value": m["value"]} for m in bridge.get(f"/Groups/{group}").body["members"]]
    assert_all_true(bridge)


def test_a_role_given_twice_stays_until_both_are_gone(bridge, ann):
    name = "squirro:workspace:project-1:reader"
    bridge.patch(f"/Users/{ann}", replace("entitlements", [{"value": "workspace:project-1:reader"}]))
    id_ = pushed(bridge, name, [ann])
    assert bridge.delete(f"/Groups/{id_}").status == 204
    bridge.deliver()
    assert places(bridge) == {"project-1": "reader"}
    bridge.patch(f"/Users/{ann}", replace("entitlements", []))
    bridge.deliver()
    assert places(bridge) == {}
    assert_all_true(bridge)


# The catalogue


def mapping(**options):
    kind = load("squirro")
    defaults = {setting.name: setting.default for setting in kind.options}
    return kind(Settings({"refresh_token": "x"}, {**defaults, **options}))


def answered(flow, *answers):
    calls, left = [], list(answers)

    def send(call):
        calls.append(call)
        return left.pop(0)

    return run(flow, send), calls


def test_the_four_server_roles_are_offered_for_nothing():
    entries, calls = answered(mapping().roles())
    assert ([entry.value for entry in entries], calls) == (["admin", "user", "demo", "reader"], [])
    assert {mapping().role_of(entry.value) for entry in entries} == {
        "server:admin",
        "server:user",
        "server:demo",
        "server:reader",
    }


@pytest.mark.parametrize(
    "projects",
    [
        [{"id": SALES, "title": "Sales"}],
        [{"id": SALES, "name": "Sales", "role": "admin"}],
        [SALES],
        None,
    ],
)
@pytest.mark.parametrize("wrap", [lambda listed: listed, lambda listed: {"workspaces": listed}])
def test_one_call_lists_workspaces_and_projects_in_whatever_shape(projects, wrap):
    listed = [{"domain": "project-1", "title": "Project 1", "projects": projects}, {"domain": "other"}]
    entries, calls = answered(mapping().entitlements(), wrap(listed))
    assert [call.query for call in calls] == [{"include_projects": "True"}]
    places = ["workspace:project-1", *([f"project:{SALES}"] if projects else []), "workspace:other"]
    assert [entry.value for entry in entries] == [
        f"{place}:{role}" for place in places for role in ("admin", "member", "reader")
    ]
    assert all(mapping().role_of(entry.value) == entry.value for entry in entries)
    assert entries[0].display == "Workspace Project 1: admin"


def test_the_catalogue_is_served(bridge):
    roles = bridge.get("/Roles").body["Resources"]
    assert [role["value"] for role in roles] == ["admin", "demo", "reader", "user"]
    assert bridge.calls() == []
    for _ in range(2):
        shown = {each["value"]: each["display"] for each in bridge.get("/Entitlements").body["Resources"]}
        assert shown[f"project:{SALES}:member"] == "Project Sales: member"
    assert_calls(bridge.calls(), [WORKSPACES])


def test_names_of_the_catalogue_can_be_given_at_the_cost_of_one_look(bridge):
    names = ["Project Sales: member", "Workspace Project 1: admin"]
    bridge.hire("ann", entitlements=[{"value": name} for name in names])
    assert_calls(bridge.calls(), [WORKSPACES, "POST /api/user/v0/*/users", PROFILE, ENTER, SET])
    assert places(bridge) == {SALES: "member", "project-1": "admin"}
    bridge.hire("bob", entitlements=[{"value": names[1]}])
    assert_calls(bridge.calls(), ["POST /api/user/v0/*/users", PROFILE, SET])
    assert_all_true(bridge)


# The rules


def test_rules_can_be_other_ones_or_none(build):
    options = {
        "project_pattern": "(?P<project>.*) (?P<role>reader|member|admin)s",
        "workspace_pattern": "",
        "server_pattern": "",
    }
    bridge = build("squirro", options=options)
    bridge.found(f"{SALES} readers")
    bridge.found("squirro:server:admin")
    groups = {group["name"]: group["projects"] for group in bridge.sandbox.groups()}
    assert groups == {"Team East": {}, f"{SALES} readers": {SALES: "reader"}, "squirro:server:admin": {}}


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"project_pattern": "(?P<project>"}, "project_pattern: is not a regular expression"),
        ({"project_pattern": "x(?P<role>.*)"}, "project_pattern: must have the named group (?P<project>…)"),
        ({"workspace_pattern": "(?P<workspace>x)"}, "workspace_pattern: must have the named group (?P<role>…)"),
        ({"custom_values": ["Email"]}, "custom_values: 'Email' has a meaning of its own"),
        ({"custom_values": ["scim_active"]}, "custom_values: 'scim_active' has a meaning of its own"),
        ({"custom_values": ["a b"]}, "custom_values: 'a b' is not a name"),
        ({"custom_values": ["team", "Team"]}, "custom_values: 'team' is there twice"),
    ],
)
def test_an_option_that_cannot_be_is_refused_at_the_start(option, words):
    with pytest.raises(ValueError, match=r"^custom_values|^[a-z]+_pattern") as refused:
        mapping(**option)
    assert words in str(refused.value)
