"""Bearer tokens that the IdP presents: 256 random bits, kept as their SHA-256."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from app.directory.tables import token


@dataclass(frozen=True, slots=True)
class Token:
    """One token as an administrator sees it; the token itself is shown once, when it is made."""

    id: int
    target: str
    name: str
    created: float
    revoked: float | None


def digest(secret: str) -> str:
    """Return the SHA-256 of a token, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create(connection: Connection, target: str, name: str) -> str:
    """Make a token and return it; it cannot be read again."""
    secret = secrets.token_urlsafe(32)
    values = {"target": target, "name": name, "sha256": digest(secret), "created": time.time()}
    connection.execute(token.insert().values(values))
    return secret


def find(connection: Connection, target: str, sha256: str) -> Token | None:
    """Return the valid token with this digest, or ``None``."""
    where = (token.c.target == target, token.c.sha256 == sha256, token.c.revoked.is_(None))
    row = connection.execute(_all().where(*where)).first()
    return None if row is None else Token(*row)


def listed(connection: Connection) -> list[Token]:
    """Return all tokens, the revoked ones too."""
    return [Token(*row) for row in connection.execute(_all().order_by(token.c.id))]


def revoke(connection: Connection, id_: int) -> bool:
    """Revoke a token; false if there is no valid one of that id."""
    where = (token.c.id == id_, token.c.revoked.is_(None))
    return connection.execute(token.update().where(*where).values(revoked=time.time())).rowcount == 1


def _all() -> Select[Any]:
    return select(token.c.id, token.c.target, token.c.name, token.c.created, token.c.revoked)
