"""Under which options and role table the links of each target were last asked for."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.directory.database import now
from app.directory.tables import link, policy


def is_new(connection: Connection, target: str, fingerprint: str) -> bool:
    """Whether a target's configuration is not the one of its last start."""
    statement = select(policy.c.fingerprint).where(policy.c.target == target)
    return connection.execute(statement).scalar_one_or_none() != fingerprint


def adopt(connection: Connection, target: str, fingerprint: str) -> int:
    """Take a new configuration for the target's: every link is due. Returns how many; none at the first start."""
    known = policy.update().where(policy.c.target == target, policy.c.fingerprint != fingerprint)
    if connection.execute(known.values(fingerprint=fingerprint)).rowcount == 0:
        _insert(connection, target, fingerprint)
        return 0
    due = {"wanted_version": link.c.wanted_version + 1, "due_at": now(), "attempts": 0}
    return connection.execute(link.update().where(link.c.target == target).values(due)).rowcount


def _insert(connection: Connection, target: str, fingerprint: str) -> None:
    """Add a target's first configuration, unless another process has just done so."""
    if is_new(connection, target, fingerprint):
        connection.execute(policy.insert().values(target=target, fingerprint=fingerprint))
