"""Bring a database to the schema that this version of the bridge needs.

While replicas are upgraded one after the other, old code works on the new schema. So migrations only add: tables,
and columns that may be left out. One that old code could not live with gets a name that is no number.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.directory.database import Database

SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> str:
    """Run the migrations that are missing and return the revision reached. Parallel starts all succeed."""
    with database.migrating() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return str(MigrationContext.configure(connection).get_current_revision())


def revision(database: Database) -> str:
    """Return the revision of the schema."""
    with database.read() as connection:
        return str(MigrationContext.configure(connection).get_current_revision())


class Newer(Exception):
    """A newer version has changed the schema so that this one cannot work with it."""


def is_current(database: Database) -> bool:
    """Whether the database has the schema that this version needs, or a later one that only adds to it.

    Raises :class:`Newer` if it has a later one that does more.
    """
    with database.read() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(_config())
    if revision is None or revision in {script.revision for script in scripts.walk_revisions()}:
        return revision == scripts.get_current_head()
    if not revision.isdecimal():
        raise Newer(f"the database is at revision {revision}, which this version cannot work with: upgrade it")
    return True


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config
