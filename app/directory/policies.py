"""Under which options and role table the links of each target were last asked for."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.directory import links
from app.directory.tables import link, policy


def adopt(connection: Connection, target: str, fingerprint: str) -> int:
    """Take a configuration for the target's; if it is another one than before, every link is due.

    Nothing is known of links that are older than this table: they are due too. Returns how many are.
    """
    statement = select(policy.c.fingerprint).where(policy.c.target == target).with_for_update()
    known = connection.execute(statement).scalar_one_or_none()
    if known == fingerprint:
        return 0
    if known is None:
        connection.execute(policy.insert().values(target=target, fingerprint=fingerprint))
    else:
        connection.execute(policy.update().where(policy.c.target == target).values(fingerprint=fingerprint))
    return connection.execute(link.update().where(link.c.target == target).values(links.asked_for())).rowcount
