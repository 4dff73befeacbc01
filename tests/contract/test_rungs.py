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


def _repeatable_create(self, body):
    return Call("POST", self.path, f"create {self.noun}", json=body, repeatable=True)


def test_a_setting_without_a_row_is_found_out(teamdesk, monkeypatch):
    monkeypatch.setattr(discovery.load(teamdesk), "credentials", ((Setting("api_key", "another text"),),))
    assert "another text" in prove(teamdesk, RUNG["readme: settings"]).reason


def test_a_sandbox_that_lets_nobody_in_is_found_out(teamdesk, monkeypatch):
    monkeypatch.setattr(type(create(teamdesk)), "authenticate", lambda *_: 1 / 0)
    assert prove(teamdesk, RUNG["answers"]).kept is False
