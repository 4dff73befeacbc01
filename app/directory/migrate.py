"""Bring a database to the schema that this version of the bridge needs."""

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


def is_current(database: Database) -> bool:
    """Whether the database has the schema that this version needs."""
    with database.read() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    return revision == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config
