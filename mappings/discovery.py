"""Find the mappings: the folders beside this file that hold a ``mapping.py``, and packages that announce one.

A package outside announces its mapping by an entry point of the group ``scim_bridge.mappings``: the name is the
vendor, the value is ``module:CLASS``, or a package that holds a ``mapping.py``. What is wrong with one of them
is kept and told, and harms no other.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

import mappings
from mappings.mapping import Mapping

GROUP = "scim_bridge.mappings"


@dataclass(frozen=True, slots=True)
class Broken:
    """A mapping of another package that cannot be used; ``why`` is one sentence, ``origin`` is the entry point."""

    vendor: str
    origin: str
    why: str


def names() -> list[str]:
    """Return the names of all vendors that can be used, sorted."""
    return sorted({*shipped(), *_announced()[0]})


def broken() -> list[Broken]:
    """Return the mappings of other packages that cannot be used, and why."""
    return _announced()[1]


def load(vendor: str) -> type[Mapping]:
    """Return the mapping class of one vendor. Raises ``KeyError`` if there is none of that name."""
    if vendor in shipped():
        mapping: type[Mapping] = import_module(f"mappings.{vendor}.mapping").MAPPING
        return mapping
    return _announced()[0][vendor]


def beside(vendor: str, name: str) -> ModuleType:
    """Import the module of a name that lies beside a vendor's mapping.

    Raises ``KeyError`` if there is no such vendor, ``ModuleNotFoundError`` if there is no such module.
    """
    package = f"mappings.{vendor}" if vendor in shipped() else load(vendor).__module__.rpartition(".")[0]
    return import_module(f"{package}.{name}" if package else name)


def shipped() -> tuple[str, ...]:
    """Return the names of the vendors that come with the bridge."""
    return _packages(tuple(mappings.__path__))


@cache
def _packages(folders: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(module.name for module in pkgutil.iter_modules(folders) if module.ispkg)


def _announced() -> tuple[dict[str, type[Mapping]], list[Broken]]:
    ours = shipped()
    found: dict[str, type[Mapping]] = {}
    problems: list[Broken] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        try:
            if point.name in ours:
                raise ValueError("the bridge itself has a mapping of that name, which is used")
            if point.name in found:
                raise ValueError("another package has announced a mapping of that name")
            found[point.name] = _loaded(point)
        except Exception as error:  # noqa: BLE001 -- somebody else's code may raise anything
            problems.append(Broken(point.name, point.value, _sentence(error)))
    return found, problems


def _loaded(point: EntryPoint) -> type[Mapping]:
    loaded = point.load()
    if isinstance(loaded, ModuleType):
        module = loaded if hasattr(loaded, "MAPPING") else import_module(f"{loaded.__name__}.mapping")
        loaded = module.MAPPING
    if not (isinstance(loaded, type) and issubclass(loaded, Mapping)):
        raise TypeError(f"{point.value} is not a subclass of mappings.Mapping")
    if getattr(loaded, "vendor", None) != point.name:
        raise ValueError(f"the class says vendor = {getattr(loaded, 'vendor', None)!r}, not {point.name!r}")
    return loaded


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) and str(error) else f"{type(error).__name__}: {error}"
