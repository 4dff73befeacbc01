"""What a SCIM write costs in the database: two commits, and a number of statements that does not grow."""

import uuid

import pytest

from app.directory.tables import link, member, resource
from tests.bridge import add, on_both_databases, person, refs, remove, replace
from tests.directory.counting import counted

MOST_STATEMENTS = 22
MOST_COMMITS = {("prancer", "create group"): 3}
"""Two, unless a mapping notes on disk what it saw before its create."""


def writes(bridge):
    """Yield one write after the other, by name."""
    ann, bob = bridge.hire("ann"), bridge.hire("bob")
    finance = bridge.found("Finance", [bob])
    yield "create", lambda: bridge.post("/Users", person("carl"))
    yield "refused create", lambda: bridge.post("/Users", person("carl"))
    yield "replace", lambda: bridge.put(f"/Users/{ann}", person("ann", displayName="Anna"))
    yield "unchanged", lambda: bridge.put(f"/Users/{ann}", person("ann", displayName="Anna"))
    yield "rename", lambda: bridge.patch(f"/Users/{ann}", replace("displayName", "Anne"))
    yield "kept here", lambda: bridge.patch(f"/Users/{ann}", replace("title", "Dr"))
    yield "add member", lambda: bridge.patch(f"/Groups/{finance}", add(ann))
    yield "add again", lambda: bridge.patch(f"/Groups/{finance}", add(ann))
    yield "remove member", lambda: bridge.patch(f"/Groups/{finance}", remove(ann))
    yield "replace members", lambda: bridge.patch(f"/Groups/{finance}", replace("members", refs([ann, bob])))
    yield "deactivate", lambda: bridge.patch(f"/Users/{ann}", replace("active", False))
    yield "reactivate", lambda: bridge.patch(f"/Users/{ann}", replace("active", True))
    yield "create group", lambda: bridge.post("/Groups", {"displayName": "Engineering"})
    yield "delete user", lambda: bridge.delete(f"/Users/{ann}")
    yield "delete group", lambda: bridge.delete(f"/Groups/{finance}")


@on_both_databases
def test_every_write_is_at_most_two_commits_and_a_bounded_number_of_statements(build, facts):
    bridge = build(facts.vendor)
    costs = {}
    for name, write in writes(bridge):
        with counted(bridge.parts.database) as cost:
            assert write().status in (200, 201, 204, 409)
        costs[name] = (cost.commits, len(cost.statements))
    most = {name: MOST_COMMITS.get((facts.vendor, name), 2) for name in costs}
    assert {name: cost for name, cost in costs.items() if cost[0] > most[name] or cost[1] > MOST_STATEMENTS} == {}


def test_a_group_with_new_members_where_each_member_is_a_call_is_two_commits_too(build):
    bridge = build("datasentinel")
    ids = [bridge.hire(f"writer{number}") for number in range(10)]
    finance = bridge.found("Finance")
    with counted(bridge.parts.database) as cost:
        assert bridge.patch(f"/Groups/{finance}", add(*ids)).status == 204
    assert cost.commits == 2
    assert len(cost.statements) <= MOST_STATEMENTS


def test_reading_writes_nothing(bridge):
    ann = bridge.hire("ann")
    with counted(bridge.parts.database) as cost:
        for path in (f"/Users/{ann}", "/Users", "/Groups", "/Schemas", '/Users?filter=title eq "x"'):
            assert bridge.get(path).status == 200
    assert cost.commits == 0
    assert all(statement.lstrip().startswith("SELECT") for statement in cost.statements)


def fill(bridge, name: str, size: int) -> str:
    """Make a group and put rows of that many members into the tables."""
    group = bridge.found(name)
    with bridge.parts.database.write() as connection:
        group_link = connection.execute(link.select().where(link.c.resource_id == group)).mappings().one()
        first = group_link["id"] * 1_000_000
        ids = [str(uuid.uuid4()) for _ in range(size)]
        users = [
            {
                **{column: group_link[column] for column in group_link if column not in ("id", "snapshot")},
                "kind": "User",
                "resource_id": id_,
                "name": f"{id_}@acme.example",
                "vendor_key": f"{id_}@acme.example",
                "vendor_id": id_,
                "snapshot": "{}",
                "id": first + number,
            }
            for number, id_ in enumerate(ids)
        ]
        documents = [
            {
                "id": id_,
                "target": "main",
                "kind": "User",
                "document": "{}",
                "name_key": id_,
                "active": True,
                "version": "1",
                "created": 0.0,
                "modified": 0.0,
            }
            for id_ in ids
        ]
        rows = [
            {"group_link": group_link["id"], "user_link": user["id"], "desired": True, "applied": True}
            for user in users
        ]
        connection.execute(resource.insert(), documents)
        connection.execute(link.insert(), users)
        connection.execute(member.insert(), rows)
    return group


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_one_member_costs_the_same_in_a_group_of_ten_and_of_ten_thousand(build):
    bridge = build("periscope")
    groups = [fill(bridge, "Small", 10), fill(bridge, "Large", 10_000)]
    ids = [bridge.hire("ann"), bridge.hire("bob")]
    bridge.calls()
    seen = []
    for group, id_ in zip(groups, ids, strict=True):
        for operation in (add(id_), remove(id_)):
            with counted(bridge.parts.database) as cost:
                assert bridge.patch(f"/Groups/{group}", operation).status == 204
            seen.append((cost.statements, cost.commits, len(bridge.calls())))
    assert seen[:2] == seen[2:]
    assert bridge.get(f"/Groups/{groups[1]}?excludedAttributes=members").status == 200


def test_a_group_is_read_without_its_members_in_one_statement(build):
    bridge = build("periscope")
    group = fill(bridge, "Large", 1000)
    with counted(bridge.parts.database) as cost:
        assert "members" not in bridge.get(f"/Groups/{group}?excludedAttributes=members").body
    assert not [statement for statement in cost.statements if "member" in statement]
