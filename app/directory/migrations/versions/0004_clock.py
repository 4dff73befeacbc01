"""Remember when a due time was set, so that a clock that was set back since is seen."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; of what waits already nothing is known."""
    op.add_column("link", sa.Column("due_set", sa.Double(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("link", "due_set")
