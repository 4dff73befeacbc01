"""The first schema: directory, links, members, events, calls, tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table."""
    _call()
    _event()
    _link()
    _resource()
    _token()
    _member()


def downgrade() -> None:
    """Drop every table."""
    op.drop_table("member")
    op.drop_table("token")
    op.drop_table("resource")
    op.drop_table("link")
    op.drop_table("event")
    op.drop_table("call")


def _call() -> None:
    op.create_table(
        "call",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("link", BIG_KEY, nullable=False),
        sa.Column("resource_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("call_request", "call", ["request_id"], unique=False)


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("target", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("link", BIG_KEY, nullable=True),
        sa.Column("resource_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("ms", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("event_link", "event", ["link", "id"], unique=False)
    op.create_index("event_name", "event", ["name"], unique=False)
    op.create_index("event_request", "event", ["request_id"], unique=False)
    op.create_index("event_resource", "event", ["resource_id"], unique=False)


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("target", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("resource_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("vendor_key", sa.Text(), nullable=False),
        sa.Column("vendor_id", sa.Text(), nullable=True),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("wanted_version", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("lease", sa.String(length=36), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("resource_id"),
        sa.UniqueConstraint("target", "kind", "vendor_id", name="link_vendor_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("link_due", "link", ["due_at"], unique=False)
    op.create_index("link_vendor_key", "link", ["target", "kind", "vendor_key"], unique=False)


def _resource() -> None:
    op.create_table(
        "resource",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("target", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("display_key", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("target", "kind", "name_key", name="resource_name"),
    )
    op.create_index("resource_external", "resource", ["target", "kind", "external_id"], unique=False)
    op.create_index("resource_listing", "resource", ["target", "kind", "created", "id"], unique=False)


def _token() -> None:
    op.create_table(
        "token",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("target", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("revoked", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )


def _member() -> None:
    op.create_table(
        "member",
        sa.Column("group_link", BIG_KEY, nullable=False),
        sa.Column("user_link", BIG_KEY, nullable=False),
        sa.Column("desired", sa.Boolean(), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_link"],
            ["link.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_link"],
            ["link.id"],
        ),
        sa.PrimaryKeyConstraint("group_link", "user_link"),
    )
    op.create_index("member_user", "member", ["user_link"], unique=False)
