"""A mapping that is nothing but tables keeps the contract, whatever the dialect of its vendor's REST API."""

from pathlib import Path

import pytest

from app.contract.documents import GROUP, USER, add, person, remove, replace
from app.contract.rungs import RUNGS
from app.contract.running import prove
from app.contract.workshop import FINANCE, holds, workshop
from mappings.attributes import urn
from tests.mappings.packages import installed_copy
from tests.mappings.test_readmes import calls_of

CREWBOOK = Path(__file__).parent / "crewbook"
RANK = urn("crewbook", "User")
ANN = "ann@acme.example"


@pytest.fixture
def crewbook(tmp_path, monkeypatch):
    with installed_copy(CREWBOOK, "crewbook", tmp_path, monkeypatch) as vendor:
        yield vendor


@pytest.fixture
def bench(crewbook):
    with workshop(crewbook) as shop:
        yield shop.hiring()


@pytest.mark.parametrize(
    "rung", [rung for rung in RUNGS if not rung.name.startswith("readme")], ids=lambda rung: rung.name
)
def test_it_is_gold(crewbook, rung):
    assert prove(crewbook, rung).reason is None


def test_somebody_on_the_last_page_is_found(bench):
    for name in ("ann", "bob", "carl", "dora"):
        bench.hire(name)
    bench.fail("lose", method="POST")
    bench.hire("eve")
    assert bench.meanings[-3:] == ["list sailors"] * 3
    assert bench.sandbox.users()[-1]["key"] == "eve@acme.example"


def test_a_list_whose_pages_never_end_is_no_answer(bench, monkeypatch):
    monkeypatch.setattr("mappings.rest_tables.MOST_PAGES", 3)
    monkeypatch.setattr(type(bench.sandbox), "get_users", lambda *_, **__: {"sailors": [], "more": 1})
    bench.fail("lose", method="POST")
    assert bench.post("/Users", person("ann")).status == 503


def test_a_leaver_is_locked_out_before_all_else_and_let_in_after_it(bench):
    ann = bench.hire("ann", **{"schemas": [USER, RANK], RANK: {"rank": "mate"}})
    bench.found(FINANCE, [ann])
    bench.meanings.clear()
    bench.patch(f"/Users/{ann}", replace("active", False))
    assert bench.meanings == ["ashore sailor", "remove member", "update sailor"]
    assert bench.account(ANN)["fields"] | {"ref": ""} == {
        "ref": "",
        "mail": ANN,
        "called": "Ann Lee",
        "rank": "deckhand",
        "away": True,
    }
    bench.meanings.clear()
    bench.patch(f"/Users/{ann}", replace("active", True))
    assert bench.meanings == ["update sailor", "add member", "aboard sailor"]
    assert bench.account(ANN)["fields"]["rank"] == "mate"


def test_an_attribute_that_the_identity_provider_does_not_send_is_as_the_option_says(crewbook):
    with workshop(crewbook) as shop:
        bench = shop.hiring(options={"rank": "mate"})
        bench.hire("ann")
        bench.hire("bob", **{"schemas": [USER, RANK], RANK: {"rank": "deckhand"}})
        ranks = [user["fields"]["rank"] for user in bench.sandbox.users()[1:]]
        assert ranks == ["mate", "deckhand"]


@pytest.mark.parametrize("status", [404, 409])
def test_a_membership_that_is_so_already_is_seen_to_be_so(bench, status):
    ann = bench.hire("ann")
    finance = bench.found(FINANCE, [ann] if status == 404 else [])
    members = bench.sandbox.teams.all()[-1]["members"]
    if status == 404:
        members.clear()
    else:
        members.append(bench.account(ANN)["id"])
    operation = remove(ann) if status == 404 else add(ann)
    assert bench.patch(f"/Groups/{finance}", operation).status == 204
    assert bench.meanings[-1] == "list crews"
    assert holds(bench, ANN) is (status == 409)


def test_a_wrong_409_of_a_new_member_is_not_believed(bench):
    ann, finance = bench.hire("ann"), bench.found(FINANCE)
    bench.fail("status", status=409, method="PUT", count=9)
    assert bench.patch(f"/Groups/{finance}", add(ann)).status >= 400
    assert not holds(bench, ANN)


def test_a_group_whose_name_is_taken_is_a_conflict_though_the_vendor_would_make_a_second_one(bench):
    bench.sandbox.create_group({"title": FINANCE})
    answer = bench.post("/Groups", {"schemas": [GROUP], "displayName": FINANCE})
    assert answer.status == 409
    assert bench.meanings == ["list crews"]


def test_the_groups_and_the_choices_of_attributes_are_offered_and_a_group_can_be_given_by_its_name(bench):
    offered = {entry["display"]: entry["supported"] for entry in bench.everything("/Roles")}
    assert offered == {"Operations": True}
    assert {entry["value"] for entry in bench.everything("/Entitlements")} == {"deckhand", "mate"}
    bench.hire("ann", roles=[{"value": "Operations"}])
    assert holds(bench, ANN, "Operations")


def test_what_compares_readmes_with_code_meets_every_call_of_a_vendor_it_has_never_seen(crewbook):
    sailors = {"list sailors", "create sailor", "update sailor", "ashore sailor", "aboard sailor", "delete sailor"}
    crews = {"list crews", "create crew", "update crew", "delete crew", "add member", "remove member"}
    assert {meaning for meaning, _, _ in calls_of(crewbook)} == sailors | crews
