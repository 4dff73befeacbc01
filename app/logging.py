"""Logs, to standard error. A traceback names files and lines, and no values: they may be passwords."""

from __future__ import annotations

import sys
from typing import Any

import stamina.instrumentation
import structlog


def configure_logging() -> None:
    """Log to standard error: for people on a terminal, one JSON object a line elsewhere."""
    for_people: Any = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renderer = for_people if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    without_values = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # they may hold a password
    stamina.instrumentation.set_on_retry_hooks([])  # each try is in the trace, with its target and its call
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *([] if sys.stderr.isatty() else [structlog.processors.ExceptionRenderer(without_values)]),
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
