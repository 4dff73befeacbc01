"""Who calls each vendor now: shared by all replicas, and worth nothing after a crash. SQLite has a file for it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table, one that is not logged, on PostgreSQL."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_table(
            "budget",
            sa.Column("target", sa.String(255), primary_key=True),
            sa.Column("state", sa.Text(), nullable=False),
            prefixes=["UNLOGGED"],
        )


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE IF EXISTS budget")
