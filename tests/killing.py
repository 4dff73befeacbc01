"""A process that is killed at the worst moment, without a process."""

from __future__ import annotations

from contextlib import suppress

from app.provisioning import ledger


class Killed(BaseException):
    """Nothing after this runs, as after SIGKILL."""


def dying(*_: object) -> None:
    raise Killed


def without_the_second_commit(monkeypatch, action):
    """Do something of which everything happens but the second transaction; its leases are left behind."""
    with monkeypatch.context() as patched, suppress(Killed):
        patched.setattr(ledger, "record", dying)
        action()
