"""What a bridge and its vendor hold, kept once and put into other new ones: much quicker than to make it again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mappings.sandbox import Sandbox
from tests.bridge import TARGET, Bridge

FRAME = frozenset(vars(Sandbox())) - {"random", "journal"} | {"perform"}
"""What every sandbox has of its own: its server, its locks, who watches it."""


@dataclass(frozen=True, slots=True)
class Copy:
    """The database, the vendor's state, whose accounts were there before, and the login that the bridge had."""

    database: sqlite3.Connection
    sandbox: dict[str, Any]
    strangers: dict[str, dict[str, Any]]
    meanings: list[str]
    login: Any

    @classmethod
    def of(cls, bridge: Bridge) -> Copy:
        database = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(_path(bridge))) as source:
            source.backup(database)
        kept = {name: value for name, value in vars(bridge.sandbox).items() if name not in FRAME}
        return cls(
            database,
            *deepcopy((kept, bridge.strangers, bridge.meanings)),
            bridge.parts.targets[TARGET].sender._login,
        )

    def into(self, bridge: Bridge) -> None:
        """Let a new bridge of the same configuration hold the same."""
        with closing(sqlite3.connect(_path(bridge))) as target:
            self.database.backup(target)
        vars(bridge.sandbox).update(deepcopy(self.sandbox))
        for token in bridge.sandbox.tokens._issued.values() if hasattr(bridge.sandbox, "tokens") else ():
            token.born = bridge.sandbox.clock()
        bridge.strangers, bridge.meanings[:] = deepcopy(self.strangers), self.meanings
        bridge.parts.targets[TARGET].sender._login = self.login
        bridge.calls()


def _path(bridge: Bridge) -> Path:
    assert bridge.parts.database.path is not None, "only SQLite's files are copied"
    return bridge.parts.database.path
