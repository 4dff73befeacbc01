"""The demo from its first line to its exit code."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress

import requests

from app.demo.as_json import JsonReporter
from app.demo.bridge import StartError
from app.demo.casting import vendors
from app.demo.interrupting import interruptible
from app.demo.printing import Printer
from app.demo.replay import replay
from app.demo.reporting import Reporter, Totals
from app.demo.stage import PROVIDERS, Stage, stage

INTERRUPTED = 130


def run(keep: bool = False, as_json: bool = False, only: Sequence[str] = ()) -> int:
    """Run the demo and return its exit code: 0 only if every vendor agrees with what was asked for.

    ``keep`` leaves everything running afterwards, until Ctrl-C. ``as_json`` prints one JSON document and nothing
    else to standard output. ``only`` names the vendors to show: all that can be emulated, if it is empty.
    """
    reporter: Reporter = JsonReporter() if as_json else Printer()
    with interruptible():
        try:
            return 0 if _play(reporter, keep, only) else 1
        except KeyboardInterrupt:
            reporter.failed("Interrupted. Everything has been stopped.")
            return INTERRUPTED
        except StartError as failure:
            reporter.failed(str(failure))
        except requests.RequestException as failure:
            reporter.failed(f"The bridge stopped answering: {failure}")
    return 1


def _play(reporter: Reporter, keep: bool, only: Sequence[str]) -> bool:
    started = time.monotonic()
    shown = {name: mapping for name, mapping in vendors().items() if not only or name in only}
    reporter.opening([mapping.title for mapping in shown.values()], [provider.title for provider in PROVIDERS])
    with stage(shown, reporter.busy) as running:
        outcomes = []
        for target in running.targets:
            with reporter.busy(f"{target.provider.title} drives {target.mapping.title}"):
                outcomes.append(replay(target, running.token))
            reporter.outcome(outcomes[-1])
        totals = Totals(tuple(outcomes), time.monotonic() - started)
        reporter.closing(totals, running if keep else None)
        if keep:
            _wait(running)
    return totals.agrees


def _wait(running: Stage) -> None:
    """Wait for Ctrl-C. Raises :class:`StartError` if the bridge ends before."""
    with suppress(KeyboardInterrupt):
        while True:
            with suppress(subprocess.TimeoutExpired):
                raise StartError(f"The bridge ended by itself, with exit code {running.process.wait(1)}.")
