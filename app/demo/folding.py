"""Vendor calls in a narrow column: a path is broken at a slash, never inside a segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

NARROWEST = 24


@dataclass(frozen=True, slots=True)
class Paths:
    """Lines for a table's cell, each ``METHOD /path`` with a style."""

    lines: Sequence[tuple[str, str]]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        for line, style in self.lines:
            for part in folded(line, options.max_width):
                yield Text(part, style=style, no_wrap=True, overflow="fold")

    def __rich_measure__(self, _console: Console, options: ConsoleOptions) -> Measurement:
        longest = max((len(line) for line, _ in self.lines), default=0)
        return Measurement(min(NARROWEST, longest), longest).with_maximum(options.max_width)


def folded(line: str, width: int) -> list[str]:
    """Break a line before slashes so that each part fits; parts after the first are indented."""
    parts = []
    while len(line) > width:
        cut = line.rfind("/", line.index("/") + 1, width + 1) if "/" in line else -1
        if cut <= 0:
            break
        parts.append(line[:cut])
        line = "    " + line[cut:]
    return [*parts, line]
