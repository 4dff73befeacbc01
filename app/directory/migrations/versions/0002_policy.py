"""Remember under which options and role table each target was last converged."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table; the first start writes into it and changes nothing else."""
    op.create_table(
        "policy",
        sa.Column("target", sa.String(255), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("policy")
