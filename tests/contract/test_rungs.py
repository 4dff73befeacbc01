"""The contract itself: a mapping or a sandbox that breaks a promise is found out, by the rung of that promise."""

from dataclasses import replace

import pytest

from app.contract.rungs import RUNGS
from app.contract.running import prove
from mappings import Applied, Call, Login, Setting, at_once, discovery
from mappings.rest import Collection
from mappings.sandbox import create

RUNG = {rung.name: rung for rung in RUNGS}


def forgets_to_delete(self, vendor_id):
    return at_once(None)


def logs_in_with_nothing(self):
    return at_once(Login({"X-Api-Key": "no-key"}))


def asks_what_is_not_documented(self, vendor_id):
    yield Call("DELETE", ("v1", "agents", vendor_id), "delete agent", answer="nothing")
    yield Call("DELETE", ("v1", "seats", vendor_id), "give the seat back", answer="nothing")


def says_that_it_renamed(self, group, change):
    yield Applied(fields=change.fields)


def adopts_everybody(self, sent, found):
    return True


def reads_before_it_writes(self, user, change):
    yield Call("GET", ("v1", "agents"), "list agents")
    yield Applied(fields=change.fields, roles_added=change.roles_added, roles_removed=change.roles_removed)


def writes_the_password(self, document, roles, password=None):
    user = super(discovery.load("teamdesk"), self).user(document, roles, password)
    return replace(user, fields={**user.fields, "seat": "light", "full_name": password or "Nobody"})


def sees_nobody_in_a_group(self, group, user):
    return at_once(False)


def answers_nothing_in_a_plan(self, body):
    return Call("POST", self.path, f"create {self.noun}", json=body, repeatable=False)


def keeps_the_account(self, user):
    return user


BROKEN = [
    ("answers", "login", logs_in_with_nothing, "login() or check() fails"),
    ("user", "delete_user", forgets_to_delete, "ann@acme.example exists"),
    ("documented", "delete_user", asks_what_is_not_documented, "DELETE /v1/seats/"),
    ("cost: rename group", "update_group", says_that_it_renamed, "but it is answered 204"),
    ("cost: change name", "update_user", reads_before_it_writes, "costs list agents"),
    ("cost: create user", "calls", {}, "has no row 'create user'"),
    ("table", "calls", {"say hello": ()}, "has no row for"),
    ("re-hire", "inactive", keeps_the_account, "whoever is not active still has Finance"),
    ("members", "update_user", reads_before_it_writes, "at the vendor"),
    ("readme: calls", "calls", {"create user": ("invite agent",)}, "no row for these calls: invite agent"),
    ("stranger", "created_user", adopts_everybody, "a stranger's account was adopted"),
    ("deactivation", "inactive", keeps_the_account, "a leaver still has Finance"),
    ("secrets", "user", writes_the_password, "password"),
    ("lost user", "created_user", lambda *_: False, "201 or 503, not 409"),
    ("stranger group", "teams", Collection(("v1", "teams"), "team", listed="teams"), "a stranger's group"),
    ("wrong 404 of a member", "is_member", sees_nobody_in_a_group, "that was believed"),
    ("readme: whole", "documents", "https://elsewhere.example", "lacks the headings"),
]


@pytest.mark.parametrize(("rung", "name", "value", "words"), BROKEN, ids=[f"{case[0]}" for case in BROKEN])
def test_a_broken_promise_is_found_out(teamdesk, monkeypatch, rung, name, value, words):
    monkeypatch.setattr(discovery.load(teamdesk), name, value)
    result = prove(teamdesk, RUNG[rung])
    assert not result.kept
    assert words in result.reason


def test_a_create_that_is_sent_twice_is_found_out(teamdesk, monkeypatch):
    """The vendor of this test lets two agents have one address, as some do."""
    records = type(create(teamdesk).accounts)
    monkeypatch.setattr(records, "_check_free", lambda *_: None)
    monkeypatch.setattr(Collection, "create", _repeatable_create)
    result = prove(teamdesk, RUNG["lost user"])
    assert result.reason == "carl@acme.example has 2 accounts at the vendor"


def test_a_removal_that_can_never_be_seen_to_be_done_is_found_out(teamdesk, monkeypatch):
    """The vendor of this test answers 404 to the removal of who has left, and does not show who is in a team."""
    monkeypatch.setattr(type(create(teamdesk)), "left_already", 404)
    reason = prove(teamdesk, RUNG["lost removal"]).reason
    assert "this is never delivered: ann@acme.example; if it is 404 by now" in reason


def test_a_plan_that_fails_names_the_answer_that_it_lacks(teamdesk, monkeypatch):
    monkeypatch.setattr(Collection, "create", answers_nothing_in_a_plan)
    reason = prove(teamdesk, RUNG["plan"]).reason
    assert "the answer to 'create agent' could not be read" in reason or "'create team'" in reason


def test_who_declares_that_nothing_proves_whose_an_account_is_may_answer_409(teamdesk, monkeypatch):
    monkeypatch.setattr(discovery.load(teamdesk), "unproven", frozenset({"User", "Group"}))
    for rung in ("lost user", "lost user, no look", "lost group"):
        result = prove(teamdesk, RUNG[rung])
        assert result.kept, result.reason
        assert "somebody has to look" in result.remark
    assert prove(teamdesk, RUNG["stranger group"]).kept


def test_a_leaver_who_is_kept_without_an_option_is_remarked(teamdesk, monkeypatch):
    def inactive(self, user):
        return replace(user, roles=frozenset())

    assert prove(teamdesk, RUNG["deactivation"]).remark is None
    monkeypatch.setattr(discovery.load(teamdesk), "inactive", inactive)
    assert "no option named deactivation" in prove(teamdesk, RUNG["deactivation"]).remark


def _repeatable_create(self, body):
    return Call("POST", self.path, f"create {self.noun}", json=body, repeatable=True)


def test_a_setting_without_a_row_is_found_out(teamdesk, monkeypatch):
    monkeypatch.setattr(discovery.load(teamdesk), "credentials", ((Setting("api_key", "another text"),),))
    assert "another text" in prove(teamdesk, RUNG["readme: settings"]).reason


def test_a_sandbox_that_lets_nobody_in_is_found_out(teamdesk, monkeypatch):
    monkeypatch.setattr(type(create(teamdesk)), "authenticate", lambda *_: 1 / 0)
    assert prove(teamdesk, RUNG["answers"]).kept is False
