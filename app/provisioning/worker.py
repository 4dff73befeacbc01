"""The delivery worker: claims what is due and converges it. Nothing is replayed: the difference is still there."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from app.directory import links, policies
from app.directory.database import Database
from app.directory.tables import link
from app.provisioning import journal, ledger
from app.provisioning.journal import Request
from app.provisioning.looking import look
from app.provisioning.target import Target
from app.provisioning.writing import Writing, no_undo
from app.scim.errors import ScimError
from mappings import VendorError

IDLE_SECONDS = 0.5
LOOK_SECONDS = 10.0
DELIVERING = "delivering"
"""What the log says once all configurations are adopted, with whatever that asks the vendors."""
BATCH = 20

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Worker:
    """Delivers what is due, for all targets, until it is told to stop."""

    database: Database
    targets: Mapping[str, Target]
    stopping: threading.Event = field(default_factory=threading.Event)
    adopted: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Deliver until :attr:`stopping` is set. An error of one round is logged and does not end the work."""
        while not self.stopping.is_set():
            try:
                self.adopt_policies()
                busy = self.round()
            except Exception:
                log.exception("delivery failed")
                busy = False
            if not busy:
                self.stopping.wait(IDLE_SECONDS)

    def adopt_policies(self) -> None:
        """Make everybody due whose target has other options or another role table than at its last start."""
        new = {name: target for name, target in self.targets.items() if name not in self.adopted}
        for name, target in new.items():
            if self.stopping.is_set():
                return
            with self.database.write() as connection:
                count = policies.adopt(connection, name, target.fingerprint)
            self.adopted.add(name)
            self._warn(target)
            if count:
                log.info("the configuration has changed: everybody is looked at again", target=name, links=count)
        if new:
            log.info(DELIVERING, targets=list(new))

    def _warn(self, target: Target) -> None:
        """Say so if rows of the role table give what the vendor does not have; nobody waits for it."""
        try:
            missing = look(target, target.catalogue.missing(target.table.values), LOOK_SECONDS)
        except VendorError as unanswered:
            log.warning("the role table could not be checked", target=target.name, detail=unanswered.detail)
            return
        if missing:
            log.warning("the role table gives what the vendor does not have", target=target.name, values=missing)

    def round(self) -> bool:
        """Deliver one batch for each target, until it is told to stop; false if nothing was due."""
        delivered = [self._deliver(target) for target in self.targets.values() if not self.stopping.is_set()]
        return any(delivered)

    def _deliver(self, target: Target) -> bool:
        writing = Writing(self.database, target)
        request = Request(actor="worker", action="deliver")
        if not self._anything_due(target):
            return False
        with self.database.write() as connection:
            ids = links.due(connection, target.name, BATCH)
            states, _busy = ledger.load(connection, link.c.id.in_(ids)) if ids else ([], [])
            if not states:
                return False
            lease = ledger.lease(connection, target, states)
            journal.begin(connection, target, request, [(state, "") for state in states])
        try:
            writing.deliver(request, lease, no_undo)
        except ScimError as lost:
            log.warning("delivery lost its lease", detail=lost.detail)
        return True

    def _anything_due(self, target: Target) -> bool:
        """Look without taking the writer's lock, so that an idle worker costs nobody anything."""
        with self.database.read() as connection:
            return links.is_due(connection, target.name)
