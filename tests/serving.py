"""`scim-bridge serve` as a process on a free local port, stopped by the test that started it."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import requests

T = TypeVar("T")
TRIES = 300
BELOW_THOSE_GIVEN_TO_ANYBODY = range(20_000, 32_000)
"""Ports that Linux gives to nobody who asks for any, or a sandbox might get the one that a server is to have."""
ONE_PROCESS = ("--workers", "1")
"""Options of ``serve`` for what is no question of how many web processes there are: each takes time to start."""


def until(condition: Callable[[], T]) -> T:
    """Ask again and again, a bounded number of times, until the answer is yes."""
    for _ in range(TRIES):
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it never came true")


def answers(address: str) -> bool:
    """Tell whether a server is ready."""
    try:
        return requests.get(f"{address}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def free_address() -> str:
    """Return the address of a port that nobody listens on, and that nobody is given who asks for any."""
    for port in random.sample(BELOW_THOSE_GIVEN_TO_ANYBODY, 100):
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return f"http://127.0.0.1:{port}"
    raise AssertionError("no port is free")


@contextmanager
def served(config: Path, address: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Serve a configuration at an address, and stop it in the end."""
    command = ["app.cli", "--config", str(config), "serve", "--bind", address.removeprefix("http://")]
    process = subprocess.Popen([sys.executable, "-m", *command, "--threads", "8", "--drain", "0", *options])
    try:
        until(lambda: answers(address))
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)
