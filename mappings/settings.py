"""What a target's configuration may say to a mapping: credentials and options, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of ``[targets.NAME.credentials]`` or ``[targets.NAME.options]``.

    ``kind`` is the type of the value (``str``, ``bool``, ``int``, or ``list`` for a list of strings);
    ``choices`` limits a string. A setting without a default must be given if ``required``.
    """

    name: str
    about: str
    kind: type = str
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """A target's credentials and options as its mapping sees them: checked, defaults filled in."""

    credentials: dict[str, str]
    options: dict[str, Any]


PROTECTED = (
    Setting("protected_users", "e-mail addresses of the accounts that are never touched", list, default=[]),
    Setting("protected_groups", "names of the groups that are never touched", list, default=[]),
)
"""The options whose meaning :meth:`~mappings.mapping.Mapping.protection` knows."""
