"""Every way in which a vendor can differ from what was asked for is found and said."""

import pytest

from app.demo import casting
from app.demo.comparing import Comparison
from app.demo.replay import vendor_call
from app.demo.story import ADA, ADA_LEADS, BOTH, FINANCE, GRACE, GRACE_GONE, HIRED_ADA, Chapter, Content
from mappings import discovery
from mappings.sandbox import create
from mappings.sandbox_calls import Entry

ROLE_IDS = {"Engineering": "e", "Finance": "f"}


def compared(sandbox):
    return Comparison.of(sandbox, casting.configured(discovery.load(sandbox.vendor), sandbox))


@pytest.fixture
def sandbox():
    return create("periscope")


@pytest.fixture
def comparison(sandbox):
    before = compared(sandbox)
    for name, role in ROLE_IDS.items():
        sandbox._store_role(role, {"name": name})
    for person in (ADA, GRACE):
        sandbox._accounts[person.given] = {
            "id": person.given,
            "email": person.email,
            "first_name": person.given,
            "last_name": person.family,
            "roles": [ROLE_IDS[group] for group in person.groups],
        }
    return before


BOTH_PRESENT = Chapter("", "", (ADA, GRACE), BOTH)


def test_a_vendor_that_holds_what_was_asked_for_differs_in_nothing(comparison):
    assert comparison.differences(BOTH_PRESENT) == ()


def lose(sandbox):
    del sandbox._accounts["Ada"]


def forget_a_role(sandbox):
    sandbox._accounts["Grace"]["roles"].remove("f")


def misspell(sandbox):
    sandbox._accounts["Ada"]["last_name"] = "Byron"


def touch_a_stranger(sandbox):
    sandbox._accounts["0000-test-1111-user-id"]["roles"] = []


def drop_a_stranger(sandbox):
    del sandbox._accounts["0000-test-1111-user-id"]


def invent(sandbox):
    sandbox._accounts["x"] = {**sandbox._accounts["Ada"], "email": "x@acme.example"}


def invent_a_role(sandbox):
    sandbox._store_role("x", {"name": "Board"})


def drop_a_role(sandbox):
    del sandbox._roles["0000-test-1111-role-id"]
    sandbox._accounts["0000-test-1111-user-id"]["roles"] = ["myExistingRole"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lose, "ada@acme.example: should have an account (Engineering), but has none"),
        (forget_a_role, "grace@acme.example: should hold Engineering, Finance, but holds Engineering"),
        (misspell, "ada@acme.example: should be called Ada Lovelace, but is called Ada Byron"),
        (touch_a_stranger, "user@acme.example: was there before and should be as it was, but it changed"),
        (drop_a_stranger, "user@acme.example: was there before and should be as it was, but it is gone"),
        (invent, "x@acme.example: has an account that nobody asked for"),
        (invent_a_role, "Board: is a role or group that nobody asked for"),
        (drop_a_role, "myExistingRole: there is no such role or group"),
    ],
)
def test_what_differs_is_said(comparison, sandbox, change, said):
    change(sandbox)
    assert said in comparison.differences(BOTH_PRESENT)


def test_somebody_who_left_and_is_still_there_is_noticed(comparison):
    said = "grace@acme.example: should have no account, but has one (Engineering, Finance)"
    assert comparison.differences(Chapter("", "", (ADA, GRACE_GONE), BOTH)) == (said,)


def test_a_role_that_stands_for_no_role_is_expected_of_somebody_without_groups():
    sandbox = create("datasentinel")
    comparison = compared(sandbox)
    sandbox._store(99, HIRED_ADA.email, {"comment": "Ada Byron", "roles": ["Least Access"]})
    assert comparison.differences(Chapter("", "", (HIRED_ADA,))) == ()


def test_what_a_title_gives_is_expected_of_somebody_who_has_it(comparison, sandbox):
    leading = Chapter("", "", (ADA_LEADS, GRACE), BOTH)
    said = "ada@acme.example: should hold Engineering, myExistingRole, but holds Engineering"
    assert comparison.differences(leading) == (said,)
    sandbox._accounts["Ada"]["roles"].append("myExistingRole")
    assert comparison.differences(leading) == ()


def test_a_vendor_without_names_is_not_asked_for_them():
    sandbox = create("prancer")
    comparison = compared(sandbox)
    for number, name in enumerate(BOTH, 50):
        sandbox._store_role(number, name, [])
    sandbox._store_user(ADA.email, user_groups=["Engineering"])
    assert comparison.compared == ("accounts", "roles")
    assert comparison.differences(Chapter("", "", (ADA,), BOTH)) == ()
    sandbox._accounts[ADA.email]["user_groups"] = []
    said = "ada@acme.example: should hold Engineering, but holds no role"
    assert comparison.differences(Chapter("", "", (ADA,), BOTH)) == (said,)


FULL = {FINANCE: Content(("Export Reports",), ("View Reports",))}


@pytest.mark.parametrize(
    ("privileges", "said"),
    [
        ((14, 15), ()),
        ((14,), ("Finance: should contain Export Reports, View Reports, but contains View Reports",)),
        ((), ("Finance: should contain Export Reports, View Reports, but contains nothing",)),
    ],
)
def test_where_no_people_are_known_groups_are_compared_with_what_is_in_them(privileges, said):
    sandbox = create("metric_insights")
    comparison = compared(sandbox)
    sandbox.create_set({"name": FINANCE})
    for privilege in privileges:
        sandbox.assign({"privilege_set_id": 7, "privilege_id": privilege})
    assert comparison.differences(Chapter("", "", (ADA,), (FINANCE,), FULL)) == said


def test_a_group_that_should_be_empty_and_is_not_is_said():
    sandbox = create("metric_insights")
    comparison = compared(sandbox)
    sandbox.create_set({"name": FINANCE})
    sandbox.assign({"privilege_set_id": 7, "privilege_id": 14})
    said = ("Finance: should contain nothing, but contains View Reports",)
    assert comparison.differences(Chapter("", "", (), (FINANCE,))) == said


@pytest.mark.parametrize(
    ("path", "named", "login"),
    [
        ("/api/user/v0/T/groups/g%2F1/members/u", "/api/user/v0/{tenant}/groups/{group}/members/{user}", False),
        ("/api/user/v0/T/groups/g%2F1/owners/u", "/api/user/v0/T/groups/g%2F1/owners/u", False),
    ],
)
def test_a_call_is_named_as_the_vendor_documents_it(path, named, login):
    documented = path != named
    call = vendor_call(create("squirro"), Entry("DELETE", path, {}, None, 204, documented))
    assert (call.path, call.login, call.documented) == (named, login, documented)


def test_a_login_is_told_apart():
    call = vendor_call(create("datasentinel"), Entry("POST", "/ds-api/user-token", {}, None, 201, documented=True))
    assert call.login
