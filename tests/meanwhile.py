"""Something that happens on another thread, at a moment that a test chooses."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from app.provisioning import waiting


def meanwhile(monkeypatch, action):
    """Begin something, and return its future as soon as it is done or has to wait for somebody else's lease."""
    goes_on, pause = threading.Event(), waiting.pause

    def pauses():
        goes_on.set()
        pause()

    monkeypatch.setattr(waiting, "pause", pauses)
    future = ThreadPoolExecutor(1).submit(action)
    future.add_done_callback(lambda _: goes_on.set())
    assert goes_on.wait(20)
    return future
