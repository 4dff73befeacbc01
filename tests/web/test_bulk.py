"""``/Bulk`` over HTTP: what becomes of each operation, here and at the vendor."""

import pytest
from scim2_models import BulkResponse, User

from app.provisioning import writing
from app.provisioning.endpoints import UserEndpoint
from tests.bridge import BASE, PATCH_OP, USER, add, assert_calls, person, refs, remove, replace

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
MIB = 1024 * 1024


@pytest.fixture
def bridge(build):
    return build("periscope")


def bulk(bridge, *operations, **more):
    answer = bridge.post("/Bulk", {"schemas": [REQUEST], "Operations": list(operations), **more})
    assert (answer.status, answer.body["schemas"]) == (200, [RESPONSE])
    BulkResponse[User].model_validate(answer.body)
    return answer.body["Operations"]


def statuses(results):
    return [result["status"] for result in results]


def post(name, boss=None, *, email=None):
    more = {} if boss is None else {ENTERPRISE: {"manager": {"value": boss}}}
    more |= {} if email is None else {"emails": [{"value": email, "type": "work", "primary": True}]}
    return {"method": "POST", "path": "/Users", "bulkId": name, "data": person(name, **more)}


def team(name, *members):
    return {
        "method": "POST",
        "path": "/Groups",
        "bulkId": name,
        "data": {"displayName": name, "members": refs(members)},
    }


def patch(path, *operations, **more):
    return {
        "method": "PATCH",
        "path": path,
        "data": {"schemas": [PATCH_OP], "Operations": list(operations)},
        **more,
    }


def named(bridge, endpoint="/Users", attribute="userName"):
    return {resource[attribute].partition("@")[0]: resource for resource in bridge.everything(endpoint)}


def test_all_methods_in_one_request_and_the_version_of_each_result(bridge):
    ann, ben, eve = (bridge.hire(name) for name in ("ann", "ben", "eve"))
    finance = bridge.found("Finance", [ann])
    bridge.calls()
    results = bulk(
        bridge,
        post("cay"),
        {"method": "put", "path": f"/Users/{ann}", "data": person("ann", title="Dr"), "bulkId": "mine"},
        patch(f"/Users/{ben}", replace("title", "Prof")),
        {"method": "DELETE", "path": f"/Users/{eve}"},
        patch(f"/Groups/{finance}", add(ben), remove(ann)),
    )
    assert statuses(results) == ["201", "200", "200", "204", "204"]
    assert [result["method"] for result in results] == ["POST", "PUT", "PATCH", "DELETE", "PATCH"]
    assert [result.get("bulkId") for result in results] == ["cay", "mine", None, None, None]
    cay = named(bridge)["cay"]["id"]
    paths = [f"/Users/{cay}", f"/Users/{ann}", f"/Users/{ben}", f"/Users/{eve}", f"/Groups/{finance}"]
    assert [result["location"] for result in results] == [f"http://localhost{BASE}{path}" for path in paths]
    assert [name for result in results for name in result if name == "response"] == []
    assert "version" not in results[3]
    for at in (0, 4):  # whose groups or members nobody has changed since
        assert results[at]["version"] == bridge.get(paths[at]).headers["ETag"]
    again = [
        patch(path, replace("title", "Dr h.c."), version=results[at]["version"])
        for at, path in enumerate(paths[:3])
    ]
    assert statuses(bulk(bridge, *again)) == ["200", "200", "200"]
    assert statuses(bulk(bridge, *again)) == ["412", "412", "412"]
    bridge.assert_agreement()


def test_references_in_any_order_and_in_circles(bridge):
    results = bulk(
        bridge,
        team("Finance", "bulkId:ann", "bulkId:ben"),
        patch("/Groups/bulkId:Finance", remove("bulkId:ben")),
        post("ann", "bulkId:ben"),
        post("ben", "bulkId:cay"),
        post("cay", "bulkId:ann"),
        post("self", "bulkId:self"),
    )
    assert statuses(results) == ["201", "204", "201", "201", "201", "201"]
    people = named(bridge)
    managers = {name: user[ENTERPRISE]["manager"]["value"] for name, user in people.items()}
    ids = {name: user["id"] for name, user in people.items()}
    assert managers == {"ann": ids["ben"], "ben": ids["cay"], "cay": ids["ann"], "self": ids["self"]}
    assert named(bridge, "/Groups", "displayName")["Finance"]["members"][0]["value"] == ids["ann"]
    assert bridge.accounts()["ann@acme.example"] == {"Finance"}
    bridge.assert_agreement()


def test_what_refers_to_what_fails_fails_too_and_nothing_is_left_of_a_broken_circle(bridge):
    bridge.hire("ben")
    bridge.calls()
    results = bulk(
        bridge,
        post("ann", "bulkId:ben"),
        post("ben", "bulkId:ann"),
        team("Finance", "bulkId:ann"),
        patch("/Users/bulkId:nobody", replace("title", "Dr")),
        post("cay", "bulkId:dee"),
        post("dee", "bulkId:cay"),
    )
    assert statuses(results) == ["409", "409", "409", "409", "201", "201"]
    details = [result["response"]["detail"] for result in results[:4]]
    assert ["bulkId:ben" in details[0], "taken" in details[1], "bulkId:ann" in details[2]] == [True] * 3
    assert "bulkId:nobody" in details[3]
    assert [result.get("location") for result in results[:3]] == [None] * 3
    assert named(bridge).keys() == {"ben", "cay", "dee"}
    assert bridge.everything("/Groups") == []
    assert_calls(bridge.calls(), ["POST /api/v2/users"] * 3 + ["DELETE /api/v2/users/*"], in_any_order=True)
    bridge.assert_agreement()
    assert bridge.due() == []


def test_nothing_is_begun_once_as_many_have_failed_as_are_accepted(bridge):
    bridge.hire("ann")
    asked = [post("ben"), post("ann"), post("cay"), {"method": "DELETE"}, post("dee")]
    assert statuses(bulk(bridge, *asked, failOnErrors=1)) == ["201", "409"]
    assert named(bridge).keys() == {"ann", "ben"}
    three = bulk(bridge, *asked, failOnErrors=3)
    assert statuses(three) == ["409", "409", "201", "400"]
    assert three[3]["method"] == "DELETE"
    assert named(bridge).keys() == {"ann", "ben", "cay"}
    assert statuses(bulk(bridge, *asked)) == ["409", "409", "409", "400", "201"]


def test_a_circle_that_breaks_at_the_last_accepted_error_leaves_nothing_and_says_no_more(bridge):
    bridge.hire("ben")
    results = bulk(bridge, post("ann", "bulkId:ben"), post("ben", "bulkId:ann"), post("cay"), failOnErrors=1)
    assert [(result["bulkId"], result["status"]) for result in results] == [("ben", "409")]
    assert named(bridge).keys() == {"ben"}
    bridge.assert_agreement()


def test_the_limits_are_those_that_are_advertised(bridge):
    config = bridge.get("/ServiceProviderConfig").body["bulk"]
    assert config == {"supported": True, "maxOperations": 1000, "maxPayloadSize": MIB}
    many = bridge.post("/Bulk", {"Operations": [{"method": "DELETE", "path": "/Users/x"}] * 1001})
    large = bridge.request("POST", "/Bulk", data=b" " * (MIB + 1))
    assert (many.status, large.status) == (413, 413)
    assert "maxOperations (1000)" in many.body["detail"]
    assert f"maxPayloadSize ({MIB})" in large.body["detail"]
    assert statuses(bulk(bridge, *[{"method": "DELETE"}] * 1000)) == ["400"] * 1000
    assert bridge.get("/Bulk").status == 405


@pytest.mark.parametrize(
    "body", [[], {}, {"Operations": []}, {"Operations": {}}, {"Operations": [{}], "failOnErrors": 0}]
)
def test_what_is_no_bulk_request_is_400(bridge, body):
    assert bridge.post("/Bulk", body).status == 400


def test_a_name_that_is_given_up_can_be_taken_by_a_later_operation(bridge):
    ann, ben = bridge.hire("ann"), bridge.hire("ben")
    finance = bridge.found("Finance", [ben])
    results = bulk(
        bridge,
        {"method": "DELETE", "path": f"/Users/{ann}"},
        post("ann"),
        patch(
            f"/Users/{ben}",
            replace("userName", "benjamin"),
            replace('emails[type eq "work"].value', "b@acme.example"),
        ),
        post("BEN", email="ben@acme.example"),
        {"method": "DELETE", "path": f"/Groups/{finance}"},
        team("finance", "bulkId:ann"),
        {"method": "DELETE", "path": f"/Users/{ben}"},
        post("benjamin", email="b@acme.example"),
    )
    assert statuses(results) == ["204", "201", "200", "201", "204", "201", "204", "201"]
    people = named(bridge)
    assert people.keys() == {"ann", "BEN", "benjamin"}
    assert people["ann"]["id"] != ann
    assert bridge.accounts()["ann@acme.example"] == {"finance"}
    bridge.assert_agreement()


def test_what_cannot_be_begun_in_time_is_503_and_to_be_sent_again(bridge, monkeypatch):
    monkeypatch.setattr(writing, "REQUEST_SECONDS", -1.0)
    results = bulk(bridge, post("ann"), post("ben", "bulkId:ann"))
    assert statuses(results) == ["503", "409"]
    assert "send it again" in results[0]["response"]["detail"]
    assert bridge.calls() == []


def test_a_circle_that_time_runs_out_on_leaves_nobody_here_and_nobody_at_the_vendor_in_the_end(bridge, monkeypatch):
    create = UserEndpoint.create

    def last(endpoint, *arguments):
        try:
            return create(endpoint, *arguments)
        finally:
            monkeypatch.setattr(writing, "REQUEST_SECONDS", -60.0)

    monkeypatch.setattr(UserEndpoint, "create", last)
    assert statuses(bulk(bridge, post("ann", "bulkId:ben"), post("ben", "bulkId:ann"))) == ["409", "503"]
    assert bridge.everything("/Users") == []
    assert bridge.accounts().keys() == {"ann@acme.example"}
    monkeypatch.undo()
    bridge.deliver()
    assert bridge.accounts() == {}


def test_a_defect_of_ours_is_the_500_of_one_operation(bridge, monkeypatch):
    replace_, secret = UserEndpoint.replace, "the insides of the bridge"

    def broken(endpoint, request, id_, body, preconditions):
        if body["title"] == "broken":
            raise RuntimeError(secret)
        return replace_(endpoint, request, id_, body, preconditions)

    monkeypatch.setattr(UserEndpoint, "replace", broken)
    path = f"/Users/{bridge.hire('ann')}"
    asked = [{"method": "PUT", "path": path, "data": person("ann", title=title)} for title in ("broken", "Dr")]
    results = bulk(bridge, *asked)
    assert statuses(results) == ["500", "200"]
    assert secret not in str(results)


def test_each_operation_is_in_the_audit_by_itself(bridge):
    bulk(bridge, post("ann", "bulkId:ben"), post("ben"), patch("/Users/nobody", replace("title", "Dr")))
    events = {(event["action"], event["outcome"]) for event in bridge.rows("event")}
    assert events == {("POST /Users (bulk)", "delivered"), ("PATCH /Users/nobody (bulk)", "refused")}
    assert len({event["request_id"] for event in bridge.rows("event")}) == 3


def test_users_that_a_vendor_does_not_have_are_refused_or_kept_as_in_single_requests(build):
    bridge = build("metric_insights")
    single = bridge.post("/Users", person("ann"))
    (result,) = bulk(bridge, post("ann"))
    assert (result["status"], result["response"]) == (str(single.status), single.body)
    kept = build("metric_insights", options={"users": "directory"})
    assert statuses(bulk(kept, post("ann", "bulkId:ben"), post("ben"))) == ["201", "201"]
    assert kept.calls() == []


def test_a_bulk_request_has_to_be_let_in(bridge):
    assert bridge.post("/Bulk", {"Operations": [post("ann")]}, token=None).status == 401
    assert bridge.request("POST", "/Bulk", data="x", content_type="text/plain").status == 415
    assert bridge.post("/Bulk", {"Operations": [{**post("ann"), "data": {"schemas": [USER]}}]}).status == 200
