"""A call that waits on its way, until the test lets it go on."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from tests.bridge import TARGET, Bridge


@contextmanager
def held(bridge: Bridge, method: str, *, answered: bool) -> Iterator[tuple[Event, Event]]:
    """Hold the first call of a method: its answer, or the call itself before it reaches the vendor."""
    calls = bridge.parts.targets[TARGET].sender
    send, reached, release = calls.send, Event(), Event()

    def sent(call, *rest):
        if call.method != method or reached.is_set():
            return send(call, *rest)
        answer = send(call, *rest) if answered else None
        reached.set()
        assert release.wait(20)
        return answer if answered else send(call, *rest)

    calls.send = sent
    try:
        yield reached, release
    finally:
        release.set()
        calls.send = send
