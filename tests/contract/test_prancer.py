"""Prancer: roles are upserted and never sent unread; users are refused, kept or managed."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from app.directory.tables import link
from app.provisioning import waiting, writing
from app.provisioning.driver import run
from app.provisioning.worker import Worker
from mappings import AuthFailed, Group, RateLimited, Settings, Unavailable, Unknown, User, discovery
from tests.bridge import GROUP, add, assert_calls, created, person, remove, replace
from tests.contract.mapping_contract import ANN, MappingContract
from tests.killing import without_the_second_commit

API = "/prancer-acme/api"
LIST, SAVE, DELETE_ROLE = (f"{method} {API}/permission/role/" for method in ("GET", "POST", "DELETE"))
INVITE, GIVE = f"POST {API}/user/invite/", f"POST {API}//user/roles"
USERS, DELETE = f"GET {API}/user/manage/", f"DELETE {API}/user/manage/"
EXTENSION = "urn:ietf:params:scim:schemas:extension:prancer:2.0:Group"
CREATE_ROLE = [LIST, SAVE, LIST]
MEMBER = [USERS, GIVE]


class TestPrancerWithManagedUsers(MappingContract):
    vendor = "prancer"
    account = renamed_account = {"status": "Pending"}

    create_user = [INVITE, USERS]
    rename_user = []
    change_email = set_password = None
    create_group = CREATE_ROLE
    create_group_with_member = [*CREATE_ROLE, *MEMBER]
    rename_group = [LIST, USERS, SAVE, USERS]
    add_member = remove_member = MEMBER
    add_second_group = remove_second_group = MEMBER
    add_two_members = [*MEMBER, *MEMBER]
    swap_group = [*MEMBER, *MEMBER]
    deactivate = delete_user = [DELETE]
    reactivate = [INVITE, USERS]
    reactivate_with_role = [INVITE, USERS, GIVE]
    delete_group = [DELETE_ROLE]
    delete_group_with_member = [*MEMBER, DELETE_ROLE]


class TestPrancerThatSaysErrorsInside200(TestPrancerWithManagedUsers):
    settings = {"sandbox": {"errors": "envelope"}}


class TestPrancerThatUnlinksUsersFromARenamedRoleAndListsItsErrors(TestPrancerWithManagedUsers):
    settings = {"sandbox": {"rename": "unlink", "errors": "list"}}
    rename_group = [LIST, USERS, SAVE, USERS, GIVE]


class TestPrancerThatLeavesTheNameOfADeletedRoleBehind(TestPrancerWithManagedUsers):
    settings = {"sandbox": {"role_in_use": "dangle"}}


# -- roles, whatever becomes of users


@pytest.fixture
def bridge(build):
    return build("prancer", options={"users": "reject"})


def group(name="Finance", **more):
    return {"schemas": [GROUP], "displayName": name, **more}


def bringing(*codenames, name="Finance"):
    return group(name, **{EXTENSION: {"permissions": list(codenames)}})


def permissions(bridge, name="Finance"):
    found = [each["permissions"] for each in bridge.sandbox.groups() if each["name"] == name]
    assert len(found) == 1
    return sorted(found[0])


def by_hand(bridge, name="Finance", **changes):
    role = next(each for each in bridge.sandbox.groups() if each["name"] == name)
    body = {"id": int(role["id"]), "role_name": name, "permissions": role["permissions"], **changes}
    bridge.sandbox.save_role(body)


def meanings(bridge):
    return tuple(row["meaning"] for row in bridge.rows("call") if "JWT" not in row["meaning"])


def test_each_operation_on_a_role_costs_what_the_mapping_declares(bridge):
    calls = discovery.load("prancer").calls
    finance, made = bridge.found("Finance"), meanings(bridge)
    assert_calls(bridge.calls(), CREATE_ROLE)
    assert made == calls["create group"]
    assert bridge.patch(f"/Groups/{finance}", replace("displayName", "Money")).status == 204
    assert_calls(bridge.calls(), [LIST, SAVE])
    assert meanings(bridge) == (*made, *calls["rename group"])
    assert bridge.delete(f"/Groups/{finance}").status == 204
    assert_calls(bridge.calls(), [DELETE_ROLE])
    assert meanings(bridge) == (*made, *calls["rename group"], *calls["delete group"])


def test_a_rename_keeps_the_permissions_that_somebody_gave_by_hand(bridge):
    finance = bridge.found("Finance")
    by_hand(bridge, permissions=["dashboard_read", "collection_read"])
    bridge.patch(f"/Groups/{finance}", replace("displayName", "Money"))
    assert permissions(bridge, "Money") == ["collection_read", "dashboard_read"]


def test_a_rename_keeps_a_permission_given_by_hand_to_a_role_whose_group_brought_its_own(bridge):
    finance = created(bridge.post("/Groups", bringing("dashboard_read")))
    by_hand(bridge, permissions=["dashboard_read", "collection_read"])
    assert bridge.patch(f"/Groups/{finance}", replace("displayName", "Money")).status == 204
    assert permissions(bridge, "Money") == ["collection_read", "dashboard_read"]
    assert bridge.put(f"/Groups/{finance}", bringing("dashboard_read", name="Cash")).status == 200
    assert permissions(bridge, "Cash") == ["collection_read", "dashboard_read"]
    assert bridge.put(f"/Groups/{finance}", bringing("api_full_control", name="Cash")).status == 200
    assert permissions(bridge, "Cash") == ["api_full_control"]


def test_permissions_come_with_the_group_and_change_with_it(bridge):
    finance = created(bridge.post("/Groups", bringing("dashboard_read", "collection_read")))
    assert_calls(bridge.calls(), CREATE_ROLE)
    assert permissions(bridge) == ["collection_read", "dashboard_read"]
    more = {"op": "add", "path": f"{EXTENSION}:permissions", "value": ["api_full_control"]}
    assert bridge.patch(f"/Groups/{finance}", more).status == 204
    assert_calls(bridge.calls(), [LIST, SAVE])
    assert permissions(bridge) == ["api_full_control", "collection_read", "dashboard_read"]
    assert bridge.put(f"/Groups/{finance}", bringing("dashboard_read", name="Money")).status == 200
    assert_calls(bridge.calls(), [LIST, SAVE])
    assert permissions(bridge, "Money") == ["dashboard_read"]


def test_permissions_that_the_idp_takes_away_again_are_not_left_behind(build):
    options = {"users": "reject", "default_permissions": ["collection_read"]}
    bridge = build("prancer", options=options)
    finance = created(bridge.post("/Groups", bringing("dashboard_full_control")))
    assert bridge.patch(f"/Groups/{finance}", {"op": "remove", "path": f"{EXTENSION}:permissions"}).status == 204
    assert permissions(bridge) == ["collection_read"]


@pytest.mark.parametrize("errors", ["status", "envelope", "list"])
def test_an_unknown_permission_is_refused_and_changes_nothing(build, errors):
    bridge = build("prancer", options={"users": "reject"}, sandbox={"errors": errors})
    answer = bridge.post("/Groups", bringing("fly"))
    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    assert "Permission fly does not exist" in answer.body["detail"]
    assert bridge.everything("/Groups") == []
    finance = created(bridge.post("/Groups", bringing("dashboard_read")))
    assert bridge.patch(f"/Groups/{finance}", replace(f"{EXTENSION}:permissions", ["fly"])).status == 400
    assert bridge.get(f"/Groups/{finance}").body[EXTENSION]["permissions"] == permissions(bridge)
    assert bridge.due() == []


def test_a_role_needs_permissions_where_the_vendor_says_so(build):
    strict = {"empty_permissions": False}
    bridge = build("prancer", options={"users": "reject"}, sandbox=strict)
    assert bridge.post("/Groups", group()).status == 400
    bridge = build("prancer", options={"default_permissions": ["dashboard_read"]}, sandbox=strict)
    bridge.found("Engineering")
    assert permissions(bridge, "Engineering") == ["dashboard_read"]


@pytest.mark.parametrize("name", ["QC", "qc"])
def test_a_role_that_exists_is_a_conflict_and_stays_as_it_is(build, name):
    bridge = build("prancer", sandbox={"unique_names": False})
    before = bridge.sandbox.groups()
    assert bridge.post("/Groups", group(name)).status == 409
    assert_calls(bridge.calls(), [LIST])
    finance = bridge.found("Finance")
    bridge.calls()
    assert bridge.patch(f"/Groups/{finance}", replace("displayName", name)).status == 409
    assert_calls(bridge.calls(), [LIST])
    assert bridge.sandbox.groups()[:2] == before


def test_a_role_that_vanished_is_made_again_and_only_once(build):
    bridge = build("prancer", sandbox={"unique_names": False})
    finance = bridge.found("Finance")
    bridge.sandbox.delete_role({"id": int(bridge.sandbox.groups()[-1]["id"])})
    bridge.calls()
    assert bridge.patch(f"/Groups/{finance}", replace("displayName", "Money")).status == 204
    assert_calls(bridge.calls(), [LIST, LIST, *CREATE_ROLE])
    assert [each["name"] for each in bridge.sandbox.groups()] == ["Owner", "QC", "Money"]
    bridge.sandbox.delete_role({"id": int(bridge.sandbox.groups()[-1]["id"])})
    assert bridge.delete(f"/Groups/{finance}").status == 204
    assert bridge.due() == []


@pytest.mark.parametrize("errors", ["status", "envelope"])
def test_a_role_whose_create_was_lost_is_one_role(build, errors):
    bridge = build("prancer", sandbox={"unique_names": False, "errors": errors})
    bridge.hire("ann")
    bridge.calls()
    bridge.fail("lose", method="POST", path="*/role/")
    bridge.found("Finance")
    assert_calls(bridge.calls(), [LIST, SAVE, LIST, LIST, SAVE])
    assert permissions(bridge) == []


def test_an_id_that_cannot_be_learnt_at_once_is_learnt_later(build):
    bridge = build("prancer", on_outage="queue")
    bridge.hire("ann")
    bridge.fail("status", status=429, method="GET", path="*/role/", skip=1, count=3)
    assert bridge.post("/Groups", group()).status in (201, 503)
    bridge.recover()
    bridge.deliver()
    names = [each["name"] for each in bridge.sandbox.groups()]
    assert names.count("Finance") == len(bridge.everything("/Groups"))


LATER = [RateLimited("later", status=429), AuthFailed("no", status=401), Unavailable("no connection")]


@pytest.mark.parametrize("failure", LATER, ids=repr)
@pytest.mark.parametrize("what", ["group", "user"])
def test_a_look_that_fails_after_an_answered_create_leaves_the_create_in_doubt(build, what, failure):
    mapping = build("prancer").parts.targets["main"].mapping

    def send(call):
        if call.meaning in ("save role", "invite user"):
            sent.append(call)
        elif sent:
            raise failure
        return {"data": {"results": []}}

    sent = []
    flow = {
        "group": mapping.create_group(Group("Finance", {"role_name": "Finance", "permissions": None})),
        "user": mapping.create_user(User(ANN, {"email": ANN}, frozenset(), None)),
    }[what]
    with pytest.raises(Unknown) as raised:
        run(flow, send)
    assert (len(sent), raised.value.status) == (1, failure.status)


@pytest.mark.parametrize(("status", "told"), [(401, 502), (429, 429)])
def test_a_role_whose_id_could_not_be_looked_up_is_not_left_behind(build, status, told):
    bridge = build("prancer")
    bridge.hire("ann")
    bridge.fail("status", status=status, method="GET", path="*/role/", skip=1, count=10**9)
    assert bridge.post("/Groups", group()).status == told
    assert [each["name"] for each in bridge.sandbox.groups()] == ["Owner", "QC", "Finance"]
    bridge.recover()
    bridge.deliver()
    assert [each["name"] for each in bridge.sandbox.groups()] == ["Owner", "QC"]
    bridge.found("Finance")


@pytest.mark.parametrize(("status", "told"), [(401, 502), (429, 429)])
def test_an_invited_user_who_could_not_be_looked_up_is_not_left_behind(build, status, told):
    bridge = build("prancer")
    bridge.found("Finance")
    bridge.fail("status", status=status, method="GET", path="*/manage/", count=10**9)
    assert bridge.post("/Users", person("ann")).status == told
    assert set(bridge.accounts()) == {ANN}
    bridge.recover()
    bridge.deliver()
    assert bridge.accounts() == {}
    bridge.hire("ann")


def test_a_role_made_before_the_bridge_could_look_is_not_taken_over(build):
    bridge = build("prancer", on_outage="queue")
    bridge.fail("status", status=503, count=10**9)
    finance = created(bridge.post("/Groups", group()))
    bridge.recover()
    bridge.sandbox.save_role({"role_name": "Finance", "permissions": []})
    bridge.round()
    assert bridge.due() == ["Finance"]
    assert bridge.delete(f"/Groups/{finance}").status == 204
    assert bridge.due() == []
    assert permissions(bridge) == []


def test_what_was_found_is_the_bridges_own_only_if_its_name_had_been_free():
    mapping = discovery.load("prancer")(Settings({"customer": "c"}, {"default_permissions": ()}))
    found = Group("Finance", {"role_name": "Finance", "permissions": []}, vendor_id="7")
    sent = {"role_name": "Finance", "permissions": None}
    assert mapping.created_group(Group("Finance", {**sent, "name_was_free": True}), found)
    assert not mapping.created_group(Group("Finance", sent), found)
    others = {**found.fields, "permissions": ["api_full_control"]}
    assert not mapping.created_group(Group("Finance", {**sent, "name_was_free": True}), Group("Finance", others))


def test_the_role_of_the_owner_is_never_touched(bridge):
    answer = bridge.post("/Groups", group("owner"))
    assert answer.status == 403
    assert "protected_groups" in answer.body["detail"]
    assert bridge.calls() == []


def test_a_role_is_deleted_by_a_number_in_a_json_body(bridge):
    bridge.delete(f"/Groups/{bridge.found('Finance')}")
    assert bridge.entries()[-1].body == {"id": int(bridge.sandbox._next_id) - 1}


def test_a_401_inside_a_200_renews_the_login(build):
    bridge = build("prancer", sandbox={"errors": "envelope", "token_calls": 2})
    bridge.found("Finance")
    said = [entry.reason for entry in bridge.entries() if entry.reason]
    assert said == ["Please authenticate to access this API."]


def test_a_target_may_log_in_with_a_password_and_never_touches_that_account(build):
    login = {"customer": "prancer-acme", "email": "owner@acme.example", "password": "sandbox-password"}
    bridge = build("prancer", credentials=login)
    bridge.secrets.append("sandbox-password")
    bridge.found("Finance")
    bridge.calls()
    answer = bridge.post("/Users", person("owner"))
    assert (answer.status, bridge.calls()) == (403, [])


def test_the_catalogue_shows_roles_and_permissions(build):
    bridge = build("prancer")
    mapping, send = bridge.parts.targets["main"].mapping, bridge.parts.targets["main"].sender.send
    roles, entitlements = (
        run(flow, lambda call: send(call, lambda _: None, time.monotonic() + 5))
        for flow in (mapping.roles(), mapping.entitlements())
    )
    assert [(role.value, role.display, role.supported) for role in roles] == [
        ("1", "Owner", False),
        ("10", "QC", True),
    ]
    assert roles[1].contains == ("collection_read", "dashboard_read")
    assert ("dashboard_read", False) in [(each.value, each.supported) for each in entitlements]


# -- users that are refused, or kept


def test_users_are_refused_in_words_that_name_the_option(bridge):
    assert bridge.everything("/Users") == []
    answer = bridge.post("/Users", person("ann"))
    assert (answer.status, answer.body["scimType"]) == (400, "mutability")
    assert answer.body["detail"] == (
        "Prancer's Permissions API has roles and no users. Set the option users of the target to "
        '"directory" to keep them in the bridge alone, or to "managed" to let accounts follow.'
    )
    assert bridge.calls() == []


def test_users_of_the_directory_are_kept_and_nothing_of_them_reaches_the_vendor(build):
    bridge = build("prancer", options={"users": "directory"})
    ann = bridge.hire("ann")
    finance = bridge.found("Finance", [ann])
    assert_calls(bridge.calls(), CREATE_ROLE)
    kept = "kept in the bridge only: Prancer's Permissions API has roles and no users."
    assert bridge.get(f"/Groups/{finance}").body[EXTENSION]["note"] == f"The members are {kept}"
    assert bridge.get(f"/Users/{ann}").body[EXTENSION.replace("Group", "User")]["note"] == f"This user is {kept}"
    bridge.patch(f"/Groups/{finance}", remove(ann), add(ann))
    bridge.patch(f"/Users/{ann}", replace("active", False))
    assert bridge.calls() == []
    assert bridge.get(f"/Groups/{finance}").body["members"][0]["value"] == ann
    bridge.delete(f"/Groups/{finance}")
    assert_calls(bridge.calls(), [DELETE_ROLE])
    bridge.delete(f"/Users/{ann}")
    assert bridge.calls() == []
    assert bridge.accounts() == {}


# -- users that are managed


@pytest.fixture
def managed(build):
    made = build("prancer")
    made.secrets.append(made.sandbox.password_hash)
    return made


def test_the_hash_of_a_password_reaches_no_row_no_answer_and_no_output(managed, capfd):
    ann = managed.hire("ann")
    finance = managed.found("Finance", [ann])
    managed.sandbox._accounts[ANN]["user_groups"] = [None, {"odd": managed.sandbox.password_hash}]
    managed.sandbox._accounts[ANN]["email"] = None
    managed.patch(f"/Groups/{finance}", remove(ann))
    managed.sandbox._accounts[ANN].update(email=ANN, user_groups=[])
    managed.deliver()
    assert not [text for text in capfd.readouterr() if managed.sandbox.password_hash in text]


@pytest.mark.parametrize("invite_again", ["accept", "refuse"])
def test_the_owner_is_neither_taken_over_nor_deleted(build, invite_again):
    bridge = build("prancer", sandbox={"invite_again": invite_again})
    for name in ("owner", "staff"):
        assert bridge.post("/Users", person(name)).status == 409
        assert_calls(bridge.calls(), [INVITE, USERS])
    assert bridge.everything("/Users") == []
    assert bridge.due() == []


def test_a_role_given_by_hand_survives_a_change_of_membership(managed):
    ann, finance = managed.hire("ann"), managed.found("Finance")
    managed.sandbox._accounts[ANN]["user_groups"] = ["QC"]
    managed.patch(f"/Groups/{finance}", add(ann))
    assert managed.accounts() == {ANN: {"QC", "Finance"}}


def test_a_role_that_was_renamed_by_hand_is_still_given_and_taken(managed):
    ann = managed.hire("ann")
    finance = managed.found("Finance", [ann])
    by_hand(managed, role_name="Money")
    managed.calls()
    assert managed.patch(f"/Groups/{finance}", remove(ann)).status == 204
    assert_calls(managed.calls(), [USERS, LIST, GIVE])
    assert managed.accounts() == {ANN: set()}
    assert managed.patch(f"/Groups/{finance}", add(ann)).status == 204
    assert_calls(managed.calls(), [USERS, GIVE, LIST, USERS, GIVE])
    assert managed.accounts() == {ANN: {"Money"}}


def test_a_role_that_is_deleted_while_its_holder_leaves_another_one_is_no_fault_of_the_holder(managed):
    """The whole list that was to be written still had the name of what was gone by then."""
    ann = managed.hire("ann")
    finance = managed.found("Finance", [ann])
    managed.sandbox._store_role(77, "Extra", [])
    managed.sandbox._accounts[ANN]["user_groups"].append("Extra")
    take = managed.sandbox.faults.take

    def taken(verb, path):
        if f"{verb} {path}" == GIVE and 77 in managed.sandbox._roles:
            managed.sandbox.delete_role({"id": 77})
        return take(verb, path)

    managed.sandbox.faults.take = taken
    assert managed.patch(f"/Groups/{finance}", remove(ann)).status == 204
    assert managed.accounts() == {ANN: set()}


def test_several_groups_of_one_user_are_one_write(managed):
    ann = managed.hire("ann")
    managed.patch(f"/Users/{ann}", replace("active", False))
    for name in ("Finance", "Engineering"):
        managed.found(name, [ann])
    managed.calls()
    managed.patch(f"/Users/{ann}", replace("active", True))
    assert_calls(managed.calls(), [INVITE, USERS, GIVE])
    assert managed.accounts() == {ANN: {"Finance", "Engineering"}}


@pytest.mark.parametrize("value", ["10", "QC"])
def test_a_role_may_be_given_by_value(managed, value):
    ann = managed.hire("ann", roles=[{"value": value}])
    assert managed.accounts() == {ANN: {"QC"}}
    managed.patch(f"/Users/{ann}", {"op": "remove", "path": "roles"})
    assert managed.accounts() == {ANN: set()}


def test_the_role_of_the_owner_is_given_to_nobody(managed):
    answer = managed.post("/Users", person("ann", roles=[{"value": "Owner"}]))
    assert answer.status == 400
    assert managed.accounts() == {}


def test_stripping_takes_roles_given_by_hand_too(build):
    bridge = build("prancer", options={"deactivation": "strip_roles"})
    ann = bridge.hire("ann")
    bridge.found("Finance", [ann])
    bridge.sandbox._accounts[ANN]["user_groups"].append("QC")
    bridge.calls()
    bridge.patch(f"/Users/{ann}", replace("active", False))
    assert_calls(bridge.calls(), MEMBER)
    assert bridge.accounts() == {ANN: set()}
    bridge.patch(f"/Users/{ann}", replace("active", True))
    assert_calls(bridge.calls(), MEMBER)
    assert bridge.accounts() == {ANN: {"Finance"}}


def test_a_name_that_a_deletion_left_behind_gives_nobody_a_later_role(build):
    bridge = build("prancer", sandbox={"role_in_use": "dangle"})
    ann = bridge.hire("ann")
    bridge.delete(f"/Groups/{bridge.found('Finance', [ann])}")
    bridge.found("Finance")
    assert bridge.accounts() == {ANN: set()}


# -- a rename writes users, and so does everybody else


def once_before(bridge, monkeypatch, call, action, until=("", None)):
    """Do something on another thread when a vendor call is to be made, until it is done or has to wait.

    Or ``until`` it makes a call of its own, which waits for an event.
    """
    take, pool, begun = bridge.sandbox.faults.take, ThreadPoolExecutor(1), []
    pause, goes_on = waiting.pause, threading.Event()

    def pauses():
        goes_on.set()
        pause()

    def taken(verb, path):
        if (f"{verb} {path}", begun) == (call, []):
            begun.append(pool.submit(action))
            begun[0].add_done_callback(lambda _: goes_on.set())
            assert goes_on.wait(20)
        elif begun and f"{verb} {path}" == until[0]:
            goes_on.set()
            assert until[1].wait(20)
        return take(verb, path)

    bridge.sandbox.faults.take = taken
    monkeypatch.setattr(waiting, "pause", pauses)
    return begun


@pytest.fixture
def unlinking(build):
    return build("prancer", sandbox={"rename": "unlink"}, options={"deactivation": "strip_roles"})


def test_somebody_who_leaves_while_a_role_is_renamed_does_not_get_it_back(unlinking, monkeypatch):
    ann = unlinking.hire("ann")
    finance = unlinking.found("Finance", [ann])
    leave = replace("active", False)
    begun = once_before(unlinking, monkeypatch, GIVE, lambda: unlinking.patch(f"/Users/{ann}", leave))
    assert unlinking.patch(f"/Groups/{finance}", replace("displayName", "Money")).status == 204
    assert begun[0].result().status == 200
    unlinking.deliver()
    assert unlinking.accounts() == {ANN: set()}


def test_a_rename_that_fails_half_way_lets_everybody_be_looked_at_again(unlinking):
    """The role has its new name already, so that nothing but the doubt tells who had the old one."""
    ann = unlinking.hire("ann")
    finance = unlinking.found("Finance", [ann])
    unlinking.fail("status", status=503, count=10**9, path="*/user/roles")
    assert unlinking.patch(f"/Groups/{finance}", replace("displayName", "Money")).status == 503
    unlinking.recover()
    unlinking.deliver()
    (role,) = unlinking.accounts()[ANN]
    assert role == unlinking.get(f"/Groups/{finance}").body["displayName"]


def away(bridge):
    """Return somebody inactive in a group, the group, and what makes them come back."""
    ann = bridge.hire("ann")
    finance = bridge.found("Finance", [ann])
    bridge.patch(f"/Users/{ann}", replace("active", False))
    return finance, partial(bridge.patch, f"/Users/{ann}", replace("active", True))


def test_somebody_who_comes_back_while_a_role_is_renamed_has_it_afterwards(unlinking, monkeypatch):
    """What was given under the old name, after the rename had looked who has the role, went with that name."""
    finance, come_back = away(unlinking)
    begun = once_before(unlinking, monkeypatch, SAVE, come_back)
    assert unlinking.patch(f"/Groups/{finance}", replace("displayName", "Money")).status == 204
    assert begun[0].result(20).status == 200
    assert unlinking.accounts() == {ANN: {"Money"}}


def test_somebody_who_comes_back_while_a_role_is_renamed_is_not_refused(managed, monkeypatch):
    """The new name came too soon and was refused; when the names were looked up it had become true."""
    finance, come_back = away(managed)
    renamed = threading.Event()
    begun = once_before(managed, monkeypatch, SAVE, come_back, until=(LIST, renamed))
    assert managed.patch(f"/Groups/{finance}", replace("displayName", "Money")).status == 204
    renamed.set()
    assert begun[0].result(20).status == 200
    assert managed.accounts() == {ANN: {"Money"}}


def test_somebody_whom_the_worker_adds_while_a_role_is_renamed_has_it_afterwards(build, monkeypatch):
    bridge = build("prancer", sandbox={"rename": "unlink"}, on_outage="queue")
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    bridge.outage()
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
    bridge.recover()
    bridge.hasten()
    begun = once_before(bridge, monkeypatch, SAVE, Worker(bridge.parts.database, bridge.parts.targets).round)
    assert bridge.patch(f"/Groups/{finance}", replace("displayName", "Money")).status == 204
    begun[0].result(20)
    bridge.deliver()
    bridge.assert_agreement()


def test_a_role_is_not_ended_while_somebody_may_still_be_given_it(build, monkeypatch):
    """Its name would stay with the user, and mean whatever role is called so next."""
    bridge = build("prancer", sandbox={"role_in_use": "dangle"})
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    without_the_second_commit(monkeypatch, lambda: bridge.patch(f"/Groups/{finance}", add(ann)))
    with monkeypatch.context() as patched:
        patched.setattr(writing, "REQUEST_SECONDS", 0.0)
        assert bridge.delete(f"/Groups/{finance}").status in (204, 503)
    with bridge.parts.database.write() as connection:
        connection.execute(link.update().where(link.c.kind == "Group").values(due_at=0.0, lease_until=0.0))
    Worker(bridge.parts.database, bridge.parts.targets).round()
    bridge.deliver()
    bridge.found("Finance")
    assert bridge.accounts() == {ANN: set()}
