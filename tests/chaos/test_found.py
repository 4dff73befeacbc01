"""What chaos has found, each as one small story that happens the same way every time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.directory.tables import event, link, resource
from app.provisioning import delivery, writing
from app.provisioning.worker import Worker
from mappings.prancer.mapping import Prancer
from tests.bridge import GROUP, Bridge, add, created, on_both_databases, person, remove, replace
from tests.killing import without_the_second_commit
from tests.meanwhile import meanwhile
from tests.vendors import stranger

ANN = "ann@acme.example"


def during(bridge: Bridge, method: str, action):
    """Run ``action`` once on another thread while the next vendor call of ``method`` is under way."""
    perform, done = bridge.sandbox.perform, threading.Event()

    def performed(operation, *arguments):
        if operation.method == method and not done.is_set():
            done.set()
            action()
        return perform(operation, *arguments)

    bridge.sandbox.perform = performed


def before(bridge: Bridge, method: str, action):
    """Do something when the next vendor call of ``method`` has arrived, and not yet met its fault."""
    take, done = bridge.sandbox.faults.take, []

    def taken(verb, path):
        if verb == method and not done:
            done.append(True)
            action()
        return take(verb, path)

    bridge.sandbox.faults.take = taken


def until_stored(bridge: Bridge, condition):
    for _ in range(400):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it was never stored")


def killed_before_the_second_commit(bridge: Bridge, monkeypatch, action):
    """Do something of which everything happens but the second transaction; then let the lease run out."""
    without_the_second_commit(monkeypatch, action)
    bridge.hasten()


def test_a_member_removed_while_being_added_stays_removed(build, facts):
    bridge = build(facts.vendor)
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    pool = ThreadPoolExecutor(1)
    removing = []

    def leave():
        removing.append(pool.submit(bridge.patch, f"/Groups/{finance}", remove(ann)))
        until_stored(bridge, lambda: not bridge.rows("member")[0]["desired"])

    during(bridge, "PUT" if facts.vendor == "periscope" else "POST", leave)
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
    assert removing[0].result().status == 204
    bridge.deliver()
    assert "members" not in bridge.get(f"/Groups/{finance}").body
    assert bridge.accounts()[ANN] == facts.roles()


def test_a_group_deleted_while_a_member_is_being_added_leaves_nobody_with_the_role(build, facts):
    bridge = build(facts.vendor)
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    pool = ThreadPoolExecutor(1)
    ending = []

    def end():
        ending.append(pool.submit(bridge.delete, f"/Groups/{finance}"))
        until_stored(bridge, lambda: not bridge.everything("/Groups"))

    during(bridge, "PUT" if facts.vendor == "periscope" else "POST", end)
    bridge.patch(f"/Groups/{finance}", add(ann))
    ending[0].result()
    bridge.deliver()
    assert bridge.accounts()[ANN] == facts.roles()


def test_what_a_killed_process_had_given_is_taken_back_with_the_wish(build, facts, monkeypatch):
    bridge = build(facts.vendor)
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.patch(f"/Groups/{finance}", add(ann)))
    assert bridge.accounts()[ANN] == facts.roles("Finance")
    assert bridge.patch(f"/Groups/{finance}", remove(ann)).status == 204
    bridge.deliver()
    assert bridge.accounts()[ANN] == facts.roles()


def test_what_a_killed_process_had_taken_is_given_back_with_the_wish(build, facts, monkeypatch):
    bridge = build(facts.vendor)
    ann = bridge.hire("ann")
    finance = bridge.found("Finance", [ann])
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.patch(f"/Groups/{finance}", remove(ann)))
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
    bridge.deliver()
    assert bridge.accounts()[ANN] == facts.roles("Finance")


def test_what_a_killed_process_had_renamed_is_named_back_with_the_wish(build, facts, monkeypatch):
    bridge = build(facts.vendor)
    ann = bridge.hire("ann")
    killed_before_the_second_commit(
        bridge,
        monkeypatch,
        lambda: bridge.patch(
            f"/Users/{ann}", replace("name.givenName", "Anna"), replace("displayName", "Anna Lee")
        ),
    )
    bridge.patch(f"/Users/{ann}", replace("name.givenName", "Ann"), replace("displayName", "Ann Lee"))
    bridge.deliver()
    bridge.assert_agreement()


def test_a_killed_rename_of_a_group_is_undone_with_the_wish(build, monkeypatch):
    bridge = build("squirro")
    finance = bridge.found("Finance")
    killed_before_the_second_commit(
        bridge, monkeypatch, lambda: bridge.patch(f"/Groups/{finance}", replace("displayName", "Money"))
    )
    bridge.patch(f"/Groups/{finance}", replace("displayName", "Finance"))
    bridge.deliver()
    assert "Finance" in {group["name"] for group in bridge.sandbox.groups()}
    bridge.assert_agreement()


def test_two_adds_of_one_member_of_which_the_first_fails(build, facts):
    """The second was answered well, so it is true."""
    bridge = build(facts.vendor)
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    pool = ThreadPoolExecutor(1)
    second = []

    def again():
        second.append(pool.submit(bridge.patch, f"/Groups/{finance}", add(ann)))
        threading.Event().wait(0.3)
        bridge.recover()

    method = "PUT" if facts.vendor == "periscope" else "POST"
    real = bridge.sandbox.faults.take

    def take(verb, path):
        fault = real(verb, path)
        if verb == method and not second:
            again()
        return fault

    bridge.sandbox.faults.take = take
    bridge.fail("status", status=429, method=method)
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 429
    answer = second[0].result()
    bridge.deliver()
    held = bridge.accounts()[ANN] == facts.roles("Finance")
    assert (answer.status == 204) == held, answer


def test_an_add_is_not_acknowledged_for_what_another_add_still_may_take_back(build, facts):
    """The member seems to be there, wanted and held: the first add has asked for it, and fails after the second."""
    bridge = build(facts.vendor)
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
    bridge.fail("drop", count=10**9)
    assert bridge.patch(f"/Groups/{finance}", remove(ann)).status == 503
    bridge.recover()
    bridge.fail("status", status=503, count=10**9)
    pool, second = ThreadPoolExecutor(1), []
    real = bridge.sandbox.faults.take

    def take(verb, path):
        if not second:
            second.append(pool.submit(bridge.patch, f"/Groups/{finance}", add(ann)))
            threading.Event().wait(0.3)
        return real(verb, path)

    bridge.sandbox.faults.take = take
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 503
    bridge.recover()
    answer = second[0].result()
    bridge.deliver()
    held = bridge.accounts()[ANN] == facts.roles("Finance")
    assert (answer.status == 204) == held, answer


def test_who_is_deleted_and_still_at_the_vendor_cannot_be_added_and_comes_back_without_the_role(build, facts):
    bridge = build(facts.vendor)
    ann, bob = bridge.hire("ann"), bridge.hire("bob")
    finance = bridge.found("Finance", [bob])
    bridge.fail("status", status=503, method="DELETE", count=10**9)
    assert bridge.delete(f"/Users/{ann}").status == 503
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 400
    bridge.recover()
    bridge.hire("ann")
    bridge.deliver()
    assert bridge.accounts()[ANN] == facts.roles()


def test_who_was_deactivated_while_carried_along_with_a_new_group_gets_it_when_activated_again(build):
    bridge = build("squirro")
    ann = bridge.hire("ann")
    pool = ThreadPoolExecutor(1)

    def leave():
        pool.submit(bridge.patch, f"/Users/{ann}", replace("active", False)).result()

    original = bridge.sandbox.perform
    left = []

    def performed(operation, *arguments):
        answer = original(operation, *arguments)
        if operation.method == "POST" and operation.path.endswith("/groups") and not left:
            left.append(True)
            bridge.sandbox._lock.release()
            try:
                leave()
            finally:
                bridge.sandbox._lock.acquire()
        return answer

    bridge.sandbox.perform = performed
    bridge.found("Finance", [ann])
    bridge.deliver()
    assert bridge.patch(f"/Users/{ann}", replace("active", True)).status == 200
    bridge.deliver()
    bridge.assert_agreement()


def test_an_account_found_again_stays_ours_when_the_process_dies_again_after_changing_it(build, facts, monkeypatch):
    """What was found is on disk before it is changed: afterwards it no longer looks like what was created."""
    bridge = build(facts.vendor)
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.hire("ann"))
    ann = bridge.everything("/Users")[0]["id"]
    anna = (replace("name.givenName", "Anna"), replace("displayName", "Anna Lee"))
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.patch(f"/Users/{ann}", *anna))
    bridge.deliver()
    assert len([user for user in bridge.sandbox.users() if user["key"] == ANN]) == 1
    bridge.assert_agreement()


def test_a_role_that_a_killed_process_was_found_to_have_given_is_taken_with_the_wish(build, facts, monkeypatch):
    bridge = build(facts.vendor)
    finance = bridge.found("Finance")
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.hire("ann"))
    ann = bridge.everything("/Users")[0]["id"]
    for _ in range(2):
        killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.patch(f"/Groups/{finance}", add(ann)))
    bridge.patch(f"/Groups/{finance}", remove(ann))
    bridge.deliver()
    assert bridge.accounts()[ANN] == facts.roles()


def test_a_group_found_again_is_ours_with_the_members_that_the_killed_process_had_put_into_it(build, monkeypatch):
    bridge = build("squirro", on_outage="queue")
    ann = bridge.hire("ann")
    bridge.outage()
    finance = bridge.found("Finance")
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
    assert bridge.patch(f"/Users/{ann}", replace("displayName", "Anna Lee")).status == 200
    bridge.recover()
    bridge.hasten()
    worker = Worker(bridge.parts.database, bridge.parts.targets)
    killed_before_the_second_commit(bridge, monkeypatch, worker.round)
    bridge.deliver()
    assert [group["name"] for group in bridge.sandbox.groups()].count("Finance") == 1
    assert bridge.due() == []
    bridge.assert_agreement()


def test_a_group_found_again_stays_ours_when_the_process_dies_again_after_renaming_it(build, monkeypatch):
    bridge = build("squirro")
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.found("Finance"))
    finance = bridge.everything("/Groups")[0]["id"]
    killed_before_the_second_commit(
        bridge, monkeypatch, lambda: bridge.patch(f"/Groups/{finance}", replace("displayName", "Money"))
    )
    bridge.deliver()
    assert "Money" in {group["name"] for group in bridge.sandbox.groups()}
    bridge.assert_agreement()


def test_an_old_address_of_a_leaver_who_is_still_at_the_vendor_is_no_conflict(build, facts, monkeypatch):
    """The change of the address was killed, so nobody knows which one the account has."""
    bridge = build(facts.vendor)
    ann = bridge.hire("ann")
    moved = replace('emails[type eq "work"].value', "ann.lee@acme.example")
    bridge.fail("drop", count=10**9)
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.patch(f"/Users/{ann}", moved))
    assert bridge.delete(f"/Users/{ann}").status == 503
    bridge.recover()
    bridge.fail("status", status=503, method="DELETE", count=10**9)
    answer = bridge.post("/Users", person("ann"))
    assert (answer.status, "Retry-After" in answer.headers) in {(201, False), (503, True)}, answer
    bridge.recover()
    bridge.deliver()
    assert answer.status == 201 or bridge.post("/Users", person("ann")).status == 201
    bridge.deliver()
    bridge.assert_agreement()


def test_a_name_that_becomes_free_just_after_it_was_refused_is_no_conflict(build, monkeypatch):
    """Another process ends who had it, and has not written it down yet when it is looked who that is."""
    bridge = build("prancer")
    finance, real = bridge.found("Finance"), bridge.sandbox.faults.take
    bridge.fail("drop", count=10**9)
    rename = replace("displayName", "Money")
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.patch(f"/Groups/{finance}", rename))
    assert bridge.delete(f"/Groups/{finance}").status == 503
    bridge.recover()
    looks = []

    def take(verb, path):
        if verb == "GET":
            looks.append(path)
        if len(looks) == 2:
            bridge.sandbox.delete_role({"id": int(named(bridge, "Finance")["id"])})
            looks.append("it has ended")
        return real(verb, path)

    bridge.sandbox.faults.take = take
    body = {"schemas": [GROUP], "displayName": "Finance"}
    answer = bridge.post("/Groups", body)
    assert (answer.status, "Retry-After" in answer.headers) == (503, True), answer
    assert bridge.post("/Groups", body).status == 201
    bridge.deliver()
    bridge.assert_agreement()


def named(bridge, name):
    return next(group for group in bridge.sandbox.groups() if group["name"] == name)


def deleted_while_it_is_given(bridge, group, action):
    """Do something, and let the group be deleted just before a user is put into it."""
    pool, deleting, real = ThreadPoolExecutor(1), [], bridge.sandbox.faults.take

    def take(verb, path):
        if verb == "POST" and "/groups/" in path and not deleting:
            deleting.append(pool.submit(bridge.delete, f"/Groups/{group}"))
            until_stored(bridge, lambda: "Finance" not in str(bridge.sandbox.groups()))
        return real(verb, path)

    bridge.sandbox.faults.take = take
    answer = action()
    assert deleting[0].result().status == 204
    return answer


def test_a_group_that_is_deleted_while_a_user_is_given_it_is_no_fault_of_the_user(build):
    bridge = build("squirro")
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    answer = deleted_while_it_is_given(bridge, finance, lambda: bridge.patch(f"/Groups/{finance}", add(ann)))
    assert (answer.status, "Finance: changed meanwhile" in answer.body["detail"]) == (503, True), answer
    bridge.deliver()
    bridge.assert_agreement()


def test_a_group_that_is_deleted_while_a_user_is_made_again_is_no_fault_of_the_user(build):
    bridge = build("squirro")
    ann = bridge.hire("ann")
    finance = bridge.found("Finance", [ann])
    assert bridge.patch(f"/Users/{ann}", replace("active", False)).status == 200
    active = replace("active", True)
    answer = deleted_while_it_is_given(bridge, finance, lambda: bridge.patch(f"/Users/{ann}", active))
    assert (answer.status, "Finance: changed meanwhile" in answer.body["detail"]) == (503, True), answer
    bridge.deliver()
    bridge.assert_agreement()


def test_a_group_that_is_renamed_while_a_user_is_given_it_is_no_fault_of_the_user(build, monkeypatch):
    """Users have roles by their names, nobody waits, and each try meets a name that is out of date already."""
    monkeypatch.setattr(Prancer, "rename_writes_users", False)
    bridge = build("prancer")
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    pool, names, real = ThreadPoolExecutor(1), ["Gold", "Money"], bridge.sandbox.faults.take

    def take(verb, path):
        if verb == "POST" and path.endswith("/user/roles") and names:
            rename = replace("displayName", names.pop())
            assert pool.submit(bridge.patch, f"/Groups/{finance}", rename).result().status == 204
        return real(verb, path)

    bridge.sandbox.faults.take = take
    answer = bridge.patch(f"/Groups/{finance}", add(ann))
    assert (answer.status, names) == (503, []), answer
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
    bridge.assert_agreement()


def test_what_a_vendor_cannot_do_is_not_left_behind_by_a_process_that_dies(build, monkeypatch):
    """It would never come true, and every later change of the group would be refused because of it."""
    bridge = build("datasentinel")
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    rename = replace("displayName", "Money")
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.patch(f"/Groups/{finance}", rename))
    assert bridge.get(f"/Groups/{finance}").body["displayName"] == "Finance"
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
    bridge.assert_agreement()


def test_what_a_vendor_cannot_do_is_not_left_behind_either_when_something_else_was_still_to_do(build, monkeypatch):
    bridge = build("datasentinel")
    ann = bridge.hire("ann")
    finance = bridge.found("Finance", [ann])
    bridge.fail("drop", count=10**9)
    bridge.patch(f"/Groups/{finance}", remove(ann))
    bridge.recover()
    move = replace('emails[type eq "work"].value', "ann.lee@acme.example")
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.patch(f"/Users/{ann}", move))
    assert bridge.get(f"/Users/{ann}").body["emails"][0]["value"] == ANN
    bridge.deliver()
    bridge.assert_agreement()


def test_a_failed_addition_does_not_undo_a_rename_of_the_group_meanwhile(build):
    bridge = build("squirro")
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    pool, renamed, real = ThreadPoolExecutor(1), [], bridge.sandbox.faults.take

    def take(verb, path):
        if not renamed:
            renamed.append(None)
            rename = replace("displayName", "Money")
            renamed[0] = pool.submit(bridge.patch, f"/Groups/{finance}", rename).result().status
            bridge.fail("status", status=503, count=10**9)
        return real(verb, path)

    bridge.sandbox.faults.take = take
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 503
    assert renamed == [204]
    bridge.recover()
    assert bridge.get(f"/Groups/{finance}").body["displayName"] == "Money"
    bridge.assert_agreement()


def test_an_account_that_has_lost_a_role_since_it_was_created_is_still_known_as_ours(build, facts, monkeypatch):
    bridge = build(facts.vendor)
    ann = bridge.hire("ann")
    finance = bridge.found("Finance", [ann])
    bridge.patch(f"/Users/{ann}", replace("active", False))
    active = replace("active", True)
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.patch(f"/Users/{ann}", active))
    assert bridge.delete(f"/Groups/{finance}").status == 204
    bridge.deliver()
    bridge.assert_agreement()
    assert bridge.delete(f"/Users/{ann}").status == 204
    assert bridge.accounts() == {}


@pytest.mark.parametrize("method", ["DELETE", "GET"], ids=["the repetition fails", "the look after it fails"])
def test_a_repetition_that_leads_nowhere_does_not_say_that_the_first_call_did_nothing(build, method):
    """Its answer was lost and it took the role of last resort: nobody may believe that she still has it.

    The repetition is turned away; or it finds nothing to remove, and what that means cannot be looked up.
    """
    bridge = build("datasentinel")
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    bridge.fail("lose", method="DELETE")
    bridge.fail("status", status=429, method=method)
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 429
    bridge.recover()
    bridge.deliver()
    assert bridge.accounts() == {ANN: {"Least Access"}}


def test_a_group_that_waits_for_its_last_holder_takes_its_role_from_who_was_just_being_added(build):
    bridge = build("datasentinel")
    ann, bob = bridge.hire("ann"), bridge.hire("bob")
    finance = bridge.found("Finance", [bob])
    pool, ending, take = ThreadPoolExecutor(1), [], bridge.sandbox.faults.take

    def taken(verb, path):
        if verb == "POST" and "ann" in path and not ending:
            ending.append(pool.submit(bridge.delete, f"/Groups/{finance}"))
            until_stored(bridge, lambda: not bridge.everything("/Groups"))
        return take(verb, path)

    bridge.sandbox.faults.take = taken
    bridge.fail("status", status=503, method="POST", path="*bob*", count=10**9)
    bridge.patch(f"/Groups/{finance}", add(ann))
    assert ending[0].result().status == 503
    assert bridge.accounts()[ANN] == {"Least Access"}
    bridge.recover()
    bridge.deliver()
    assert bridge.accounts() == {ANN: {"Least Access"}, "bob@acme.example": {"Least Access"}}


def test_a_failed_addition_is_taken_back_even_if_something_else_was_asked_of_the_user_meanwhile(build, facts):
    bridge = build(facts.vendor)
    ann = bridge.hire("ann")
    finance, engineering = bridge.found("Finance"), bridge.found("Engineering")
    pool = ThreadPoolExecutor(1)
    other = []

    def join_another():
        other.append(pool.submit(bridge.patch, f"/Groups/{engineering}", add(ann)))
        until_stored(bridge, lambda: len(bridge.rows("member")) == 2)
        bridge.fail("status", status=503, count=10**9)

    real = bridge.sandbox.faults.take

    def take(verb, path):
        if not other:
            join_another()
        return real(verb, path)

    bridge.sandbox.faults.take = take
    assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 503
    bridge.recover()
    joined = other[0].result().status == 204
    bridge.deliver()
    assert "members" not in bridge.get(f"/Groups/{finance}").body
    assert bridge.accounts()[ANN] == facts.roles(*["Engineering"] * joined)


def test_who_is_hired_again_after_a_process_died_deleting_the_account_has_one(build, facts, monkeypatch):
    bridge = build(facts.vendor)
    ann = bridge.hire("ann")
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.delete(f"/Users/{ann}"))
    assert bridge.accounts() == {}
    bridge.hire("ann")
    bridge.deliver()
    bridge.assert_agreement()


@pytest.mark.parametrize("fault", ["lose", "drop"], ids=["it ended", "it did not"])
def test_what_only_a_new_account_can_be_given_is_no_obstacle_to_hiring_again(build, fault):
    """What was noted of the account still holds if it is there: nothing of it has to be written again."""
    bridge = build("datasentinel")
    ann = person("ann", **{"urn:ietf:params:scim:schemas:extension:datasentinel:2.0:User": {"live360": False}})
    bridge.fail(fault, method="DELETE", count=2)
    assert bridge.delete(f"/Users/{created(bridge.post('/Users', ann))}").status == 503
    bridge.recover()
    assert bridge.post("/Users", ann).status == 201
    bridge.assert_agreement()


def test_who_is_activated_again_after_the_end_of_the_account_was_never_answered_has_one(build, facts):
    bridge = build(facts.vendor)
    ann = bridge.hire("ann")
    bridge.found("Finance", [ann])
    bridge.fail("lose", method="DELETE", count=2)
    bridge.patch(f"/Users/{ann}", replace("active", False))
    bridge.recover()
    assert bridge.patch(f"/Users/{ann}", replace("active", True)).status == 200
    bridge.deliver()
    bridge.assert_agreement()


def test_who_was_to_come_into_a_group_that_cannot_be_made_yet_is_not_left_coming(build, monkeypatch):
    """The creation of the group was killed, and somebody else has the user's lease until the request is over."""
    bridge = build("squirro")
    ann, hold = bridge.hire("ann"), replace("displayName", "Anna Lee")
    killed_before_the_second_commit(bridge, monkeypatch, lambda: bridge.found("Finance"))
    finance = bridge.get('/Groups?filter=displayName eq "Finance"').body["Resources"][0]["id"]
    without_the_second_commit(monkeypatch, lambda: bridge.patch(f"/Users/{ann}", hold))
    with monkeypatch.context() as patched:
        patched.setattr(writing, "REQUEST_SECONDS", 0.0)
        assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 503
    assert "members" not in bridge.get(f"/Groups/{finance}").body
    bridge.hasten()
    bridge.deliver()
    assert bridge.accounts()[ANN] == set()
    bridge.assert_agreement()


LOST_DELETES = {
    "the repetition fails": ({"kind": "lose", "method": "DELETE"}, {"kind": "status", "status": 503}),
    "nobody answers any more": ({"kind": "lose", "method": "DELETE"}, {"kind": "drop"}),
    "it is gone and the look fails": (
        {"kind": "lose", "method": "DELETE"},
        {"kind": "status", "status": 404, "method": "DELETE"},
        {"kind": "status", "status": 503},
    ),
}


@pytest.mark.parametrize("faults", LOST_DELETES.values(), ids=LOST_DELETES)
def test_who_is_hired_again_after_a_delete_of_which_nobody_knows_the_end_has_an_account(build, facts, faults):
    bridge = build(facts.vendor)
    ann, finance = bridge.hire("ann"), bridge.found("Finance")
    for path in (f"/Users/{ann}", f"/Groups/{finance}"):
        for fault in faults:
            last = fault is faults[-1]
            bridge.fail(fault["kind"], **{k: v for k, v in fault.items() if k != "kind"}, count=99 if last else 1)
        assert bridge.delete(path).status in (204, 503)
        bridge.recover()
    ann = bridge.hire("ann")
    bridge.found("Finance", [ann])
    bridge.assert_agreement()


@on_both_databases
def test_a_second_create_is_no_conflict_with_a_first_one_that_comes_to_nothing(build, facts, monkeypatch):
    """The provider did not wait for the first answer; looked up after a 409 there would be nobody."""
    bridge = build(facts.vendor)
    bridge.hire("bob")
    second = []

    def again():
        second.append(meanwhile(monkeypatch, lambda: bridge.post("/Users", person("ann"))))
        bridge.fail("status", status=400)

    before(bridge, "POST", again)
    assert bridge.post("/Users", person("ann")).status == 400
    assert second[0].result().status == 201
    bridge.assert_agreement()


def test_a_lease_that_is_lost_while_a_conflict_is_looked_into_is_no_defect(build, monkeypatch):
    bridge = build("squirro")
    stranger(bridge.sandbox, ANN)
    bridge.strangers[ANN] = bridge.account(ANN)
    bob = bridge.hire("bob")
    bridge.fail("status", status=503, count=10**9)
    assert bridge.delete(f"/Users/{bob}").status == 503
    bridge.recover()
    monkeypatch.setattr(delivery, "CHECK_AFTER", 0.0)

    def taken_over():
        with bridge.parts.database.write() as connection:
            connection.execute(link.update().where(link.c.name == ANN).values(lease="somebody else's"))

    before(bridge, "POST", taken_over)
    assert bridge.post("/Users", person("ann")).status == 503


def test_an_account_that_the_vendor_called_somebody_elses_is_not_adopted_after_an_outage(build, facts):
    """It equals what is sent; a create that was never answered might have made it, had it not been there before."""
    bridge = build(facts.vendor)
    made = bridge.hire("ann")
    account = bridge.account(ANN)
    with bridge.parts.database.write() as connection:  # somebody else's, from now on
        connection.execute(link.delete())
        connection.execute(resource.delete().where(resource.c.id == made))
        connection.execute(event.delete())
    bridge.strangers[ANN] = account
    assert bridge.post("/Users", person("ann")).status == 409
    bridge.fail("status", status=503, method="POST", path="*ann*" if facts.vendor == "datasentinel" else "*user*")
    again = bridge.post("/Users", person("ann"))
    assert again.status in (409, 503)
    bridge.recover()
    bridge.deliver()
    assert bridge.account(ANN) == account
    assert bridge.everything("/Users") == []
