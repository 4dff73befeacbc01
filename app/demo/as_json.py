"""The demo as one JSON document."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from typing import Any

import orjson

from app.demo.outcome import Outcome
from app.demo.reporting import Totals
from app.demo.stage import Stage


class JsonReporter:
    """Tells a program: nothing until the end, then everything."""

    def opening(self, vendors: Sequence[str], providers: Sequence[str]) -> None:
        """Say nothing yet."""

    def busy(self, _text: str) -> AbstractContextManager[object]:
        """Say nothing yet."""
        return nullcontext()

    def outcome(self, outcome: Outcome) -> None:
        """Say nothing yet."""

    def closing(self, totals: Totals, kept: Stage | None) -> None:
        """Print the document; what is kept running is in its ``running``."""
        document = {
            "agrees": totals.agrees,
            "scim_requests": totals.requests,
            "vendor_calls": totals.calls,
            "logins": totals.logins,
            "undocumented": totals.undocumented,
            "seconds": round(totals.seconds, 3),
            "targets": [_target(outcome) for outcome in totals.outcomes],
        }
        if kept is not None:
            document["running"] = _running(kept)
        _print(document)

    def failed(self, text: str) -> None:
        """Print why there is no result."""
        _print({"agrees": False, "error": text})


def _target(outcome: Outcome) -> dict[str, Any]:
    steps = [{**asdict(step), "agrees": step.agrees} for step in outcome.steps]
    counts = {
        "scim_requests": outcome.requests,
        "vendor_calls": outcome.calls,
        "logins": outcome.logins,
        "undocumented": outcome.undocumented,
    }
    return {**asdict(outcome), "agrees": outcome.agrees, **counts, "steps": steps}


def _running(kept: Stage) -> dict[str, Any]:
    return {
        "token": kept.token,
        "config": str(kept.config),
        "targets": {
            target.name: {"scim": target.scim_url, "sandbox": target.sandbox_url} for target in kept.targets
        },
    }


def _print(document: Any) -> None:
    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")
    sys.stdout.flush()
