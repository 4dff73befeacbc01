"""``serve`` and ``worker``: the processes that run for good."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import click
import gunicorn.http.message
import gunicorn.util
import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from app import create_app
from app.cli.context import Context, pass_context
from app.cli.transport import write_error
from app.config import Config
from app.logging import configure_logging
from app.provisioning.worker import Worker

MAX_REQUEST_LINE = 64 * 1024
"""Bytes; so that a filter which is too long is refused as SCIM, not cut off as HTTP."""
RESTART_SECONDS = 1.0
"""The least time from one start of the delivery worker to the next."""
PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>: the signal to get when the parent ends."""

log = structlog.get_logger()


@click.command(short_help="Serve SCIM and deliver.")
@click.option("--bind", default="127.0.0.1:8080", show_default=True, help="The address to listen on.")
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option("--threads", default=32, show_default=True, help="Threads of each web process.")
@click.option(
    "--no-worker", is_flag=True, help="Start no delivery worker; one runs elsewhere ('scim-bridge worker')."
)
@pass_context
def serve(context: Context, bind: str, workers: int, threads: int, no_worker: bool) -> None:
    """Serve SCIM: web processes and one delivery worker. Brings its database up to date first."""
    configure_logging()
    context.bridge.database.close()
    for name in context.config.targets:
        root = context.config.server.external_url or f"http://{bind}"
        click.echo(f"{name}: {root}/{name}/scim/v2", err=True)
    gunicorn.http.message.MAX_REQUEST_LINE = MAX_REQUEST_LINE
    gunicorn.util.write_error = write_error
    _Server(context, bind=bind, workers=workers, threads=threads, delivers=not no_worker).run()


@click.command(short_help="Deliver only: for where 'serve' runs elsewhere.")
@click.option("--parent", type=int, hidden=True, help="End when this process does.")
@pass_context
def worker(context: Context, parent: int | None) -> None:
    """Deliver what is due: retries after outages and crashes, revocations that were refused."""
    configure_logging()
    delivery = Worker(context.bridge.database, context.bridge.targets)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: delivery.stopping.set())
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent, delivery.stopping), daemon=True).start()
    delivery.run()


class _Server(BaseApplication):
    """gunicorn with threads, and a delivery worker beside it."""

    def __init__(self, context: Context, *, bind: str, workers: int, threads: int, delivers: bool) -> None:
        self._config: Config = context.config
        self._settings = {
            "bind": bind,
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 30,
            "keepalive": 30,
            "limit_request_line": MAX_REQUEST_LINE,
            "forwarded_allow_ips": "",  # whose headers count is our own setting, server.trusted_proxies
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "scim-bridge",
            "post_fork": _end_with_server,
        }
        self._companion = _Companion(context.path) if delivers else None
        if self._companion is not None:
            self._settings["on_exit"] = self._companion.stop
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application, once in each web process."""
        return create_app(self._config)

    def run(self) -> None:
        """Serve until a signal ends it."""
        try:
            _Arbiter(self, self._companion).run()
        except RuntimeError as wrong:
            raise click.ClickException(str(wrong)) from wrong


class _Arbiter(Arbiter):
    """gunicorn's parent process, which looks after the delivery worker as it does after its own children.

    It does so in the one thread that forks: a process that is started in another thread while a web process is
    forked waits for ever, since that web process holds the pipe open on which the start is reported.
    """

    def __init__(self, app: BaseApplication, companion: _Companion | None) -> None:
        self._companion = companion
        super().__init__(app)

    def manage_workers(self) -> None:
        """Start what is missing. Called about every second, and when a child ends."""
        super().manage_workers()
        if self._companion is not None:
            self._companion.look_after()


class _Companion:
    """The delivery worker's process: started with the server, started again if it dies, ended with it."""

    def __init__(self, config: str) -> None:
        self._command = [
            sys.executable,
            "-m",
            "app.cli",
            "--config",
            config,
            "worker",
            "--parent",
            str(os.getpid()),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._started = -RESTART_SECONDS

    def look_after(self) -> None:
        """Start the worker if it does not run and was not started just now."""
        runs = self._process is not None and self._process.poll() is None
        if runs or time.monotonic() - self._started < RESTART_SECONDS:
            return
        self._started = time.monotonic()
        try:
            self._process = subprocess.Popen(self._command)  # noqa: S603
        except OSError as failure:
            log.error("the delivery worker could not be started", reason=str(failure))

    def stop(self, _server: Any) -> None:
        """End the worker and wait until it has finished what it was delivering."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


def _end_with_server(server: Any, _worker: Any) -> None:
    """Let a web process end as soon as the server is gone, even if it was killed: its port is free at once."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != server.pid:
        os.kill(os.getpid(), signal.SIGTERM)


def _end_with(parent: int, stopping: threading.Event) -> None:
    """Set ``stopping`` when the parent process is gone, however it went."""
    while os.getppid() == parent and not stopping.wait(1.0):
        pass
    stopping.set()
