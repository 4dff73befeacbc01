"""Metric Insights: a group is a privilege set and its privileges an attribute; there are no users."""

from dataclasses import replace as replaced

import pytest

from app.provisioning.driver import run
from mappings import AuthFailed, Change, Group, RateLimited, Unavailable, Unknown
from mappings.metric_insights.privileges import Privileges
from tests.bridge import GROUP, PATCH_OP, add, assert_calls, created, person, remove, replace
from tests.killing import Killed, dying

URN = "urn:ietf:params:scim:schemas:extension:metric_insights:2.0:Group"
PATH = f"{URN}:privileges"

PRIVILEGES = "GET /api/privilege"
SETS, CREATE = "GET /api/privilege_set", "POST /api/privilege_set"
RENAME, DELETE = "PUT /api/privilege_set/id/*", "DELETE /api/privilege_set/id/*"
ASSIGNMENTS, ASSIGN = "GET /api/privilege_set_privilege", "POST /api/privilege_set_privilege"
REMOVE = "DELETE /api/privilege_set_privilege/id/*"
NEW = [SETS, CREATE, SETS]

ANNOTATION, REFRESH, SETTINGS, REPORTS, EXPORT, DISTRIBUTE = "2", "6", "12", "14", "15", "20"
"""6 requires 12; 15 requires 14; 20 requires 12 and 15."""


@pytest.fixture
def bridge(build):
    return build("metric_insights")


def body(name, *privileges):
    return {
        "schemas": [GROUP, URN],
        "displayName": name,
        URN: {"privileges": [{"value": privilege} for privilege in privileges]},
    }


def push(bridge, name="Finance", *privileges):
    id_ = created(bridge.post("/Groups", body(name, *privileges)))
    bridge.calls()
    return id_


def values(*privileges):
    return [{"value": privilege} for privilege in privileges]


def change(bridge, id_, op, *privileges):
    answer = bridge.patch(f"/Groups/{id_}", {"op": op, "path": PATH, "value": values(*privileges)})
    assert answer.status in (200, 204), answer
    return answer


def there(bridge, name="Finance"):
    """The privileges of the one set of a name, as the vendor has them."""
    (found,) = [group for group in bridge.sandbox.groups() if group["name"] == name]
    return [str(id_) for id_ in found["privileges"]]


def names(bridge):
    return [group["name"] for group in bridge.sandbox.groups()][4:]


def shown(bridge, id_):
    """The privileges as the IdP reads them."""
    group = bridge.get(f"/Groups/{id_}").body
    return [entry["value"] for entry in group.get(URN, {}).get("privileges", ())]


def assigned(bridge):
    """The privileges that were assigned since the last look, in order."""
    return [entry.body["privilege_id"] for entry in bridge.entries() if f"{entry.method} {entry.path}" == ASSIGN]


# -- what each operation costs


def test_a_new_set_without_privileges(bridge):
    created(bridge.post("/Groups", {"schemas": [GROUP], "displayName": "Finance"}))
    assert_calls(bridge.calls(), NEW)
    assert there(bridge) == []


@pytest.mark.parametrize("shape", ["bare", "wrapped"])
@pytest.mark.parametrize("ids", ["numbers", "texts"])
def test_an_id_in_the_answer_saves_a_look(build, shape, ids):
    bridge = build("metric_insights", sandbox={"created": shape, "ids": ids})
    id_ = created(bridge.post("/Groups", body("Finance", ANNOTATION)))
    assert_calls(bridge.calls(), [PRIVILEGES, SETS, CREATE, ASSIGN])
    assert bridge.patch(f"/Groups/{id_}", {"op": "remove", "path": PATH}).status in (200, 204)
    assert there(bridge) == []


def test_an_answer_without_an_id_costs_a_look(build):
    bridge = build("metric_insights", sandbox={"created": "name"})
    created(bridge.post("/Groups", body("Finance")))
    assert_calls(bridge.calls(), NEW)


def test_an_id_that_was_there_before_is_not_the_new_sets(build, monkeypatch):
    bridge = build("metric_insights", sandbox={"created": "bare"})
    create_set = bridge.sandbox.create_set
    monkeypatch.setattr(bridge.sandbox, "create_set", lambda body: {**create_set(body), "id": 3})
    created(bridge.post("/Groups", body("Finance", ANNOTATION)))
    assert (there(bridge), there(bridge, "Demo Privilege Set")) == ([ANNOTATION], [])


def test_a_new_set_gets_its_privileges_after_what_they_require(bridge):
    created(bridge.post("/Groups", body("Finance", DISTRIBUTE, REFRESH)))
    assert_calls(list(bridge.calls()), [PRIVILEGES, *NEW, ASSIGN, ASSIGN, ASSIGN, ASSIGN, ASSIGN])
    assert there(bridge) == [REFRESH, SETTINGS, REPORTS, EXPORT, DISTRIBUTE]


def test_the_order_is_that_of_the_requirements(bridge):
    created(bridge.post("/Groups", body("Finance", DISTRIBUTE)))
    order = assigned(bridge)
    assert sorted(order) == sorted([SETTINGS, REPORTS, EXPORT, DISTRIBUTE])
    assert order[-1] == DISTRIBUTE
    assert order.index(REPORTS) < order.index(EXPORT)


def test_a_rename_is_one_call_and_leaves_the_privileges(bridge):
    id_ = push(bridge, "Finance", ANNOTATION)
    assert bridge.patch(f"/Groups/{id_}", replace("displayName", "Money")).status in (200, 204)
    assert_calls(bridge.calls(), [RENAME])
    assert (names(bridge), there(bridge, "Money")) == (["Money"], [ANNOTATION])


def test_one_more_privilege_by_patch(bridge):
    id_ = push(bridge, "Finance", ANNOTATION)
    change(bridge, id_, "add", REFRESH)
    assert_calls(bridge.calls(), [PRIVILEGES, ASSIGN, ASSIGN])
    assert there(bridge) == [ANNOTATION, REFRESH, SETTINGS]
    assert shown(bridge, id_) == [ANNOTATION, REFRESH]


def test_any_number_of_removals_is_one_look(bridge):
    id_ = push(bridge, "Finance", ANNOTATION, REFRESH, REPORTS)
    change(bridge, id_, "replace", ANNOTATION)
    assert_calls(bridge.calls(), [PRIVILEGES, ASSIGNMENTS, REMOVE, REMOVE, REMOVE])
    assert there(bridge) == [ANNOTATION]


def test_one_privilege_is_removed_by_a_value_path(bridge):
    id_ = push(bridge, "Finance", ANNOTATION, REPORTS)
    path = f'{PATH}[value eq "{REPORTS}"]'
    assert bridge.patch(f"/Groups/{id_}", {"op": "remove", "path": path}).status in (200, 204)
    assert_calls(bridge.calls(), [PRIVILEGES, ASSIGNMENTS, REMOVE])
    assert (there(bridge), shown(bridge, id_)) == ([ANNOTATION], [ANNOTATION])


def test_some_are_replaced_by_others_in_a_put_with_a_new_name(bridge):
    id_ = push(bridge, "Finance", ANNOTATION, REPORTS)
    assert bridge.put(f"/Groups/{id_}", body("Money", REPORTS, EXPORT)).status == 200
    assert_calls(bridge.calls(), [PRIVILEGES, ASSIGNMENTS, RENAME, ASSIGN, REMOVE])
    assert there(bridge, "Money") == [REPORTS, EXPORT]


def test_a_put_without_privileges_takes_all_of_them(bridge):
    id_ = push(bridge, "Finance", REFRESH)
    assert bridge.put(f"/Groups/{id_}", {"schemas": [GROUP], "displayName": "Finance"}).status == 200
    assert_calls(bridge.calls(), [PRIVILEGES, ASSIGNMENTS, REMOVE, REMOVE])
    assert there(bridge) == []


def test_what_is_already_so_costs_nothing(bridge):
    id_ = push(bridge, "Finance", REFRESH, ANNOTATION)
    assert bridge.put(f"/Groups/{id_}", body("Finance", REFRESH, ANNOTATION)).status == 200
    assert bridge.put(f"/Groups/{id_}", body("Finance", ANNOTATION, REFRESH)).status == 200
    change(bridge, id_, "add", REFRESH)
    display = [{"value": ANNOTATION, "display": "Add Annotation"}, {"value": REFRESH}]
    assert bridge.patch(f"/Groups/{id_}", replace(PATH, display)).status in (200, 204)
    assert bridge.get(f"/Groups/{id_}").body[URN]["privileges"][0]["display"] == "Add Annotation"
    assert_calls(bridge.calls(), [])


def test_a_deletion_is_one_call(bridge):
    id_ = push(bridge, "Finance", REFRESH)
    assert bridge.delete(f"/Groups/{id_}").status == 204
    assert_calls(bridge.calls(), [DELETE])
    assert names(bridge) == []
    assert bridge.rows("link") == []


def test_assignments_that_outlive_their_set_are_removed_where_the_option_says_so(build):
    settings = {"sandbox": {"leftovers": True}, "options": {"delete_leftovers": True}}
    bridge = build("metric_insights", **settings)
    before = list(bridge.sandbox.assignments)
    id_ = push(bridge, "Finance", REFRESH)
    bridge.fail("lose", method="DELETE", path="/api/privilege_set/*")
    assert bridge.delete(f"/Groups/{id_}").status == 204
    assert_calls(bridge.calls(), [DELETE, DELETE, ASSIGNMENTS, REMOVE, REMOVE, SETS])
    assert list(bridge.sandbox.assignments) == before
    assert bridge.due() == []


def test_the_published_calls_are_those_that_are_made(bridge):
    told = bridge.parts.targets["main"].mapping.calls
    meanings = {
        "list privilege sets": SETS,
        "create privilege set": CREATE,
        "rename privilege set": RENAME,
        "delete privilege set": DELETE,
    }
    id_ = created(bridge.post("/Groups", body("Finance")))
    assert_calls(bridge.calls(), [meanings[call] for call in told["create group"]])
    bridge.patch(f"/Groups/{id_}", replace("displayName", "Money"))
    assert_calls(bridge.calls(), [meanings[call] for call in told["rename group"]])
    bridge.delete(f"/Groups/{id_}")
    assert_calls(bridge.calls(), [meanings[call] for call in told["delete group"]])


def test_an_application_exchanges_its_key_for_a_token_that_may_expire(build):
    bridge = build("metric_insights", sandbox={"credentials": "application", "token_calls": 2})
    id_ = push(bridge, "Finance", DISTRIBUTE)
    change(bridge, id_, "replace", ANNOTATION)
    assert there(bridge) == [ANNOTATION]
    logins = [entry for entry in bridge.sandbox.journal if entry.path == "/api/get_token"]
    assert len(logins) > 2


# -- prerequisites


def test_what_a_wanted_privilege_requires_stays(bridge):
    id_ = push(bridge, "Finance", REFRESH, SETTINGS)
    change(bridge, id_, "replace", REFRESH)
    assert_calls(bridge.calls(), [PRIVILEGES])
    assert there(bridge) == [REFRESH, SETTINGS]
    assert (shown(bridge, id_), bridge.due()) == ([REFRESH], [])


def test_what_came_along_goes_along_unless_something_else_requires_it(bridge):
    id_ = push(bridge, "Finance", DISTRIBUTE, REFRESH)
    change(bridge, id_, "replace", REFRESH)
    assert there(bridge) == [REFRESH, SETTINGS]


def test_missing_prerequisites_can_be_refused(build):
    bridge = build("metric_insights", options={"prerequisites": "refuse"})
    answer = bridge.post("/Groups", body("Finance", DISTRIBUTE, SETTINGS))
    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    assert "20 (Distribute Reports) requires 14 (View Reports), 15 (Export Reports)" in answer.body["detail"]
    assert_calls(bridge.calls(), [PRIVILEGES])
    assert (names(bridge), bridge.rows("link")) == ([], [])
    id_ = push(bridge, "Finance", SETTINGS, REFRESH)
    answer = bridge.patch(f"/Groups/{id_}", replace(PATH, values(REFRESH)))
    assert "6 (Set Homepage Refresh Frequency) requires 12 (Access My Settings)" in answer.body["detail"]
    assert there(bridge) == sorted(shown(bridge, id_), reverse=True) == [REFRESH, SETTINGS]
    assert bridge.due() == []


@pytest.mark.parametrize("prerequisites", ["add", "refuse"])
def test_unknown_privileges_are_refused_before_anything_is_written(build, prerequisites):
    bridge = build("metric_insights", options={"prerequisites": prerequisites})
    id_ = push(bridge)
    for answer in (bridge.post("/Groups", body("Money", "99")), bridge.put(f"/Groups/{id_}", body("Ops", "99"))):
        assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
        assert "no privilege 99" in answer.body["detail"]
    assert_calls(bridge.calls(), [PRIVILEGES, PRIVILEGES])
    assert (names(bridge), bridge.get(f"/Groups/{id_}").body["displayName"]) == (["Finance"], "Finance")


def test_a_prerequisite_that_does_not_exist_is_named(bridge):
    bridge.sandbox.privileges[12]["required_privilege"] = "98"
    answer = bridge.post("/Groups", body("Finance", REFRESH))
    assert "6 (Set Homepage Refresh Frequency) requires 98" in answer.body["detail"]
    assert names(bridge) == []


def test_privileges_that_require_each_other_are_refused_before_anything_is_written(bridge):
    bridge.sandbox.privileges[12]["required_privilege"] = "6"
    answer = bridge.post("/Groups", body("Finance", REFRESH, ANNOTATION))
    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    assert "require each other" in answer.body["detail"]
    assert_calls(bridge.calls(), [PRIVILEGES])
    created(bridge.post("/Groups", body("Finance", ANNOTATION)))


def test_a_privilege_that_the_product_has_lost_does_not_keep_the_others(bridge):
    id_ = push(bridge, "Finance", ANNOTATION, REPORTS)
    del bridge.sandbox.privileges[2]
    bridge.sandbox.assignments = {
        id_: one for id_, one in bridge.sandbox.assignments.items() if one["privilege_id"] != 2
    }
    change(bridge, id_, "remove", REPORTS)
    assert there(bridge) == []
    assert bridge.due() == []


def test_a_cycle_does_not_keep_what_is_to_go(build):
    bridge = build("metric_insights", sandbox={"prerequisites": False})
    id_ = push(bridge, "Finance", REFRESH)
    bridge.sandbox.privileges[12]["required_privilege"] = "6"
    change(bridge, id_, "replace")
    assert there(bridge) == []


@pytest.mark.parametrize("entry", [{"display": "Add Annotation"}, {"value": "  "}])
def test_an_entry_without_a_value_is_refused(bridge, entry):
    answer = bridge.post("/Groups", {**body("Finance"), URN: {"privileges": [entry]}})
    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    assert_calls(bridge.calls(), [])
    assert bridge.rows("link") == []


# -- by hand


def test_what_somebody_gave_by_hand_stays(bridge):
    id_ = push(bridge, "Finance", ANNOTATION, REFRESH)
    bridge.sandbox.assign({"privilege_set_id": "7", "privilege_id": REPORTS})
    change(bridge, id_, "replace", ANNOTATION)
    assert there(bridge) == [ANNOTATION, REPORTS]


def test_what_somebody_gave_by_hand_goes_with_what_it_requires(bridge):
    id_ = push(bridge, "Finance", ANNOTATION, REPORTS)
    bridge.sandbox.assign({"privilege_set_id": "7", "privilege_id": EXPORT})
    change(bridge, id_, "replace", ANNOTATION)
    assert there(bridge) == [ANNOTATION]


@pytest.mark.parametrize("again", ["refuse", "ignore", "twice"])
def test_what_somebody_gave_by_hand_before_is_as_wanted(build, again):
    bridge = build("metric_insights", sandbox={"again": again})
    id_ = push(bridge)
    bridge.sandbox.assign({"privilege_set_id": "7", "privilege_id": REPORTS})
    change(bridge, id_, "add", REPORTS)
    assert set(there(bridge)) == {REPORTS}
    change(bridge, id_, "remove", REPORTS)
    assert there(bridge) == []


def test_what_somebody_took_by_hand_is_given_again_when_the_set_is_read(bridge):
    id_ = push(bridge, "Finance", ANNOTATION, REPORTS)
    bridge.sandbox.assignments.clear()
    change(bridge, id_, "remove", REPORTS)
    assert (there(bridge), bridge.due()) == ([ANNOTATION], [])


# -- whose set it is


@pytest.mark.parametrize("uniqueness", ["unique", "free"])
@pytest.mark.parametrize("name", ["Demo Privilege Set", "demo privilege set"])
def test_a_set_of_that_name_is_never_taken_over_and_never_doubled(build, uniqueness, name):
    bridge = build("metric_insights", sandbox={"names": uniqueness})
    answer = bridge.post("/Groups", body(name, ANNOTATION))
    assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
    assert_calls(bridge.calls(), [PRIVILEGES, SETS])
    assert names(bridge) == []
    assert there(bridge, "Demo Privilege Set") == []
    assert bridge.rows("link") == []


def test_a_lost_answer_is_looked_up_and_its_set_adopted(bridge):
    bridge.fail("lose", method="POST", path="/api/privilege_set")
    created(bridge.post("/Groups", body("Finance", REFRESH)))
    assert_calls(bridge.calls(), [PRIVILEGES, SETS, CREATE, SETS, ASSIGNMENTS, PRIVILEGES, ASSIGN, ASSIGN])
    assert (names(bridge), there(bridge)) == (["Finance"], [REFRESH, SETTINGS])


def test_an_answer_that_is_garbage_is_looked_up_and_made_again_only_by_the_next_try(bridge):
    bridge.fail("garbage", method="POST", path="/api/privilege_set")
    assert bridge.post("/Groups", body("Finance")).status == 503
    assert names(bridge) == []
    created(bridge.post("/Groups", body("Finance")))
    assert names(bridge) == ["Finance"]


def test_a_lost_answer_in_an_outage_is_adopted_when_it_is_asked_for_again(bridge):
    bridge.fail("lose", method="POST", path="/api/privilege_set")
    bridge.fail("status", method="GET", skip=2, count=10**6)
    assert bridge.post("/Groups", body("Finance", REFRESH)).status == 503
    assert names(bridge) == ["Finance"]
    bridge.recover()
    created(bridge.post("/Groups", body("Finance", REFRESH)))
    assert (names(bridge), there(bridge)) == (["Finance"], [REFRESH, SETTINGS])


LATER = [
    RateLimited("later", status=429, retry_after=7),
    AuthFailed("no", status=401),
    Unavailable("no connection"),
]


@pytest.mark.parametrize("failure", LATER, ids=repr)
def test_a_look_that_fails_after_an_answered_create_leaves_the_create_in_doubt(bridge, failure):
    def send(call):
        if call.meaning == "create privilege set":
            sent.append(call)
        elif sent:
            raise failure
        return {"privilege_sets": []}

    sent = []
    mapping = bridge.parts.targets["main"].mapping
    with pytest.raises(Unknown) as raised:
        run(mapping.create_group(Group("Finance", {"name": "Finance", "privileges": []})), send)
    assert len(sent) == 1
    assert (raised.value.status, raised.value.retry_after) == (failure.status, failure.retry_after)


@pytest.mark.parametrize(("status", "told"), [(503, 503), (429, 429), (403, 503), (401, 502)])
def test_an_id_that_could_not_be_learned_is_learned_later(bridge, status, told):
    bridge.fail("status", method="GET", skip=2, count=10**6, status=status)
    assert bridge.post("/Groups", body("Finance", REFRESH)).status == told
    assert names(bridge) == ["Finance"]
    bridge.recover()
    bridge.deliver()
    assert (names(bridge), bridge.rows("link")) == ([], [])


def test_a_set_that_was_there_before_is_never_adopted_after_a_crash(bridge, monkeypatch):
    """The process dies before it has looked, so that nothing was sent: the one that is there is a stranger's."""
    with monkeypatch.context() as patch:
        patch.setattr(bridge.parts.targets["main"].sender, "send", dying)
        with pytest.raises(Killed):
            bridge.post("/Groups", body("Demo Privilege Set"))
    bridge.round()
    assert bridge.due() == ["Demo Privilege Set"]
    (group,) = bridge.everything("/Groups")
    assert bridge.delete(f"/Groups/{group['id']}").status == 204
    assert not [entry for entry in bridge.entries() if entry.method != "GET"]
    assert len(bridge.sandbox.groups()) == 4
    assert (bridge.due(), bridge.rows("link")) == ([], [])


def test_a_set_whose_process_died_is_finished(bridge, monkeypatch):
    sender = bridge.parts.targets["main"].sender
    send = sender.send

    def mortal(call, *rest):
        if call.meaning == "assign privilege" and call.json["privilege_id"] == EXPORT:
            raise Killed
        return send(call, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(sender, "send", mortal)
        with pytest.raises(Killed):
            bridge.post("/Groups", body("Finance", DISTRIBUTE))
    held = there(bridge)
    assert held
    assert EXPORT not in held
    bridge.deliver()
    assert there(bridge) == [SETTINGS, REPORTS, EXPORT, DISTRIBUTE]
    assert names(bridge) == ["Finance"]


def test_two_new_sets_of_one_name_are_told_apart_by_nobody(bridge):
    bridge.fail("status", method="GET", skip=1, count=10**6)
    assert bridge.post("/Groups", body("Finance")).status == 503
    bridge.recover()
    bridge.sandbox.create_set({"name": "Finance"})
    answer = bridge.post("/Groups", body("Finance"))
    assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
    assert "2 privilege sets Finance" in answer.body["detail"]
    assert names(bridge) == ["Finance", "Finance"]
    bridge.sandbox.find_set("9")["name"] = "Somebody's"
    bridge.deliver()
    assert names(bridge) == ["Somebody's"]


def test_a_set_that_came_with_other_privileges_is_somebody_elses(bridge):
    bridge.fail("drop", method="POST", path="/api/privilege_set")
    bridge.fail("status", method="GET", skip=2, count=10**6)
    assert bridge.post("/Groups", body("Finance", REFRESH)).status == 503
    bridge.recover()
    bridge.sandbox.create_set({"name": "Finance"})
    bridge.sandbox.assign({"privilege_set_id": "7", "privilege_id": REPORTS})
    assert bridge.post("/Groups", body("Finance", REFRESH)).status == 409
    bridge.deliver()
    assert there(bridge) == [REPORTS]


@pytest.mark.parametrize("name", ["Regular User", "power user"])
def test_the_built_in_sets_are_protected_by_name(bridge, name):
    id_ = push(bridge)
    assert bridge.post("/Groups", body(name)).status == 403
    assert bridge.patch(f"/Groups/{id_}", replace("displayName", name)).status == 403
    assert_calls(bridge.calls(), [])


def test_the_built_in_sets_are_protected_by_id(bridge):
    mapping = bridge.parts.targets["main"].mapping
    assert "(id 2)" in mapping.protection(Group("Renamed", {}, vendor_id="2"))
    assert mapping.protection(Group("Renamed", {}, vendor_id="3")) is None


def test_a_set_that_was_deleted_by_hand_is_made_again_with_all_it_had(bridge):
    id_ = push(bridge, "Finance", REFRESH)
    bridge.sandbox.delete_set(bridge.sandbox.find_set("7"))
    assert bridge.patch(f"/Groups/{id_}", replace("displayName", "Money")).status in (200, 204)
    assert there(bridge, "Money") == [REFRESH, SETTINGS]


# -- half-way


def test_what_was_assigned_before_a_failure_is_not_assigned_again(bridge):
    id_ = push(bridge, "Finance", ANNOTATION)
    bridge.fail("status", method="POST", path="/api/privilege_set_privilege", skip=2, status=429)
    answer = bridge.patch(f"/Groups/{id_}", replace(PATH, values(ANNOTATION, DISTRIBUTE)))
    assert answer.status == 429
    assert len(there(bridge)) == 3
    assert shown(bridge, id_) == [ANNOTATION]
    bridge.deliver()
    assert there(bridge) == [ANNOTATION]


def test_a_queued_change_is_finished_by_the_worker(build):
    bridge = build("metric_insights", on_outage="queue")
    id_ = push(bridge, "Finance", ANNOTATION)
    bridge.fail("status", method="POST", path="/api/privilege_set_privilege", skip=2, status=429)
    change(bridge, id_, "add", DISTRIBUTE)
    assert bridge.due() == ["Finance"]
    bridge.calls()
    bridge.deliver()
    assert_calls(bridge.calls(), [PRIVILEGES, ASSIGN, ASSIGN])
    assert there(bridge) == [ANNOTATION, SETTINGS, REPORTS, EXPORT, DISTRIBUTE]


def test_a_lost_assignment_is_looked_for_before_it_is_sent_again(build):
    bridge = build("metric_insights", on_outage="queue", sandbox={"again": "twice"})
    id_ = push(bridge, "Finance", ANNOTATION)
    bridge.fail("lose", method="POST", path="/api/privilege_set_privilege", skip=1)
    change(bridge, id_, "add", DISTRIBUTE)
    bridge.calls()
    bridge.deliver()
    assert_calls(bridge.calls(), [PRIVILEGES, ASSIGNMENTS, ASSIGN, ASSIGN])
    assert there(bridge) == [ANNOTATION, SETTINGS, REPORTS, EXPORT, DISTRIBUTE]


def test_a_lost_assignment_to_a_set_whose_create_was_lost_too_is_looked_for(build):
    bridge = build("metric_insights", on_outage="queue", sandbox={"again": "twice"})
    bridge.fail("lose", method="POST", path="/api/privilege_set")
    bridge.fail("lose", method="POST", path="/api/privilege_set_privilege")
    created(bridge.post("/Groups", body("Finance", ANNOTATION)))
    bridge.deliver()
    assert (names(bridge), there(bridge)) == (["Finance"], [ANNOTATION])


def test_what_may_or_may_not_be_removed_is_looked_for(build):
    bridge = build("metric_insights", on_outage="queue")
    id_ = push(bridge, "Finance", REFRESH)
    bridge.fail("status", method="DELETE", count=2)
    change(bridge, id_, "replace")
    assert there(bridge) == [REFRESH, SETTINGS]
    bridge.calls()
    bridge.deliver()
    assert_calls(bridge.calls(), [PRIVILEGES, ASSIGNMENTS, REMOVE, REMOVE])
    assert there(bridge) == []


def test_what_somebody_took_by_hand_is_not_thought_to_be_there_half_way(bridge):
    id_ = push(bridge, "Finance", ANNOTATION, SETTINGS, REPORTS)
    bridge.sandbox.assignments.clear()
    bridge.fail("status", method="POST", skip=1, status=429)
    answer = bridge.patch(f"/Groups/{id_}", replace(PATH, values(ANNOTATION, SETTINGS)))
    assert answer.status == 429
    assert there(bridge) == [ANNOTATION]
    bridge.deliver()
    assert there(bridge) == [ANNOTATION, SETTINGS]  # what was taken away stays taken
    assert set(shown(bridge, id_)) == {ANNOTATION, SETTINGS}


def test_a_lost_removal_is_done(bridge):
    id_ = push(bridge, "Finance", ANNOTATION, REPORTS)
    bridge.fail("lose", method="DELETE")
    change(bridge, id_, "remove", REPORTS)
    assert_calls(bridge.calls(), [PRIVILEGES, ASSIGNMENTS, REMOVE, REMOVE, ASSIGNMENTS])
    assert there(bridge) == [ANNOTATION]


def test_a_wrong_404_to_a_removal_is_no_success(bridge):
    id_ = push(bridge, "Finance", ANNOTATION, REPORTS)
    bridge.fail("status", method="DELETE", status=404)
    answer = bridge.patch(f"/Groups/{id_}", replace(PATH, values(ANNOTATION)))
    assert answer.status == 400
    assert there(bridge) == [ANNOTATION, REPORTS]


def test_a_refused_assignment_of_a_new_set_leaves_no_set(bridge):
    bridge.fail("status", method="POST", path="/api/privilege_set_privilege", status=400, skip=1)
    assert bridge.post("/Groups", body("Finance", REFRESH)).status == 400
    assert (names(bridge), bridge.rows("link")) == ([], [])


def test_a_refused_change_is_taken_back(bridge):
    id_ = push(bridge, "Finance", ANNOTATION)
    bridge.fail("status", method="POST", path="/api/privilege_set_privilege", status=403, skip=1)
    answer = bridge.put(f"/Groups/{id_}", body("Money", ANNOTATION, REFRESH))
    assert answer.status == 403
    assert bridge.get(f"/Groups/{id_}").body["displayName"] == "Finance"
    bridge.deliver()
    assert there(bridge) == shown(bridge, id_) == [ANNOTATION]


# -- users and members


def test_users_are_not_taken_unless_an_option_says_so(bridge):
    listed = bridge.get("/Users?filter=userName%20eq%20%22ann@acme.example%22")
    assert (listed.status, listed.body["totalResults"]) == (200, 0)
    answer = bridge.post("/Users", person())
    assert (answer.status, answer.body["scimType"]) == (400, "mutability")
    assert answer.body["detail"] == (
        "Metric Insights documents no call for users, nor for who holds a privilege set. "
        'Set the option users of the target to "directory" to keep them in the bridge alone.'
    )
    id_ = push(bridge)
    assert bridge.patch(f"/Groups/{id_}", add("2819c223-7f76-453a-919d-413861904646")).status == 400
    assert_calls(bridge.calls(), [])


def test_users_and_members_can_be_kept_in_the_bridge(build):
    bridge = build("metric_insights", options={"users": "directory"})
    ann = created(bridge.post("/Users", {"schemas": person()["schemas"], "userName": "ann"}))
    bob = bridge.hire("bob", entitlements=[{"value": ANNOTATION}], roles=[{"value": "3"}])
    assert_calls(bridge.calls(), [])
    finance = created(bridge.post("/Groups", {**body("Finance", ANNOTATION), "members": [{"value": ann}]}))
    assert_calls(bridge.calls(), [PRIVILEGES, *NEW, ASSIGN])
    assert bridge.patch(f"/Groups/{finance}", add(bob), remove(ann)).status in (200, 204)
    bridge.patch(f"/Users/{bob}", replace("active", False))
    bridge.delete(f"/Users/{ann}")
    assert_calls(bridge.calls(), [])
    group = bridge.get(f"/Groups/{finance}").body
    assert [member["value"] for member in group["members"]] == [bob]
    assert group[URN]["privileges"] == [{"value": ANNOTATION}]
    assert group[URN]["note"] == (
        "The members are kept in the bridge only: "
        "Metric Insights documents no call for users, nor for who holds a privilege set."
    )
    assert any("kept in the bridge only: Metric" in str(row["detail"]) for row in bridge.rows("event"))
    bridge.delete(f"/Groups/{finance}")
    assert_calls(bridge.calls(), [DELETE])
    assert bridge.due() == []


def test_the_schema_says_what_can_be_written(bridge):
    schema = bridge.get(f"/Schemas/{URN}").body
    (attribute,) = schema["attributes"]
    assert (attribute["name"], attribute["multiValued"], attribute["type"]) == ("privileges", True, "complex")
    assert [part["name"] for part in attribute["subAttributes"]] == ["value", "display"]


def test_a_patch_without_a_path_and_a_key_of_the_extension(bridge):
    id_ = push(bridge)
    patch = {"schemas": [PATCH_OP], "Operations": [{"op": "add", "value": {URN: {"privileges": values(REPORTS)}}}]}
    assert bridge.request("PATCH", f"/Groups/{id_}", patch).status in (200, 204)
    assert there(bridge) == [REPORTS]


def test_plain_ids_are_taken_too(bridge):
    id_ = created(bridge.post("/Groups", {**body("Finance"), URN: {"privileges": [ANNOTATION, ANNOTATION]}}))
    assert bridge.patch(f"/Groups/{id_}", {"op": "add", "path": PATH, "value": [REPORTS]}).status in (200, 204)
    assert there(bridge) == [ANNOTATION, REPORTS]


@pytest.mark.parametrize("entries", [["6", 12], [{"value": 12}, {"value": " 6 "}, {"value": "6"}]])
def test_ids_are_texts_each_once_in_order(bridge, entries):
    document = {"id": "x", "displayName": "Finance", URN: {"privileges": entries}}
    assert bridge.parts.targets["main"].mapping.group(document).fields["privileges"] == ["6", "12"]


def test_a_plan_shows_every_call_without_any_answer(bridge):
    mapping, planned = bridge.parts.targets["main"].mapping, []

    def note(call):
        planned.append(call.meaning)
        return call.planned

    group = Group("Finance", {"name": "Finance", "privileges": ["2"]})
    run(mapping.create_group(group), note)
    assert planned == ["list privileges", "list privilege sets", "create privilege set", "assign privilege"]
    planned.clear()
    change = Change({"privileges": ["2"]}, before={"privileges": ["6", "12"]})
    run(mapping.update_group(replaced(group, vendor_id="7"), change), note)
    assert planned == ["list privileges", "list assignments", "assign privilege", *["remove privilege"] * 2]


# -- the catalogue


def run_flow(bridge, flow):
    target = bridge.parts.targets["main"]
    return run(flow, lambda call: target.sender.send(call, lambda record: None, float("inf")))


def test_sets_are_roles_that_contain_privileges(bridge):
    mapping = bridge.parts.targets["main"].mapping
    roles = {entry.value: entry for entry in run_flow(bridge, mapping.roles())}
    assert_calls(bridge.calls(), [SETS, ASSIGNMENTS])
    assert (roles["1"].display, roles["1"].contains) == ("Regular User", ("2", "6", "12"))
    assert not any(entry.supported for entry in roles.values())


def test_privileges_are_entitlements_of_their_class(bridge):
    mapping = bridge.parts.targets["main"].mapping
    entries = {entry.value: entry for entry in run_flow(bridge, mapping.entitlements())}
    assert_calls(bridge.calls(), [PRIVILEGES])
    assert (entries["6"].display, entries["6"].type) == ("Set Homepage Refresh Frequency", "Personal Settings")
    assert not any(entry.supported for entry in entries.values())


def test_the_connection_is_checked_by_one_read(bridge):
    assert run_flow(bridge, bridge.parts.targets["main"].mapping.check()) == "4 privilege sets"
    assert_calls(bridge.calls(), [SETS])


# -- reading


@pytest.mark.parametrize(
    ("text", "required"), [(None, ()), ("", ()), ("12", ("12",)), (12, ("12",)), ("15, 2,15", ("2", "15"))]
)
def test_prerequisites_are_read_however_they_are_written(text, required):
    found = Privileges.read([{"id": 6, "name": "x", "required_privilege": text}])
    assert found.required == {"6": required}
