"""What SQLAlchemy compiled for one database serves all of its kind: a test process makes hundreds of engines.

An engine's own cache has the engine's dialect in its keys, so each new one would compile every statement again,
which takes longer than to run it. A compiled statement holds names of tables, columns and parameters, no values.
"""

from __future__ import annotations

from typing import Any


class Statements(dict[tuple[Any, ...], Any]):
    """A ``compiled_cache`` (see SQLAlchemy's ``execution_options``) in which dialects of one name are one."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(_by_name(key), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__(_by_name(key), compiled)


def _by_name(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return (dialect.name, dialect.driver, *rest)
