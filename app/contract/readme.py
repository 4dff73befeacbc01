"""What a mapping's README says, to be held against its code."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import NamedTuple

from mappings import Mapping, Setting

HEADINGS = (
    "## What a User and a Group are",
    "## SCIM operation to documented calls",
    "## The calls",
    "## Attributes",
    "## Quirks",
    "## What cannot be done",
    "## Configuration",
    "### Credentials",
    "### Options",
    "## Assumptions",
    "## Sources",
)
"""What the README of a gold mapping has, in this order."""

HINT = "<!-- for gold:"
"""What ``mappings new`` writes below a heading until somebody has something to say there."""

ROW = re.compile(r"^\| ([^|`]+) \| `(GET|POST|PUT|PATCH|DELETE)` \| `(/[^`]*)` \| (.*)$", re.MULTILINE)


class CallRow(NamedTuple):
    """One row of the table of calls; ``rest`` is its other columns."""

    meaning: str
    method: str
    path: str
    rest: str


def readme(mapping: type[Mapping]) -> str:
    """Return the README beside a mapping; an empty text if it has none."""
    package = mapping.__module__.rpartition(".")[0]
    page = files(package) / "README.md" if package else None
    return page.read_text(encoding="utf-8") if page and page.is_file() else ""


def call_rows(page: str) -> list[CallRow]:
    """Return the rows of the table of calls: ``| meaning | `METHOD` | `/path` | …``."""
    return [CallRow(*row) for row in ROW.findall(page)]


def setting_row(setting: Setting, *, required: bool) -> str:
    """Return the row that a README has of a setting."""
    optional = "optional" if setting.default in (None, "") else f"`{json.dumps(setting.default)}`"
    choices = f" One of: {', '.join(f'`{choice}`' for choice in setting.choices)}." if setting.choices else ""
    return f"| `{setting.name}` | {'required' if required else optional} | {setting.about}.{choices} |"


def setting_rows(mapping: type[Mapping]) -> list[str]:
    """Return the rows of all credentials and options."""
    credentials = [setting for settings in mapping.credentials for setting in settings]
    return [
        *(setting_row(setting, required=setting.default is None) for setting in credentials),
        *(setting_row(setting, required=setting.required) for setting in mapping.options),
    ]
