"""``${VAR}``, ``${VAR:-default}`` and ``file:/path`` in any string of the configuration."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def expanded(value: Any, path: str, problems: list[str]) -> Any:
    """Return a parsed document with its variables filled in; ``problems`` is told of those that are not set."""
    if isinstance(value, dict):
        return {key: expanded(item, f"{path}.{key}" if path else key, problems) for key, item in value.items()}
    if isinstance(value, list):
        return [expanded(item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
    return _text(value, path, problems) if isinstance(value, str) else value


def _text(value: str, path: str, problems: list[str]) -> str:
    def variable(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = os.environ.get(name) or default
        if found is None:
            problems.append(f"{path}: the environment variable {name} is not set")
        return found or ""

    text = VARIABLE.sub(variable, value)
    if not text.startswith("file:"):
        return text
    try:
        return Path(text.removeprefix("file:")).read_text(encoding="utf-8").strip()
    except OSError as missing:
        problems.append(f"{path}: {text}: {missing.strerror}")
        return ""
