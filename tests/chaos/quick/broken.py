"""Bridges that are broken on purpose, each in one part, to see that chaos finds it."""

from dataclasses import replace

from app.directory import links
from app.directory.tables import link
from app.provisioning import flows, ledger


def _intent() -> None:
    """Send a create without having written down that it will be sent."""
    lease = links.lease
    links.lease = lambda connection, rows: lease(connection, [{**row, "intent": None} for row in rows])
    links.intend = lambda *_: True


def _fence() -> None:
    """Write what a holder has found out, even if the lease is somebody else's by now."""

    def held(connection, _holder, ids):
        rows = connection.execute(link.select().where(link.c.id.in_(ids)).with_for_update(key_share=True))
        return {row.id: row.wanted_version for row in rows}

    links.held = held
    links.renew = lambda *_: True


def _revocation() -> None:
    """Put a failed revocation back like anything else."""
    ledger.revoking = lambda _target, old, _new, *, asked: old


def _adopt() -> None:
    """Take whatever account has the name for the bridge's own."""
    operations = flows.operations

    def credulous(mapping, kind):
        return replace(operations(mapping, kind), is_own=lambda _sent, _found: True)

    flows.operations = credulous


BREAK = {"intent": _intent, "fence": _fence, "revocation": _revocation, "adopt": _adopt}
