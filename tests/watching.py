"""How many calls are at a vendor at one time, and when each came, as its sandbox sees it."""

import threading
import time

from app.directory.database import Database
from app.directory.volatile import volatile
from app.provisioning.line import Line

HELD_SECONDS = 30


class Watch:
    """Counts the calls at a sandbox. Each is there for less time than the bridge holds its place."""

    def __init__(self, sandbox, *, held=False):
        """Let accounts be created only when :attr:`opened` is set, if they are ``held``."""
        self.now, self.most, self.arrivals, self.opened = 0, 0, [], threading.Event()
        self._lock, self._take = threading.Lock(), sandbox.faults.take
        if not held:
            self.opened.set()
        sandbox.faults.take, sandbox.journal = self._arrive, _Journal(sandbox.journal, self._leave)

    def _arrive(self, method, path):
        with self._lock:
            self.arrivals.append(time.monotonic())
            self.now += 1
            self.most = max(self.most, self.now)
        if method == "POST" and path.endswith("/users"):
            self.opened.wait(HELD_SECONDS)
        return self._take(method, path)

    def _leave(self):
        with self._lock:
            self.now -= 1


class _Journal(list):
    def __init__(self, entries, noted):
        super().__init__(entries)
        self._noted = noted

    def append(self, entry):
        self._noted()
        super().append(entry)


def processes_that_wait(database_url, target="main"):
    """Return how many processes of a database wait for a place."""
    database = Database(database_url)
    try:
        return volatile(database).change(target, lambda text, now: (text, len(Line.read(text, now).waiting)))
    finally:
        database.close()
