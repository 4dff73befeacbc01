"""Alembic's entry: runs the migrations on the connection that :mod:`app.directory.migrate` hands over."""

from alembic import context

from app.directory.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    transactional_ddl=False,
)
context.run_migrations()
