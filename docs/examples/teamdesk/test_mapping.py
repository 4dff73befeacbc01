"""What is special about Teamdesk: the seat."""

from app.contract.documents import USER, person
from app.contract.workshop import workshop
from mappings.attributes import urn

SEAT = urn("teamdesk", "User")


def test_a_full_seat_is_given_only_by_the_identity_provider() -> None:
    with workshop("teamdesk") as shop:
        bridge = shop.bench()
        bridge.hire("ann")
        bridge.post("/Users", {**person("bob"), "schemas": [USER, SEAT], SEAT: {"seat": "full"}})
        seats = {user["key"]: user["fields"]["seat"] for user in bridge.sandbox.users()}
        assert (seats["ann@acme.example"], seats["bob@acme.example"]) == ("light", "full")
