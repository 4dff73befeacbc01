"""An account that is known by its address is made anew under another: first the new one, then the old one goes."""

import pytest

from tests.bridge import add, assert_calls, on_both_databases, replace
from tests.vendors import stranger

ANN, RAY = "ann@acme.example", "ray@acme.example"
CREATE, DELETE, LOOK = "POST /ds-api/users/*", "DELETE /ds-api/users/*", "GET /ds-api/users/*"


@pytest.fixture
def bridge(build):
    return build("datasentinel", options={"recreate": "always"})


@pytest.fixture
def ann(bridge):
    id_ = bridge.hire("ann")
    group = bridge.found("role_1")
    bridge.patch(f"/Groups/{group}", add(id_))
    bridge.calls()
    return id_


def move(bridge, id_):
    return bridge.patch(f"/Users/{id_}", replace("userName", RAY), replace('emails[type eq "work"].value', RAY))


def test_a_new_address_costs_two_calls_and_keeps_the_roles(bridge, ann):
    assert move(bridge, ann).status == 200
    assert_calls(bridge.calls(), [CREATE, DELETE])
    assert bridge.accounts() == {RAY: {"role_1"}}
    assert bridge.due() == []


def test_a_new_address_that_somebody_has_costs_nobody_an_account(bridge, ann):
    stranger(bridge.sandbox, RAY)
    bridge.strangers[RAY] = bridge.account(RAY)
    before = bridge.account(ANN)
    assert move(bridge, ann).status == 409
    assert bridge.account(ANN) == before
    assert bridge.get(f"/Users/{ann}").body["userName"] == ANN
    assert bridge.due() == []


@pytest.mark.parametrize("kind", ["drop", "lose"])
@on_both_databases
def test_a_lost_answer_to_the_new_account_leaves_one_account(bridge, ann, kind):
    bridge.fail(kind, method="POST")
    answer = move(bridge, ann)
    bridge.deliver()
    bridge.deliver()
    name = bridge.get(f"/Users/{ann}").body["userName"]
    assert name == (RAY if answer.status == 200 else ANN)
    assert bridge.accounts() == {name: {"role_1"}}


@pytest.mark.parametrize("kind", ["drop", "lose"])
def test_an_answer_that_stays_lost_until_the_wish_is_put_back_leaves_one_account(bridge, ann, kind):
    bridge.fail(kind, method="POST")
    bridge.fail("status", status=503, method="GET", count=2)
    assert move(bridge, ann).status == 503
    bridge.deliver()
    assert bridge.get(f"/Users/{ann}").body["userName"] == ANN
    assert bridge.accounts() == {ANN: {"role_1"}}


def test_the_old_account_goes_even_if_its_end_is_refused_at_first(bridge, ann):
    bridge.fail("status", status=503, method="DELETE", count=2)
    assert move(bridge, ann).status == 503
    assert set(bridge.accounts()) == {ANN, RAY}
    bridge.deliver()
    assert bridge.accounts() == {RAY: {"role_1"}}
    assert bridge.get(f"/Users/{ann}").body["userName"] == RAY


def test_a_leaver_whose_old_account_is_still_there_loses_both(bridge, ann):
    bridge.fail("status", status=503, method="DELETE", count=2)
    move(bridge, ann)
    assert bridge.delete(f"/Users/{ann}").status == 204
    assert bridge.accounts() == {}
    assert [row["kind"] for row in bridge.rows("link")] == ["Group"]


def test_a_leaver_loses_the_known_account_at_once_while_a_new_one_is_in_doubt(bridge, ann):
    bridge.fail("status", status=503, method="POST")
    bridge.fail("status", status=503, method="GET", count=2)
    assert move(bridge, ann).status == 503
    bridge.calls()
    assert bridge.patch(f"/Users/{ann}", replace("active", False)).status == 503
    assert bridge.accounts() == {}
    assert [call.partition(" ")[0] for call in bridge.calls()] == ["GET", "GET", "DELETE"]
    bridge.deliver()
    assert bridge.accounts() == {}
    assert bridge.due() == []


def test_a_role_is_taken_from_the_known_account_while_a_new_one_is_in_doubt(bridge, ann):
    bridge.fail("status", status=503, method="POST")
    bridge.fail("status", status=503, method="GET", count=2)
    assert move(bridge, ann).status == 503
    (group,) = bridge.everything("/Groups")
    bridge.patch(f"/Groups/{group['id']}", {"op": "remove", "path": "members"})
    assert bridge.accounts() == {ANN: {"Least Access"}}
    bridge.deliver()
    assert bridge.accounts() == {ANN: {"Least Access"}}
    assert bridge.due() == []
