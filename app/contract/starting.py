"""Begin a mapping: a folder that passes the first tier as it is, with comments that say where to put what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

import mappings
from mappings import discovery

NAME = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = frozenset({"list", "show", "new", "check", "docs"})
"""What ``scim-bridge mappings`` means something else by."""
MODULES = ("__init__.py", "mapping.py", "sandbox.py", "README.md", "test_mapping.py")


class StartError(ValueError):
    """The mapping cannot be begun; the text says why."""


@dataclass(frozen=True, slots=True)
class Started:
    """What was written: ``folder`` holds the mapping, ``package`` the project around it, if it stands alone."""

    folder: Path
    files: tuple[Path, ...]
    package: Path | None


def start(name: str, into: Path | None = None) -> Started:
    """Write the folder of a new mapping. Raises :class:`StartError`.

    In a checkout of the bridge it is ``mappings/NAME``; elsewhere, or below ``into``, it is a package of its own,
    ``scim_bridge_NAME``, which announces the mapping.
    """
    _check_name(name)
    inside = into is None and _is_checkout(Path.cwd())
    package = f"scim_bridge_{name}"
    project = None if inside else (into or Path.cwd()) / package
    folder = Path.cwd() / "mappings" / name if project is None else project / package
    root = project or folder
    if root.exists() and any(root.iterdir()):
        raise StartError(f"{root} is there already")
    words = _words(name, package)
    written = [_write(folder / file, file, words) for file in MODULES]
    if project is not None:
        written.append(_write(project / "pyproject.toml", "pyproject.toml", words))
    return Started(folder, tuple(written), project)


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise StartError(f"{name!r} cannot be the name of a folder of Python: a-z, 0-9 and _, a letter first")
    if name in RESERVED:
        raise StartError(f"{name!r} is a command of 'scim-bridge mappings': take another name")
    if name in discovery.names():
        raise StartError(f"there is a mapping {name!r} already")


def _is_checkout(folder: Path) -> bool:
    """Say whether the mappings that are used are those of this folder."""
    return any(Path(path).resolve() == (folder / "mappings").resolve() for path in mappings.__path__)


def _words(name: str, package: str) -> dict[str, str]:
    words = [word for word in name.split("_") if word]
    camel = "".join(word.capitalize() for word in words)
    title = " ".join(word.capitalize() for word in words)
    return {
        "name": name,
        "package": package,
        "slug": name.replace("_", "-"),
        "title": title,
        "Class": camel,
        "Sandbox": f"{camel}Sandbox",
    }


def _write(path: Path, template: str, words: dict[str, str]) -> Path:
    text = (files("app.contract") / "templates" / f"{template}.txt").read_text(encoding="utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(Template(text).substitute(words), encoding="utf-8")
    return path
