"""The tables. What the IdP wants is in ``resource`` and ``member.desired``; what the bridge has made true is in
``link`` and ``member.applied``. Documents and snapshots are JSON texts; times are seconds since the epoch, UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData()
volatile = MetaData()
"""Tables of which nothing is kept through a crash, and that only PostgreSQL has."""

BigKey = BigInteger().with_variant(Integer, "sqlite")

resource = Table(
    "resource",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("target", String(255), nullable=False),
    Column("kind", String(16), nullable=False),  # a SCIM resource type: User, Group
    Column("document", Text, nullable=False),  # as the IdP wrote it, normalised; never a password
    Column("name_key", Text, nullable=False),  # case-folded userName or displayName
    Column("display_key", Text),  # case-folded displayName
    Column("external_id", Text),
    Column("active", Boolean, nullable=False),
    Column("version", String(32), nullable=False),  # a new random token at each change
    Column("created", Double, nullable=False),
    Column("modified", Double, nullable=False),
    UniqueConstraint("target", "kind", "name_key", name="resource_name"),
    Index("resource_listing", "target", "kind", "created", "id"),
    Index("resource_external", "target", "kind", "external_id"),
)

link = Table(
    "link",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("target", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("resource_id", String(36), unique=True),  # may be gone: the link outlives its resource
    Column("name", Text, nullable=False),  # userName or displayName, for people
    Column("vendor_key", Text, nullable=False),  # case-folded: what the vendor finds the account by
    Column("vendor_id", Text),  # NULL: there is no account
    Column("snapshot", Text, nullable=False),  # {"fields": {…}, "roles": […]}: what was made true there
    Column("intent", Text),  # the create that was being sent when nothing more was heard
    Column("before", Text),  # {"version", "document"}: what the resource read before a change that nobody answered
    Column("wanted_version", Integer, nullable=False),
    Column("due_at", Double),  # NULL: nothing to deliver
    Column("due_set", Double),  # when due_at was: later than now, and the clock has been set back
    Column("pending_since", Double),  # when it began to be due; NULL: nothing to deliver
    Column("attempts", Integer, nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("revokes", Boolean, nullable=False, server_default=false()),  # what is due takes access away
    Column("last_error", Text),
    Column("lease", String(36)),  # the holder: new for each lease, so that an old holder finds another
    Column("lease_until", Double, nullable=False),
    UniqueConstraint("target", "kind", "vendor_id", name="link_vendor_id"),
    Index("link_vendor_key", "target", "kind", "vendor_key"),
    sqlite_autoincrement=True,
)

DUE = link.c.due_at.is_not(None)
Index("link_due", link.c.target, link.c.revokes.desc(), link.c.due_at, sqlite_where=DUE, postgresql_where=DUE)

member = Table(
    "member",
    metadata,
    Column("group_link", BigKey, ForeignKey("link.id"), primary_key=True),
    Column("user_link", BigKey, ForeignKey("link.id"), primary_key=True),
    Column("desired", Boolean, nullable=False),
    Column("applied", Boolean, nullable=False),
    Index("member_user", "user_link"),
)

event = Table(
    "event",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("request_id", String(36), nullable=False),  # one SCIM request or one delivery
    Column("at", Double, nullable=False),
    Column("target", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("link", BigKey),
    Column("resource_id", String(36)),
    Column("name", Text, nullable=False),
    Column("actor", Text, nullable=False),  # the token's name, or "worker"
    Column("action", Text, nullable=False),  # POST /Users, …
    Column("summary", Text, nullable=False),  # what it asked for: attribute names, never values that are secret
    Column("outcome", String(16), nullable=False),
    Column("status", Integer),  # the SCIM answer's HTTP status
    Column("detail", Text),
    Column("ms", Integer),
    Index("event_resource", "resource_id"),
    Index("event_name", "name"),
    Index("event_link", "link", "id"),
    Index("event_request", "request_id"),
    sqlite_autoincrement=True,
)

call = Table(
    "call",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("request_id", String(36), nullable=False),
    Column("link", BigKey, nullable=False),
    Column("resource_id", String(36)),
    Column("at", Double, nullable=False),
    Column("method", String(8), nullable=False),
    Column("path", Text, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("status", Integer),
    Column("ms", Integer, nullable=False),
    Column("error", Text),
    Index("call_request", "request_id"),
    sqlite_autoincrement=True,
)

token = Table(
    "token",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("target", String(255), nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("created", Double, nullable=False),
    Column("revoked", Double),
)

policy = Table(
    "policy",
    metadata,
    Column("target", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),  # of the options and the role table at the last start
)

budget = Table(
    "budget",
    volatile,
    Column("target", String(255), primary_key=True),
    Column("state", Text, nullable=False),  # who calls the vendor and who waits, as JSON
    prefixes=["UNLOGGED"],
)
