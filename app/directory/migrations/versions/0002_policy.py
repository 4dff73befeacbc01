"""Remember under which options and role table each target was last converged.

The first start with this version looks at everybody once. What it would find missing in a snapshot, and could not
tell from lost, is added: roles with a description were made with empty lists of privileges and permissions.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table, and to the snapshots of roles what is now part of them."""
    op.create_table(
        "policy",
        sa.Column("target", sa.String(255), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
    )
    _add_grants(op.get_bind())


def _add_grants(connection: sa.Connection) -> None:
    link = sa.table("link", sa.column("id"), sa.column("kind"), sa.column("snapshot"))
    described = sa.select(link.c.id, link.c.snapshot).where(
        link.c.kind == "Group", link.c.snapshot.like('%"description"%')
    )
    for row in connection.execute(described).all():
        snapshot = json.loads(row.snapshot)
        snapshot["fields"] = {"privileges": [], "permissions": [], **snapshot["fields"]}
        statement = link.update().where(link.c.id == row.id)
        connection.execute(statement.values(snapshot=json.dumps(snapshot)))


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("policy")
