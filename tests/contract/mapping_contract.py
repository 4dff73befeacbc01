"""What every mapping has to show. A vendor's test inherits it and declares the vendor's facts.

Each operation has the list of documented calls it may cost, and not one more; after it the vendor has what was
asked for. ``*`` in a path stands for one segment.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.bridge import Bridge, add, assert_calls, person, refs, remove, replace
from tests.conftest import Build

ANN, BOB = "ann@acme.example", "bob@acme.example"
PASSWORD = "Pa55-of-Ann-that-nobody-keeps"
Calls = list[str]


class MappingContract:
    """The suite. ``None`` instead of calls: the vendor documents no such operation, and it is refused."""

    vendor: ClassVar[str]
    settings: ClassVar[dict[str, Any]] = {}

    group_names: ClassVar[tuple[str, str]] = ("Finance", "Engineering")
    """Two groups that can be pushed."""
    nobody: ClassVar[set[str]] = set()
    """The roles of a user who is in no group."""
    account: ClassVar[dict[str, Any]]
    """What the account of Ann Lee shows, beside the e-mail address."""
    renamed_account: ClassVar[dict[str, Any]]
    """What it shows once she is Anna Ray."""

    create_user: ClassVar[Calls]
    rename_user: ClassVar[Calls]
    change_email: ClassVar[Calls | None]
    set_password: ClassVar[Calls | None]
    create_group: ClassVar[Calls]
    create_group_with_member: ClassVar[Calls]
    rename_group: ClassVar[Calls | None]
    add_member: ClassVar[Calls]
    add_second_group: ClassVar[Calls]
    remove_member: ClassVar[Calls]
    remove_second_group: ClassVar[Calls]
    add_two_members: ClassVar[Calls]
    swap_group: ClassVar[Calls]
    deactivate: ClassVar[Calls]
    reactivate: ClassVar[Calls]
    reactivate_with_role: ClassVar[Calls]
    delete_user: ClassVar[Calls]
    delete_group: ClassVar[Calls]
    delete_group_with_member: ClassVar[Calls]

    @pytest.fixture
    def bridge(self, build: Build) -> Bridge:
        return build(self.vendor, **self.settings)

    @pytest.fixture
    def ann(self, bridge: Bridge) -> str:
        id_ = bridge.hire("ann")
        bridge.calls()
        return id_

    @pytest.fixture
    def bob(self, bridge: Bridge) -> str:
        id_ = bridge.hire("bob")
        bridge.calls()
        return id_

    @pytest.fixture
    def finance(self, bridge: Bridge) -> str:
        id_ = bridge.found(self.group_names[0])
        bridge.calls()
        return id_

    @pytest.fixture
    def engineering(self, bridge: Bridge) -> str:
        id_ = bridge.found(self.group_names[1])
        bridge.calls()
        return id_

    def member(self, bridge: Bridge, group: str, *ids: str) -> None:
        assert bridge.patch(f"/Groups/{group}", add(*ids)).status == 204
        bridge.calls()

    def shown(self, bridge: Bridge, email: str = ANN) -> dict[str, Any]:
        account = bridge.account(email)
        assert account is not None
        assert account["fields"]["email"] == email
        return {name: account["fields"][name] for name in self.account}

    # -- users

    def test_a_new_user_costs_the_documented_minimum_and_has_no_role(self, bridge):
        answer = bridge.post("/Users", person("ann"))
        assert answer.status == 201
        assert_calls(bridge.calls(), self.create_user)
        assert bridge.accounts() == {ANN: self.nobody}
        assert self.shown(bridge) == self.account

    def test_a_password_reaches_no_row_no_answer_and_no_trace(self, bridge, capfd):
        bridge.secrets.append(PASSWORD)
        id_ = bridge.hire("ann", password=PASSWORD)
        assert "password" not in bridge.get(f"/Users/{id_}").body
        assert PASSWORD not in str(bridge.sandbox.journal)
        assert not [text for text in capfd.readouterr() if PASSWORD in text]

    def test_a_new_password_is_set_where_the_vendor_documents_how(self, bridge, ann):
        bridge.secrets.append(PASSWORD)
        answer = bridge.patch(f"/Users/{ann}", {"op": "replace", "value": {"password": PASSWORD}})
        self.expect(bridge, answer, self.set_password, 200)

    def test_a_new_name_costs_the_documented_minimum(self, bridge, ann):
        value = {"displayName": "Anna Ray", "name": {"givenName": "Anna", "familyName": "Ray"}}
        assert bridge.patch(f"/Users/{ann}", {"op": "replace", "value": value}).status == 200
        assert_calls(bridge.calls(), self.rename_user)
        assert self.shown(bridge) == self.renamed_account

    def test_a_replacement_with_a_new_name_costs_the_same(self, bridge, ann):
        body = person("ann", displayName="Anna Ray", name={"givenName": "Anna", "familyName": "Ray"})
        assert bridge.put(f"/Users/{ann}", body).status == 200
        assert_calls(bridge.calls(), self.rename_user)
        assert self.shown(bridge) == self.renamed_account

    def test_a_new_name_leaves_the_roles(self, bridge, ann, finance):
        self.member(bridge, finance, ann)
        bridge.patch(f"/Users/{ann}", replace("displayName", "Anna Ray"), replace("name.familyName", "Ray"))
        assert bridge.accounts() == {ANN: {self.group_names[0]}}

    def test_a_new_email_address_is_followed_or_refused(self, bridge, ann):
        new = "ann.ray@acme.example"
        answer = bridge.patch(f"/Users/{ann}", replace('emails[type eq "work"].value', new))
        self.expect(bridge, answer, self.change_email, 200)
        assert set(bridge.accounts()) == {ANN if self.change_email is None else new}

    def test_what_the_vendor_cannot_store_is_kept_and_costs_nothing(self, bridge, ann):
        assert bridge.patch(f"/Users/{ann}", replace("nickName", "Annie"), replace("title", "Dr")).status == 200
        assert_calls(bridge.calls(), [])
        assert bridge.get(f"/Users/{ann}").body["nickName"] == "Annie"

    def test_what_is_already_so_costs_nothing(self, bridge, ann, finance):
        self.member(bridge, finance, ann)
        before = bridge.get(f"/Users/{ann}").body
        assert bridge.put(f"/Users/{ann}", before).body == before
        assert bridge.put(f"/Users/{ann}", person("ann")).body == before
        assert bridge.patch(f"/Users/{ann}", replace("displayName", "Ann Lee")).body == before
        assert bridge.patch(f"/Users/{ann}", replace("active", "True")).body == before
        group = bridge.get(f"/Groups/{finance}").body
        assert bridge.put(f"/Groups/{finance}", group).body == group
        assert (
            bridge.patch(f"/Groups/{finance}", add(ann), replace("displayName", group["displayName"])).status == 204
        )
        assert bridge.get(f"/Groups/{finance}").body == group
        assert_calls(bridge.calls(), [])

    def test_reading_costs_nothing(self, bridge, ann, finance):
        for path in (
            f"/Users/{ann}",
            "/Users",
            "/Users?filter=userName%20eq%20%22ANN@acme.example%22",
            "/Users?filter=name.familyName%20co%20%22e%22&startIndex=1&count=1",
            f"/Groups/{finance}?excludedAttributes=members",
            "/Groups",
            "/ServiceProviderConfig",
            "/ResourceTypes",
            "/Schemas",
        ):
            assert bridge.get(path).status == 200
        assert_calls(bridge.calls(), [])

    def test_a_deactivated_user_has_no_access(self, bridge, ann):
        assert bridge.patch(f"/Users/{ann}", {"op": "replace", "value": {"active": False}}).status == 200
        assert_calls(bridge.calls(), self.deactivate)
        assert bridge.accounts() == {}
        assert bridge.get(f"/Users/{ann}").body["active"] is False

    def test_changing_a_deactivated_user_costs_nothing(self, bridge, ann, finance):
        bridge.patch(f"/Users/{ann}", replace("active", False))
        bridge.calls()
        assert bridge.patch(f"/Users/{ann}", replace("displayName", "Anna Ray")).status == 200
        assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
        assert_calls(bridge.calls(), [])
        assert bridge.accounts() == {}

    def test_a_reactivated_user_has_an_account_again(self, bridge, ann):
        bridge.patch(f"/Users/{ann}", replace("active", False))
        bridge.calls()
        assert bridge.patch(f"/Users/{ann}", replace("active", True)).body["id"] == ann
        assert_calls(bridge.calls(), self.reactivate)
        assert self.shown(bridge) == self.account

    def test_a_reactivated_user_has_the_roles_again(self, bridge, ann, finance):
        self.member(bridge, finance, ann)
        bridge.patch(f"/Users/{ann}", replace("active", False))
        assert bridge.accounts() == {}
        assert refs([ann]) == [{"value": m["value"]} for m in bridge.get(f"/Groups/{finance}").body["members"]]
        bridge.calls()
        assert bridge.patch(f"/Users/{ann}", replace("active", "True")).status == 200
        assert_calls(bridge.calls(), self.reactivate_with_role)
        assert bridge.accounts() == {ANN: {self.group_names[0]}}

    def test_a_deleted_user_is_gone(self, bridge, ann, finance):
        self.member(bridge, finance, ann)
        assert bridge.delete(f"/Users/{ann}").status == 204
        assert_calls(bridge.calls(), self.delete_user)
        assert bridge.accounts() == {}
        assert bridge.get(f"/Users/{ann}").status == 404
        assert "members" not in bridge.get(f"/Groups/{finance}").body
        assert bridge.rows("member") == []

    def test_a_deactivated_user_is_deleted_for_nothing(self, bridge, ann):
        bridge.patch(f"/Users/{ann}", replace("active", False))
        bridge.calls()
        assert bridge.delete(f"/Users/{ann}").status == 204
        assert_calls(bridge.calls(), [])

    def test_somebody_who_is_hired_again_after_being_deleted_begins_without_roles(self, bridge, ann, finance):
        self.member(bridge, finance, ann)
        bridge.delete(f"/Users/{ann}")
        bridge.calls()
        again = bridge.hire("ann")
        assert again != ann
        assert_calls(bridge.calls(), self.create_user)
        assert bridge.accounts() == {ANN: self.nobody}

    # -- groups

    def test_a_new_group_costs_the_documented_minimum(self, bridge):
        bridge.found(self.group_names[0])
        assert_calls(bridge.calls(), self.create_group)
        assert self.members_there(bridge) == []

    def test_a_new_group_comes_with_its_members(self, bridge, ann, bob):
        bridge.found(self.group_names[0], [ann])
        assert_calls(bridge.calls(), self.create_group_with_member)
        assert bridge.accounts() == {ANN: {self.group_names[0]}, BOB: self.nobody}

    def test_one_more_member_costs_the_documented_minimum(self, bridge, ann, bob, finance):
        assert bridge.patch(f"/Groups/{finance}", add(ann)).status == 204
        assert_calls(bridge.calls(), self.add_member)
        assert bridge.accounts() == {ANN: {self.group_names[0]}, BOB: self.nobody}

    def test_a_second_group_is_added_to_the_first(self, bridge, ann, finance, engineering):
        self.member(bridge, finance, ann)
        assert bridge.patch(f"/Groups/{engineering}", add(ann)).status == 204
        assert_calls(bridge.calls(), self.add_second_group)
        assert bridge.accounts() == {ANN: set(self.group_names)}

    def test_one_member_less_costs_the_documented_minimum(self, bridge, ann, bob, finance):
        self.member(bridge, finance, ann, bob)
        assert bridge.patch(f"/Groups/{finance}", remove(ann)).status == 204
        assert_calls(bridge.calls(), self.remove_member)
        assert bridge.accounts() == {ANN: self.nobody, BOB: {self.group_names[0]}}

    def test_leaving_the_second_group_leaves_the_first(self, bridge, ann, finance, engineering):
        self.member(bridge, finance, ann)
        self.member(bridge, engineering, ann)
        body = {"op": "Remove", "path": "members", "value": refs([ann])}
        assert bridge.patch(f"/Groups/{engineering}", body).status == 204
        assert_calls(bridge.calls(), self.remove_second_group)
        assert bridge.accounts() == {ANN: {self.group_names[0]}}

    def test_two_members_in_one_patch_cost_as_much_as_each_alone(self, bridge, ann, bob, finance):
        assert bridge.patch(f"/Groups/{finance}", add(ann, bob)).status == 204
        assert_calls(bridge.calls(), self.add_two_members, in_any_order=True)
        assert bridge.accounts() == {ANN: {self.group_names[0]}, BOB: {self.group_names[0]}}

    def test_members_are_swapped_by_a_replacement(self, bridge, ann, bob, finance):
        self.member(bridge, finance, ann)
        assert bridge.patch(f"/Groups/{finance}", replace("members", refs([bob]))).status == 204
        assert_calls(bridge.calls(), [*self.remove_member, *self.add_member], in_any_order=True)
        assert bridge.accounts() == {ANN: self.nobody, BOB: {self.group_names[0]}}

    def test_a_transfer_in_two_requests_ends_in_the_new_group(self, bridge, ann, finance, engineering):
        self.member(bridge, finance, ann)
        assert bridge.patch(f"/Groups/{engineering}", add(ann)).status == 204
        assert bridge.patch(f"/Groups/{finance}", remove(ann)).status == 204
        assert_calls(bridge.calls(), self.swap_group)
        assert bridge.accounts() == {ANN: {self.group_names[1]}}

    def test_a_group_is_renamed_or_refused(self, bridge, ann, finance):
        self.member(bridge, finance, ann)
        before = bridge.get(f"/Groups/{finance}").body
        answer = bridge.patch(f"/Groups/{finance}", replace("displayName", "Money"))
        self.expect(bridge, answer, self.rename_group, 204)
        if self.rename_group is None:
            assert bridge.get(f"/Groups/{finance}").body == before
            assert bridge.accounts() == {ANN: {self.group_names[0]}}
        else:
            assert bridge.accounts() == {ANN: {"Money"}}

    def test_a_deleted_group_is_gone(self, bridge, finance):
        assert bridge.delete(f"/Groups/{finance}").status == 204
        assert_calls(bridge.calls(), self.delete_group)
        assert bridge.get(f"/Groups/{finance}").status == 404

    def test_a_deleted_group_takes_its_role_from_its_members(self, bridge, ann, finance):
        self.member(bridge, finance, ann)
        assert bridge.delete(f"/Groups/{finance}").status == 204
        assert_calls(bridge.calls(), self.delete_group_with_member)
        assert bridge.accounts() == {ANN: self.nobody}
        assert "groups" not in bridge.get(f"/Users/{ann}").body

    def test_a_deleted_group_can_be_made_again_and_has_nobody(self, bridge, ann, finance):
        self.member(bridge, finance, ann)
        bridge.delete(f"/Groups/{finance}")
        bridge.calls()
        bridge.found(self.group_names[0])
        assert_calls(bridge.calls(), self.create_group)
        assert bridge.accounts() == {ANN: self.nobody}

    # -- all together

    def test_a_whole_life_leaves_nothing_behind(self, bridge):
        ann, bob = bridge.hire("ann", password=PASSWORD), bridge.hire("bob")
        bridge.secrets.append(PASSWORD)
        finance, engineering = (bridge.found(name) for name in self.group_names)
        bridge.patch(f"/Groups/{finance}", add(ann, bob))
        bridge.patch(f"/Groups/{engineering}", add(ann))
        bridge.patch(f"/Users/{ann}", replace("name.givenName", "Anna"))
        assert bridge.accounts() == {ANN: set(self.group_names), BOB: {self.group_names[0]}}
        bridge.patch(f"/Groups/{finance}", remove(ann))
        assert bridge.accounts() == {ANN: {self.group_names[1]}, BOB: {self.group_names[0]}}
        bridge.patch(f"/Users/{ann}", replace("active", False))
        assert bridge.accounts() == {BOB: {self.group_names[0]}}
        bridge.patch(f"/Users/{ann}", replace("active", True))
        assert bridge.accounts() == {ANN: {self.group_names[1]}, BOB: {self.group_names[0]}}
        for path in (f"/Users/{ann}", f"/Groups/{finance}", f"/Users/{bob}", f"/Groups/{engineering}"):
            assert bridge.delete(path).status == 204
        assert bridge.accounts() == {}
        assert bridge.rows("link") == bridge.rows("member") == bridge.rows("resource") == []
        assert self.deliver_nothing(bridge)

    # -- parts

    def expect(self, bridge: Bridge, answer: Any, calls: Calls | None, status: int) -> None:
        """Check an operation that a vendor may not offer: then it is refused, at no cost and in words."""
        if calls is None:
            assert (answer.status, answer.body["scimType"]) == (400, "mutability")
        else:
            assert answer.status == status
        assert_calls(bridge.calls(), calls or [])
        assert bridge.due() == []

    def members_there(self, bridge: Bridge) -> list[str]:
        group = next(group for group in bridge.sandbox.groups() if group["name"] == self.group_names[0])
        return list(group["members"])

    def deliver_nothing(self, bridge: Bridge) -> bool:
        return bridge.deliver() == 0
