"""Packages that announce a mapping, as if they had been installed: a folder on the path, with its metadata."""

from __future__ import annotations

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
