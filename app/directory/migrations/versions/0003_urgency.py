"""Say of each link since when it is due, and whether that takes access away: the worker then finds it first."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and an index in the order of delivery. Processes of the version before may go on writing."""
    op.add_column("link", sa.Column("revokes", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("link", sa.Column("pending_since", sa.Double(), nullable=True))
    op.execute("UPDATE link SET pending_since = due_at")
    for statement in MARK:
        op.execute(statement)
    op.drop_index("link_due", "link")
    due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "link_due", "link", ["target", sa.text("revokes DESC"), "due_at"], sqlite_where=due, postgresql_where=due
    )


MARK = (
    """UPDATE link SET revokes = true WHERE due_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM resource WHERE resource.id = link.resource_id)""",
    """UPDATE link SET revokes = true WHERE due_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM resource WHERE resource.id = link.resource_id AND kind = 'User' AND NOT active)""",
    """UPDATE link SET revokes = true WHERE due_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM member WHERE user_link = link.id AND applied AND NOT desired)""",
)


def downgrade() -> None:
    """Drop the columns, and index by time alone."""
    op.drop_index("link_due", "link")
    op.create_index("link_due", "link", ["due_at"], unique=False)
    op.drop_column("link", "pending_since")
    op.drop_column("link", "revokes")
