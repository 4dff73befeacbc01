"""What a resource read before a change that was written down, and whose request was never answered."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; whoever does not know it leaves it as it is, and its version tells that it is out of date."""
    op.add_column("link", sa.Column("before", sa.Text()))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("link", "before")
