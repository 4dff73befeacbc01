"""Cells of a narrow table: a path is broken at a slash, a list between two of its items, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

NARROWEST = 24
BREAK = re.compile(r"(?<=[^ /])(?=/+[^/ ])")
"""Before a slash that begins a segment: not before one that ends the path, nor between two."""


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


@dataclass(frozen=True, slots=True)
class Items:
    """Words for a table's cell, each with a style, with commas between them."""

    items: Sequence[tuple[str, str]]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        line = Text(no_wrap=True)
        for number, (item, style) in enumerate(self.items, 1):
            text = item if number == len(self.items) else f"{item},"
            if line and len(line) + 1 + len(text) > options.max_width:
                yield line
                line = Text(no_wrap=True)
            line.append(" " if line else "").append(text, style)
        yield line

    def __rich_measure__(self, _console: Console, options: ConsoleOptions) -> Measurement:
        widths = [len(item) + 2 for item, _ in self.items]
        return Measurement(max(widths, default=0), sum(widths)).with_maximum(options.max_width)


def folded(line: str, width: int) -> list[str]:
    """Break a line before slashes so that each part fits, if it can; parts after the first are indented."""
    parts: list[str] = []
    for segment in BREAK.split(line):
        if parts and len(parts[-1]) + len(segment) <= width:
            parts[-1] += segment
        else:
            parts.append(f"    {segment}" if parts else segment)
    return parts
