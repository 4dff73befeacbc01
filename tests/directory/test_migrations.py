"""A database of an earlier version, and what this one makes of it."""

import json

import pytest
from alembic import command
from sqlalchemy import text

from app.directory import migrate
from app.directory.database import Database
from tests.bridge import on_both_databases, replace

SNAPSHOT = {"fields": {"name": "Finance", "description": "Provisioned over SCIM (1)"}, "roles": [], "doubtful": []}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_role_of_the_first_version_keeps_what_somebody_has_given_it_by_hand(databases, kind):
    database = Database(databases.empty(kind))
    with database.migrating() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for id_, (name, snapshot) in enumerate({"Group": SNAPSHOT, "User": {"fields": {"email": "a"}}}.items(), 1):
            connection.execute(
                text(
                    "INSERT INTO link (id, target, kind, name, vendor_key, snapshot, wanted_version, attempts,"
                    " refused, lease_until) VALUES (:id, 't', :kind, 'n', 'k', :snapshot, 1, 0, false, 0)"
                ),
                {"id": id_, "kind": name, "snapshot": json.dumps(snapshot)},
            )
    migrate.upgrade(database)
    with database.read() as connection:
        rows = connection.execute(text("SELECT snapshot FROM link ORDER BY id")).scalars().all()
    group, user = map(json.loads, rows)
    assert group == {**SNAPSHOT, "fields": {"privileges": [], "permissions": [], **SNAPSHOT["fields"]}}
    assert user == {"fields": {"email": "a"}}
    database.close()


def reach(database, revision, *changes):
    """Do what a newer version's migration would."""
    with database.write() as connection:
        for change in changes:
            connection.exec_driver_sql(change)
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


@on_both_databases
def test_an_old_replica_keeps_serving_when_a_new_one_has_migrated(build):
    bridge = build("squirro")
    ann = bridge.hire("ann")
    reach(
        bridge.parts.database,
        "9999",
        "ALTER TABLE link ADD COLUMN later TEXT",
        "ALTER TABLE resource ADD COLUMN later TEXT",
        "CREATE TABLE later (id INTEGER PRIMARY KEY)",
    )
    client = bridge.app.test_client()
    assert client.get("/readyz").status_code == 200
    assert bridge.patch(f"/Users/{ann}", replace("displayName", "Anna")).status == 200
    bridge.hire("bob")
    bridge.deliver()
    bridge.assert_agreement()
    assert migrate.is_current(bridge.parts.database)  # so that it can be started again, too


def test_a_schema_that_this_version_cannot_work_with_is_said(build):
    bridge = build("squirro")
    reach(bridge.parts.database, "2-0001")
    answer = bridge.app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert "2-0001" in answer.json["database"]
