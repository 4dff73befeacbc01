"""The role table: what groups and attributes of the identity provider give at the vendor."""

import pytest
from structlog.testing import capture_logs

from app.directory.tables import link
from app.provisioning.worker import DELIVERING, Worker
from tests.bridge import add, assert_calls, on_both_databases, refs, remove, replace

ANN = "ann@acme.example"
ANALYST, VIEWER = "Analysts", "Viewers"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LIST, READ, CREATE, UPDATE = "GET /api/v1/roles", "GET /api/v2/users/*", "POST /api/v2/users", "PUT /api/v2/users/*"
BY_GROUP = {"group": "Finance", "roles": [ANALYST]}
BY_DEPARTMENT = {"filter": 'department eq "Sales"', "roles": [VIEWER]}


@pytest.fixture
def sales(build):
    """A bridge whose table gives Analysts to Finance and Viewers to the department Sales."""
    return with_roles(build("periscope", role_table=[BY_GROUP, BY_DEPARTMENT]))


def with_roles(bridge):
    for name in (ANALYST, VIEWER):
        admin = bridge.sandbox.options["invited_by_email"]
        bridge.sandbox.create_role(
            {"name": name, "description": "", "created_by_email": admin, "privileges": [], "permissions": []}
        )
    return bridge


def in_sales(bridge, **more):
    return bridge.hire("ann", **{ENTERPRISE: {"department": "Sales"}}, **more)


def test_an_attribute_gives_a_role_with_the_account(sales):
    in_sales(sales)
    assert sales.accounts() == {ANN: {VIEWER}}
    assert_calls(sales.calls(), [LIST, CREATE])


def test_the_names_of_roles_are_looked_up_once_for_everybody(sales):
    in_sales(sales)
    sales.calls()
    for name in ("bob", "carl", "dora"):
        sales.hire(name, **{ENTERPRISE: {"department": "sales"}})
    assert_calls(sales.calls(), [CREATE, CREATE, CREATE])


def test_an_attribute_that_changes_changes_the_role(sales):
    ann = in_sales(sales)
    sales.patch(f"/Users/{ann}", replace(f"{ENTERPRISE}:department", "Legal"))
    assert sales.accounts() == {ANN: set()}
    sales.patch(f"/Users/{ann}", replace(f"{ENTERPRISE}:department", "SALES"))
    assert sales.accounts() == {ANN: {VIEWER}}


def test_a_group_of_the_table_is_no_role_of_its_own(sales):
    ann = sales.hire("ann")
    sales.calls()
    finance = sales.found("finance", [ann])
    assert_calls(sales.calls(), [LIST, READ, UPDATE])
    assert sales.accounts() == {ANN: {ANALYST}}
    assert sales.get(f"/Groups/{finance}").body["members"][0]["value"] == ann
    assert sales.due() == []


def test_leaving_the_group_takes_the_role_and_the_row(sales):
    ann = sales.hire("ann")
    finance = sales.found("Finance", [ann])
    sales.calls()
    assert sales.patch(f"/Groups/{finance}", remove(ann)).status == 204
    assert_calls(sales.calls(), [READ, UPDATE])
    assert sales.accounts() == {ANN: set()}
    assert sales.rows("member") == []


def test_a_role_that_two_rows_give_stays_until_neither_does(build):
    bridge = with_roles(build("periscope", role_table=[BY_GROUP, {**BY_DEPARTMENT, "roles": [ANALYST]}]))
    ann = in_sales(bridge)
    finance = bridge.found("Finance", [ann])
    bridge.patch(f"/Groups/{finance}", remove(ann))
    assert bridge.accounts() == {ANN: {ANALYST}}
    bridge.patch(f"/Users/{ann}", {"op": "remove", "path": f"{ENTERPRISE}:department"})
    assert bridge.accounts() == {ANN: set()}


def test_deleting_the_group_takes_the_role_from_all_members(sales):
    ids = [sales.hire(name) for name in ("ann", "bob")]
    finance = sales.found("Finance", ids)
    assert sales.delete(f"/Groups/{finance}").status == 204
    assert set(map(frozenset, sales.accounts().values())) == {frozenset()}
    assert sales.rows("member") == []
    assert [row["kind"] for row in sales.rows("link")] == ["User", "User"]


def test_a_group_renamed_into_the_table_gives_and_out_of_it_takes(sales):
    ann = sales.hire("ann")
    group = sales.found("Money", [ann])
    assert sales.accounts() == {ANN: {"Money"}}
    assert sales.patch(f"/Groups/{group}", replace("displayName", "Finance")).status == 204
    assert sales.accounts() == {ANN: {"Finance", ANALYST}}  # the role that was made before is kept
    assert sales.patch(f"/Groups/{group}", replace("displayName", "Money")).status == 204
    assert sales.accounts() == {ANN: {"Money"}}


def test_a_group_of_the_table_that_is_renamed_out_of_it_becomes_a_role(sales):
    ann = sales.hire("ann")
    group = sales.found("Finance", [ann])
    assert sales.patch(f"/Groups/{group}", replace("displayName", "Money")).status == 204
    sales.deliver()
    assert sales.accounts() == {ANN: {"Money"}}


def test_a_leaver_has_nothing_and_has_it_all_again_when_hired_again(sales):
    ann = in_sales(sales)
    sales.found("Finance", [ann])
    sales.patch(f"/Users/{ann}", replace("active", False))
    assert sales.accounts() == {}
    sales.calls()
    sales.patch(f"/Users/{ann}", replace("active", True))
    assert_calls(sales.calls(), [CREATE])
    assert sales.accounts() == {ANN: {ANALYST, VIEWER}}


def test_what_the_provider_sends_itself_counts_before_the_table(build):
    table = [
        {"filter": 'userType eq "Lead"', "entitlements": ["privilege:read write"], "precedence": 5},
        {"filter": "userName pr", "entitlements": ["privilege:read"], "precedence": 9},
    ]
    bridge = build("datasentinel", role_table=table)
    ann = bridge.hire("ann", userType="Lead")
    assert bridge.account(ANN)["fields"]["privilege"] == "read write"
    bridge.patch(f"/Users/{ann}", replace("entitlements", [{"value": "privilege:read"}]))
    assert bridge.account(ANN)["fields"]["privilege"] == "read"


def test_rows_count_by_precedence_and_not_by_their_place(build):
    table = [
        {"filter": "userName pr", "entitlements": ["privilege:read"], "precedence": 9},
        {"filter": 'userType eq "Lead"', "entitlements": ["privilege:read write"], "precedence": 5},
    ]
    bridge = build("datasentinel", role_table=table)
    bridge.hire("ann", userType="Lead")
    assert bridge.account(ANN)["fields"]["privilege"] == "read write"


@on_both_databases
def test_another_table_is_followed_at_the_next_start(build):
    before = with_roles(build("periscope"))
    start(before)
    ann = in_sales(before)
    before.found("Other", [ann])
    changed = build("periscope", base_url=before.base_url, role_table=[BY_DEPARTMENT])
    start(changed)
    changed.deliver()
    assert before.accounts() == {ANN: {"Other", VIEWER}}
    before.calls()
    start(changed)
    changed.deliver()
    assert before.calls() == []


def test_a_table_that_comes_with_the_first_noted_start_is_followed_too(build):
    before = with_roles(build("periscope"))
    in_sales(before)
    changed = build("periscope", base_url=before.base_url, role_table=[BY_DEPARTMENT])
    start(changed)
    changed.deliver()
    assert before.accounts() == {ANN: {VIEWER}}


def start(bridge):
    Worker(bridge.parts.database, bridge.parts.targets).adopt_policies()


def test_the_worker_says_when_it_has_asked_the_vendor_all_that_it_asks_at_a_start(sales):
    worker = Worker(sales.parts.database, sales.parts.targets)
    with capture_logs() as logged:
        worker.adopt_policies()
        asked = len(sales.sandbox.journal)
        worker.adopt_policies()
    assert [line["event"] for line in logged].count(DELIVERING) == 1
    assert 0 < asked == len(sales.sandbox.journal)


def test_a_failed_look_up_leaves_the_role_to_be_given(sales):
    ann = sales.hire("ann")
    sales.fail("status", status=503, path="/api/v1/roles", count=2)
    answer = sales.patch(f"/Users/{ann}", replace(f"{ENTERPRISE}:department", "Sales"))
    assert answer.status == 503
    assert sales.patch(f"/Users/{ann}", replace(f"{ENTERPRISE}:department", "Sales")).status == 200
    assert sales.accounts() == {ANN: {VIEWER}}


def test_a_queued_look_up_is_made_by_the_worker(build):
    bridge = with_roles(build("periscope", role_table=[BY_DEPARTMENT], on_outage="queue"))
    bridge.outage()
    in_sales(bridge)
    bridge.recover()
    bridge.deliver()
    assert bridge.accounts() == {ANN: {VIEWER}}


def test_what_is_sent_for_a_name_just_looked_up_is_doubtful_on_disk_before(sales):
    ann = sales.hire("ann")
    seen = []
    perform = sales.sandbox.perform

    def watched(operation, *arguments):
        if operation.method == "PUT":
            with sales.parts.database.read() as connection:
                seen.append(connection.execute(link.select()).mappings().one()["snapshot"])
        return perform(operation, *arguments)

    sales.sandbox.perform = watched
    sales.patch(f"/Users/{ann}", replace(f"{ENTERPRISE}:department", "Sales"))
    role = next(group["id"] for group in sales.sandbox.groups() if group["name"] == VIEWER)
    assert len(seen) == 1
    assert f'"doubtful":["{role}"]' in seen[0]


def test_a_value_that_the_vendor_does_not_have_gives_nothing_and_is_told(build):
    bridge = build("periscope", role_table=[{"filter": "userName pr", "roles": ["No such role"]}])
    bridge.hire("ann", roles=[{"value": "Whatever"}])
    assert bridge.accounts() == {ANN: set()}
    details = [row["detail"] for row in bridge.rows("event")]
    assert "'Whatever'" in details[-1]
    assert "'No such role'" in details[-1]


def test_roles_sent_by_the_provider_are_given_beside_those_of_groups(sales):
    ann = sales.hire("ann", roles=[{"value": ANALYST}])
    money = sales.found("Money", [ann])
    assert sales.accounts() == {ANN: {ANALYST, "Money"}}
    sales.patch(f"/Groups/{money}", remove(ann))
    assert sales.accounts() == {ANN: {ANALYST}}
    sales.patch(f"/Users/{ann}", replace("roles", [{"value": '{"id":"1","value":"Viewers"}'}]))
    assert sales.accounts() == {ANN: {VIEWER}}
    sales.put(f"/Groups/{money}", {"displayName": "Money", "members": refs([ann])})
    sales.patch(f"/Users/{ann}", {"op": "remove", "path": "roles"})
    assert sales.accounts() == {ANN: {"Money"}}


def test_a_protected_role_is_not_given_by_value(sales):
    answer = sales.post("/Users", {"userName": ANN, "roles": [{"value": "Administrator"}]})
    assert (answer.status, sales.accounts()) == (400, {})
    assert "Administrator" in answer.body["detail"]
    assert sales.get("/Users").body["totalResults"] == 0


def test_more_members_than_a_lease_covers_are_all_given_the_role(build):
    bridge = with_roles(build("periscope", role_table=[BY_GROUP], options={"roles": "exact"}))
    ids = [bridge.hire(f"user{number}") for number in range(105)]
    finance = bridge.found("Finance", ids)
    bridge.deliver()
    assert set(map(frozenset, bridge.accounts().values())) == {frozenset({ANALYST})}
    bridge.patch(f"/Groups/{finance}", replace("members", refs(ids[:1])), add(ids[1]))
    bridge.deliver()
    assert sum(ANALYST in roles for roles in bridge.accounts().values()) == 2


def test_a_group_that_stands_for_a_role_wanted_for_another_reason_ends_at_once(build):
    bridge = build("datasentinel")
    ann = bridge.hire("ann", roles=[{"value": "Least Access"}])
    group = bridge.found("Least Access", [ann])
    assert bridge.due() == []
    assert bridge.delete(f"/Groups/{group}").status == 204
    assert bridge.accounts() == {ANN: {"Least Access"}}
    assert bridge.due() == []
    assert [row["kind"] for row in bridge.rows("link")] == ["User"]


def test_a_row_that_can_never_be_given_is_told_at_the_start(build):
    from app.config import ConfigError

    row = {"group": "Admins", "entitlements": ["privilege:admin"]}
    with pytest.raises(ConfigError, match=r"role_table\[0\]: .*option max_privilege"):
        build("datasentinel", role_table=[row], options={"max_privilege": "read write"})
    with pytest.raises(ConfigError, match=r"role_table\[0\]: Administrator is protected"):
        build("periscope", role_table=[{"group": "Admins", "roles": ["Administrator"]}])


def test_a_role_that_nobody_has_yet_is_given_where_the_vendor_cannot_list_all(build):
    bridge = build("datasentinel", role_table=[{"group": "Table", "roles": ["Finance"]}])
    ann = bridge.hire("ann", roles=[{"value": "Engineering"}])
    bridge.found("Table", [ann])
    assert bridge.accounts() == {ANN: {"Finance"}}
