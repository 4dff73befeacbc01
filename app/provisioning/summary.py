"""What a request asked for, in a few words for the audit: names of attributes, and the one value that matters."""

from __future__ import annotations

from app.scim.types import Document


def summary(old: Document, new: Document) -> str:
    """Say which attributes differ; of ``active`` also say to what. Values are left out: they may be personal."""
    names = sorted(name for name in {*old, *new} - {"schemas"} if old.get(name) != new.get(name))
    return ", ".join(_word(name, new) for name in names)


def _word(name: str, new: Document) -> str:
    if name == "active" and "active" in new:
        return f"active → {str(new['active']).lower()}"
    return name.rpartition(":extension:")[2] or name
