"""``serve`` and ``worker``: the processes that run for good."""

from __future__ import annotations

import ctypes
import importlib
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
from gunicorn.workers.gthread import ThreadWorker

from app import create_app
from app.cli.context import Context, pass_context
from app.cli.drain import Drain
from app.cli.transport import write_error
from app.config import Config
from app.logging import configure_logging
from app.provisioning.worker import Worker

MAX_REQUEST_LINE = 64 * 1024
"""Bytes; so that a filter which is too long is refused as SCIM, not cut off as HTTP."""
GRACE_SECONDS = 30
"""How long requests and deliveries that have begun may take after a stop: longer than either of them does."""
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
@click.option(
    "--drain",
    type=click.FloatRange(0, 600),
    default=5.0,
    show_default=True,
    help="Seconds from SIGTERM to the end of new connections, in which /readyz says so.",
)
@pass_context
def serve(context: Context, bind: str, workers: int, threads: int, no_worker: bool, drain: float) -> None:
    """Serve SCIM: web processes and one delivery worker. Brings its database up to date first."""
    configure_logging()
    context.bridge.database.close()
    for name in context.config.targets:
        root = context.config.server.external_url or f"http://{bind}"
        click.echo(f"{name}: {root}/{name}/scim/v2", err=True)
    gunicorn.http.message.MAX_REQUEST_LINE = MAX_REQUEST_LINE
    gunicorn.util.write_error = write_error
    _Server(context, bind=bind, workers=workers, threads=threads, drain=drain, delivers=not no_worker).run()


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

    def __init__(
        self, context: Context, *, bind: str, workers: int, threads: int, drain: float, delivers: bool
    ) -> None:
        self._config: Config = context.config
        self._drain = Drain(drain)
        self._settings = {
            "bind": bind,
            "workers": workers,
            "threads": threads,
            "worker_class": _Web,
            "timeout": 60,
            "graceful_timeout": GRACE_SECONDS,
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
        return create_app(self._config, self._drain.is_on)

    def run(self) -> None:
        """Serve until a signal ends it."""
        importlib.import_module("app.web.application")  # once, before the web processes are forked
        try:
            _Arbiter(self, self._drain, self._companion).run()
        except RuntimeError as wrong:
            raise click.ClickException(str(wrong)) from wrong


class _Web(ThreadWorker):
    """gunicorn's threaded worker, which closes its port when it stops, not when its last request has ended.

    Until every process has closed it, new connections are taken by the kernel and answered by nobody.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections or leave them; close the port when no more will be taken."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()


class _Arbiter(Arbiter):
    """gunicorn's parent process, which looks after the delivery worker as it does after its own children.

    It does so in the one thread that forks: a process that is started in another thread while a web process is
    forked waits for ever, since that web process holds the pipe open on which the start is reported.
    """

    def __init__(self, app: BaseApplication, drain: Drain, companion: _Companion | None) -> None:
        self._drain, self._companion = drain, companion
        super().__init__(app)

    def manage_workers(self) -> None:
        """Start what is missing; stop when the drain is over. Called each second and at each signal."""
        if self._drain.is_on() and self._drain.left() <= 0:
            raise StopIteration
        super().manage_workers()
        if self._companion is not None:
            self._companion.look_after()

    def handle_term(self) -> None:
        """Begin to drain; stop at once where that is not wanted, or at the second signal."""
        if self._drain.is_on() or self._drain.seconds == 0:
            raise StopIteration
        self._drain.begin()
        log.info("draining", seconds=self._drain.seconds)

    def wait_for_signals(self, timeout: float = 1.0) -> list[int]:
        """Wait for signals, no longer than the drain lasts."""
        left = self._drain.left() if self._drain.is_on() else timeout
        signals: list[int] = super().wait_for_signals(min(timeout, max(left, 0.01)))
        return signals

    def stop(self, graceful: bool = True) -> None:
        """End the web processes, and side by side with them the delivery worker."""
        if self._companion is not None:
            self._companion.end()
        super().stop(graceful)


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

    def end(self) -> None:
        """Let the worker end when it has finished what it is delivering."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def stop(self, _server: Any) -> None:
        """Wait until the worker has ended; what it does not finish in time another one takes up."""
        self.end()
        if self._process is not None:
            try:
                self._process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
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
