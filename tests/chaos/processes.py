"""The bridge's processes: served for real, killed, paused, started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import requests

from app.demo.bridge import HOST, free_port

ROOT = Path(__file__).parents[2]
QUICK = Path(__file__).with_name("quick")
ESTABLISHED = "01"
"""From <net/tcp_states.h>, as /proc/net/tcp writes it."""


class Replica:
    """One ``serve`` with all that belongs to it, as one process group."""

    def __init__(self, config: Path, log: Path, *, workers: int, quick: bool, broken: str = "") -> None:
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self._config, self._log, self._workers = config, log, workers
        paths = [str(QUICK)] * quick + [str(ROOT)]
        self._environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "CHAOS_BROKEN": broken}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "app.cli", "--config", str(self._config), "serve"]
        options = ["--bind", f"{HOST}:{self.port}", "--workers", str(self._workers), "--threads", "12"]
        with self._log.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, *options],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_until_ready(self, seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        with requests.Session() as session:
            session.trust_env = False
            while time.monotonic() < end:
                with suppress(requests.RequestException):
                    if session.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                        return
                if self.process is not None and self.process.poll() is not None:
                    self.start()
                time.sleep(0.1)
        raise AssertionError(f"{self.url} does not come up; see {self._log}")

    def processes(self) -> list[int]:
        """Return the ids of all its processes."""
        if self.process is None:
            return []
        return [
            pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _group(pid) == self.process.pid
        ]

    def signal(self, number: int) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def owner_of(port: int, replicas: list[Replica]) -> tuple[Replica, int] | None:
    """Return the process that has the near end of a connection from a local port, and its replica."""
    socket = _socket_at(port)
    if socket is None:
        return None
    for replica in replicas:
        for pid in replica.processes():
            if socket in _open_files(pid):
                return replica, pid
    return None


def _socket_at(port: int) -> str | None:
    """Return what ``/proc/<pid>/fd`` calls the socket with a local port that is connected."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        local, state, inode = fields[1], fields[3], fields[9]
        if int(local.rpartition(":")[2], 16) == port and state == ESTABLISHED:
            return f"socket:[{inode}]"
    return None


def _open_files(pid: int) -> set[str]:
    folder, found = f"/proc/{pid}/fd", set()
    with suppress(OSError):
        for name in os.listdir(folder):
            with suppress(OSError):
                found.add(os.readlink(f"{folder}/{name}"))
    return found
