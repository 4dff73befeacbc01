"""A database of an earlier version, and what this one makes of it."""

import json

import pytest
from alembic import command
from sqlalchemy import text

from app.directory import migrate
from app.directory.database import Database

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
