"""The bridge's processes: served for real, killed, paused, started again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import requests

from app.demo.bridge import HOST, free_port

ROOT = Path(__file__).parents[2]
QUICK = Path(__file__).with_name("quick")


class Replica:
    """One ``serve`` with all that belongs to it, as one process group."""

    def __init__(self, config: Path, log: Path, *, workers: int, quick: bool) -> None:
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self._config, self._log, self._workers = config, log, workers
        paths = [str(QUICK)] * quick + [str(ROOT)]
        self._environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
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

    def signal(self, number: int) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


class Saboteur(threading.Thread):
    """Kills and pauses replicas, one at a time, until it is told to stop; leaves all of them running."""

    def __init__(
        self, replicas: list[Replica], seed: int, *, kills: bool, pauses: bool, longest_pause: float
    ) -> None:
        super().__init__(daemon=True)
        self._replicas, self._random = replicas, random.Random(seed)
        self._acts = [self._kill] * kills + [self._pause] * pauses
        self._longest = longest_pause
        self.stopping = threading.Event()
        self.done: list[str] = []

    def run(self) -> None:
        while self._acts and not self.stopping.wait(self._random.uniform(1.0, 4.0)):
            self._random.choice(self._acts)(self._random.choice(self._replicas))

    def _kill(self, replica: Replica) -> None:
        replica.kill()
        self.done.append("kill")
        self.stopping.wait(self._random.uniform(0.0, 1.0))
        replica.start()
        replica.wait_until_ready()

    def _pause(self, replica: Replica) -> None:
        replica.signal(signal.SIGSTOP)
        self.done.append("pause")
        self.stopping.wait(self._random.choice([0.3, 1.0, self._longest]))
        replica.signal(signal.SIGCONT)
