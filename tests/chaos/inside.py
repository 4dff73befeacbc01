"""The bridge served by threads of this very process: it starts at once, and nothing of it can be killed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from app import create_app
from app.config import read
from app.demo.bridge import HOST
from app.provisioning.worker import Worker
from tests.chaos.quick.broken import BREAK
from tests.chaos.quick.shorter import shorten


class Inside:
    """What a replica is to a run, without processes: a web server and a delivery worker."""

    process = None

    def __init__(self, config: Path, *, broken: str) -> None:
        self._patch = pytest.MonkeyPatch()
        shorten(self._patch.setattr)
        if broken:
            BREAK[broken](self._patch.setattr)
        application = create_app(read(config))
        parts = application.extensions["bridge"]
        self._database, self._worker = parts.database, Worker(parts.database, parts.targets)
        self._server: BaseWSGIServer = make_server(HOST, 0, application, threaded=True, request_handler=_Connection)
        self.url = f"http://{HOST}:{self._server.port}"
        self._threads = [
            threading.Thread(target=work, daemon=True) for work in (self._server.serve_forever, self._worker.run)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait_until_ready(self) -> None:
        """It is."""

    def processes(self) -> list[int]:
        """Return the ids of all that may be killed."""
        return []

    def signal(self, _number: int) -> None:
        """There is nothing to be signalled."""

    def kill(self) -> None:
        """Stop it in good order."""
        self._worker.stopping.set()
        self._server.shutdown()
        for thread in self._threads:
            thread.join()
        self._server.server_close()
        self._database.close()
        self._patch.undo()


class _Connection(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the trail has it."""
