"""``catalogue``: the operator sees what the identity provider sees."""


def test_it_lists_the_roles_and_the_entitlements_of_a_target(answer, bridge):
    found = answer("catalogue", "analytics")
    assert [each["display"] for each in found["roles"]] == ["Administrator", "myExistingRole", "Everyone"]
    assert found["entitlements"][0] == {
        "value": "0000-dashboard-1111-id",
        "display": "Sales",
        "type": "dashboard",
        "supported": False,
        "contains": [],
    }
    text = bridge("catalogue", "analytics").output
    assert "0000-test-1111-role-id" in text
    assert "Entitlements" in text


def test_names_that_look_like_markup_are_printed_as_they_are(sandbox, bridge):
    sandbox.dashboards[0]["name"] = "[red]Sales[/]"
    assert "[red]Sales[/]" in bridge("catalogue", "analytics").output


def test_it_exits_1_when_the_vendor_does_not_answer(sandbox, bridge):
    sandbox.faults.add("status", count=9, status=503)
    assert "the vendor answered 503" in bridge("catalogue", "analytics", exits=1).output


def test_an_unknown_target_is_refused(bridge):
    assert "there is no target 'nowhere'" in bridge("catalogue", "nowhere", exits=2).output
