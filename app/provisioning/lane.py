"""One target's part of the delivery worker: claim what is due, revocations first, deliver it, keep the pace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from app.directory import events, links, policies
from app.directory.database import Database
from app.directory.events import Mark
from app.directory.tables import link
from app.provisioning import journal, ledger
from app.provisioning.backoff import LONGEST_JITTER
from app.provisioning.journal import Request
from app.provisioning.ledger import LONGEST_DELAY, Lease
from app.provisioning.looking import look
from app.provisioning.pacing import BATCH, Pace
from app.provisioning.state import State
from app.provisioning.target import Target
from app.provisioning.writing import Writing
from app.scim.errors import ScimError
from mappings import VendorError

IDLE_SECONDS = 0.5
LOOK_SECONDS = 10.0
ACTOR = "worker"

log = structlog.get_logger()


@dataclass
class Lane:
    """Delivers to one target until ``stopping`` is set.

    Two threads share the vendor's places: while one writes down what has become true, the other one's calls are
    under way. The second one joins in while there are full batches, and not while the vendor is probed.
    """

    database: Database
    target: Target
    stopping: threading.Event
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self._writing = Writing(self.database, self.target)
        self._lock = threading.Lock()
        self._crowded = threading.Event()
        self._seen = Mark()

    def run(self) -> None:
        """Deliver until it is time to stop. An error of one delivery is logged and does not end the work."""
        second = threading.Thread(target=self._run, args=(self._help,), daemon=True)
        second.start()
        self._run(self.step)
        self._crowded.set()
        second.join()

    def adopt_policy(self) -> None:
        """Make everybody due if the target has other options or another role table than at its last start."""
        with self.database.write() as connection:
            count = policies.adopt(connection, self.target.name, self.target.fingerprint)
        self._warn()
        if count:
            log.info("the configuration has changed: everybody is looked at again", target=self._name, links=count)

    def step(self) -> float:
        """Deliver what the pace allows; return how many seconds to wait before the next step."""
        states = self.deliver(self.pace.width, least_tried=self.pace.probing)
        if states is None:
            self._crowded.clear()
            return IDLE_SECONDS
        pause = self._note(states)
        if len(states) == BATCH and not self.pace.probing:
            self._crowded.set()
        return pause

    def deliver(self, width: int = BATCH, *, least_tried: bool = False) -> Sequence[State] | None:
        """Deliver one batch; ``None`` if nothing was due."""
        if not self._anything_due():
            return None
        request = Request(actor=ACTOR, action="deliver")
        lease = self._claim(request, width, least_tried=least_tried)
        if not lease.states:
            return None
        try:
            self._writing.deliver(request, lease, ledger.no_undo)
        except ScimError as lost:
            log.warning("delivery lost its lease", detail=lost.detail)
        return lease.states

    # -- one after the other

    def _run(self, step: Callable[[], float]) -> None:
        while not self.stopping.is_set():
            try:
                pause = step()
            except Exception:
                log.exception("delivery failed", target=self._name)
                pause = IDLE_SECONDS
            self._rest(pause)

    def _help(self) -> float:
        """Join in while there is a crowd. The pauses, and the news that end them, are the first thread's."""
        self._crowded.wait()
        if not self.stopping.is_set():
            self.step()
        return 0.0

    def _rest(self, seconds: float) -> None:
        """Wait, while the vendor is down until somebody else gets through to it or asks for another try."""
        while seconds > 0 and not self.stopping.is_set():
            self.stopping.wait(min(seconds, IDLE_SECONDS))
            seconds -= IDLE_SECONDS
            if self.pace.probing and self._is_news():
                return

    def _is_news(self) -> bool:
        with self.database.read() as connection:
            self._seen, news = events.news(connection, self._name, self._seen, besides=ACTOR)
        return news

    def _note(self, states: Sequence[State]) -> float:
        with self._lock:
            probed = self.pace.probing
            pause = self.pace.note(states)
            if self.pace.probing and not probed:
                log.warning("the vendor is down: it is probed", target=self._name)
        if self.pace.probing:
            self._crowded.clear()
            with self.database.read() as connection:
                self._seen = events.mark(connection)
        elif probed:
            self._come_back()
        return pause

    def _come_back(self) -> None:
        """The vendor is there again: what waits only because it was not is due now."""
        with self.database.write() as connection:
            count = links.pull_forward(connection, self._name, LONGEST_DELAY * LONGEST_JITTER)
        log.info("the vendor is there again", target=self._name, due=count)

    def _claim(self, request: Request, width: int, *, least_tried: bool) -> Lease:
        with self.database.write() as connection:
            ids = links.due(connection, self._name, width, least_tried=least_tried)
            states, _busy = ledger.load(connection, link.c.id.in_(ids)) if ids else ([], [])
            journal.begin(connection, self.target, request, [(state, "") for state in states])
            return ledger.lease(connection, self.target, states)

    def _anything_due(self) -> bool:
        """Look without taking the writer's lock, so that an idle worker costs nobody anything."""
        with self.database.read() as connection:
            return links.is_due(connection, self._name)

    def _warn(self) -> None:
        """Say so if rows of the role table give what the vendor does not have; nobody waits for it."""
        try:
            missing = look(self.target, self.target.catalogue.missing(self.target.table.values), LOOK_SECONDS)
        except VendorError as unanswered:
            log.warning("the role table could not be checked", target=self._name, detail=unanswered.detail)
            return
        if missing:
            log.warning("the role table gives what the vendor does not have", target=self._name, values=missing)

    @property
    def _name(self) -> str:
        return self.target.name
