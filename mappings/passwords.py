"""Passwords for accounts whose owner never uses one, since people log in through the identity provider."""

from __future__ import annotations

import secrets
import string

CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!#%+-_")


def random_password(length: int = 32) -> str:
    """Return a password of ``length`` characters with at least one of each usual class; nobody keeps it."""
    required = [secrets.choice(characters) for characters in CLASSES]
    rest = [secrets.choice("".join(CLASSES)) for _ in range(length - len(required))]
    password = required + rest
    secrets.SystemRandom().shuffle(password)
    return "".join(password)
