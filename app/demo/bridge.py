"""The bridge itself, started as an administrator starts it: ``scim-bridge --config FILE serve``."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

import app
from app.provisioning.worker import DELIVERING

HOST = "127.0.0.1"
TRIES = 300
PAUSE = 0.05
STOP_SECONDS = 10.0
LAST_LINES = 12


class StartError(Exception):
    """The bridge did not come up; the text says why, with the end of its log."""


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def running(config: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve a configuration until the block ends. Raises :class:`StartError`.

    The block begins when the bridge's own questions to the vendors, which it asks at the start, are answered.
    """
    log = config.with_suffix(".log")
    options = ["--bind", f"{HOST}:{port}", "--drain", "0", "--workers", "1"]  # who asks, asks one thing at a time
    command = [sys.executable, "-m", "app.cli", "--config", str(config), "serve", *options]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 -- our own command
            command,
            cwd=Path(app.__file__).parents[1],  # so that it is this very package that is run
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the demo, which ends the bridge in good order
        )
    try:
        _wait_until_ready(process, f"http://{HOST}:{port}/readyz", log)
        yield process
    finally:
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    with requests.Session() as session:
        session.trust_env = False
        for _ in range(TRIES):
            if process.poll() is not None:
                raise StartError(f"The bridge ended with exit code {process.returncode}.\n{_end_of(log)}")
            with suppress(requests.RequestException):
                if session.get(url, timeout=1).status_code == 200 and DELIVERING in log.read_text(errors="replace"):
                    return
            time.sleep(PAUSE)
    raise StartError(f"The bridge was not ready after {TRIES * PAUSE:.0f} seconds.\n{_end_of(log)}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the bridge in good order, and what is left of its process group in any case."""
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-LAST_LINES:])
