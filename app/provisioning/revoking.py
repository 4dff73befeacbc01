"""What of a change takes access away: it stays wanted when the rest is put back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.provisioning.target import Target
from app.scim.types import Document
from mappings.attributes import urn


def revoking(target: Target, old: Document, new: Document, *, asked: bool) -> Document:
    """Return ``old`` with that part of ``new`` which only takes away; ``asked``: the vendor was asked for it.

    A user who is to be inactive stays so in any case. Roles and entitlements that mean roles are those of both; of
    a role's own lists (privileges, permissions) what is left stays, if nothing was to be added with it.
    """
    kept = dict(old)
    if new.get("active") is False:
        kept["active"] = False
    if not asked:
        return kept
    for attribute in target.mapping.role_attributes:
        _set(kept, attribute, _both(old.get(attribute, ()), new.get(attribute, ())))
    name = urn(target.mapping.vendor, "Group")
    _set(kept, name, _reduced(target, old.get(name, {}), new.get(name, {})))
    return kept


def _reduced(target: Target, before: Document, after: Document) -> Document:
    """Return a role's extension with those of its lists shortened that were to be shortened and no more."""
    kept = dict(before)
    for attribute in target.mapping.group_attributes:
        left = after.get(attribute.name, [])
        if attribute.multi_valued and len(_both(before.get(attribute.name, ()), left)) == len(left):
            _set(kept, attribute.name, left)
    return kept


def _both(old: Iterable[Any], new: Iterable[Any]) -> list[Any]:
    wanted = [_value(entry) for entry in new]
    return [entry for entry in old if _value(entry) in wanted]


def _value(entry: Any) -> Any:
    return entry.get("value", entry) if isinstance(entry, dict) else entry


def _set(document: Document, attribute: str, value: list[Any] | Document) -> None:
    """Set an attribute, or leave it out: SCIM knows no empty one."""
    if value:
        document[attribute] = value
    else:
        document.pop(attribute, None)
