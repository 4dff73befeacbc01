"""Packages that announce a mapping, as if they had been installed: a folder on the path, with its metadata."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mappings import discovery


def install(site: Path, monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    """Put ``site`` on the path; each of ``points`` is the name of a vendor and the value of its entry point."""
    name = site.name
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    lines = [f"[{discovery.GROUP}]", *(f"{vendor} = {value}" for vendor, value in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))


@contextmanager
def installed_copy(folder: Path, vendor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Install a copy of a mapping's folder as a package, and forget its modules in the end; gives the vendor."""
    site, package = tmp_path / "site", f"{vendor}_for_scim_bridge"
    shutil.copytree(folder, site / package)
    install(site, monkeypatch, **{vendor: package})
    yield vendor
    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]
