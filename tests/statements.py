"""What SQLAlchemy compiled for one database serves all of its kind: a test process makes hundreds of engines.

An engine's own cache has the engine's dialect in its keys, so each new one would compile every statement again,
which takes longer than to run it. A compiled statement holds names of tables, columns and parameters, no values.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.util import LRUCache

Key = tuple[Any, ...]
MOST = 2000
"""More than there are in the bridge; random filters make new ones all the time."""


class Statements(LRUCache[Key, Any]):
    """A ``compiled_cache`` (see SQLAlchemy's ``execution_options``) in which dialects of one name are one."""

    def __init__(self) -> None:
        super().__init__(MOST)

    def get(self, key: Key, default: Any = None) -> Any:
        return super().get(_by_name(key), default)

    def __setitem__(self, key: Key, compiled: Any) -> None:
        super().__setitem__(_by_name(key), compiled)


def _by_name(key: Key) -> Key:
    dialect, *rest = key
    return (dialect.name, dialect.driver, *rest)
