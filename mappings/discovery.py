"""Find the mappings: every folder beside this file that holds a ``mapping.py``."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import mappings
from mappings.mapping import Mapping


def names() -> list[str]:
    """Return the names of all vendors, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(mappings.__path__) if module.ispkg)


def load(vendor: str) -> type[Mapping]:
    """Return the mapping class of one vendor. Raises ``KeyError`` if there is none of that name."""
    if vendor not in names():
        raise KeyError(vendor)
    mapping: type[Mapping] = import_module(f"mappings.{vendor}.mapping").MAPPING
    return mapping
