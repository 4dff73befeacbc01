"""Bridges that are broken on purpose, each in one part, to see that chaos finds it.

Each function is given ``setattr``, or what does the same for one test.
"""

import threading
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from app.directory import links
from app.directory.database import Database
from app.directory.tables import link
from app.provisioning import flows, ledger

Patch = Callable[[object, str, object], None]
COMMIT_AFTER = 0.3


def _intent(patch: Patch) -> None:
    """Send a create without having written down that it will be sent."""
    lease = links.lease
    patch(links, "lease", lambda connection, rows: lease(connection, [{**row, "intent": None} for row in rows]))
    patch(links, "intend", lambda *_: True)


def _fence(patch: Patch) -> None:
    """Write what a holder has found out, even if the lease is somebody else's by now."""

    def held(connection, _holder, ids):
        rows = connection.execute(link.select().where(link.c.id.in_(ids)).with_for_update(key_share=True))
        return {row.id: row.wanted_version for row in rows}

    patch(links, "held", held)
    patch(links, "is_held", lambda *_: True)
    patch(links, "renew", lambda *_: True)


def _revocation(patch: Patch) -> None:
    """Put a failed revocation back like anything else."""
    patch(ledger, "revoking", lambda _target, old, _new, *, asked: old)


def _adopt(patch: Patch) -> None:
    """Take whatever account has the name for the bridge's own."""
    operations = flows.operations

    def credulous(mapping, kind):
        return replace(operations(mapping, kind), is_own=lambda _sent, _found: True)

    patch(flows, "operations", credulous)


def _lookup(patch: Patch) -> None:
    """Send a create again that was never answered, without looking for what the first one made."""

    def blind(_policy, _do, state, _wanted):
        yield from flows._nothing_made(state)

    def never(_policy, _do, _state, _sent):
        yield from ()
        return False

    patch(flows, "_resolve", blind)
    patch(flows, "_was_created", never)


def _due(patch: Patch) -> None:
    """Take leases without making the links due: what a process that dies had begun is nobody's."""
    lease = links.lease

    def forgetful(connection, rows):
        ids = [row["link_id"] for row in rows]
        holder = lease(connection, rows)
        connection.execute(link.update().where(link.c.id.in_(ids)).values(due_at=None, pending_since=None))
        return holder

    patch(links, "lease", forgetful)


class _Late:
    """What one thread has written and not yet committed."""

    def __init__(self) -> None:
        self.lock, self.begun = threading.RLock(), ExitStack()
        self.connection = None

    def commit(self) -> None:
        with self.lock:
            self.connection = None
            self.begun.close()


def _durable(patch: Patch) -> None:
    """Answer first, and commit a moment later all that a request has written."""
    write, threads = Database.write, threading.local()

    @contextmanager
    def late(self):
        mine = threads.__dict__.setdefault("late", _Late())
        with mine.lock:
            if mine.connection is None:
                mine.connection = mine.begun.enter_context(write(self))
                threading.Timer(COMMIT_AFTER, mine.commit).start()
            with mine.connection.begin_nested():
                yield mine.connection

    patch(Database, "write", late)


BREAK: dict[str, Callable[[Patch], None]] = {
    "intent": _intent,
    "fence": _fence,
    "revocation": _revocation,
    "adopt": _adopt,
    "lookup": _lookup,
    "due": _due,
    "durable": _durable,
}
