"""What a role is for and may do: as an identity provider assigns it, and as the vendor writes it.

Okta and Entra can map a text or a list of texts to an attribute, and nothing deeper. So each grant is one text,
``<object type>:<permission>`` for a privilege (all objects of a type) and
``<object type>:<object id>:<permission>`` for a permission (one object); the vendor's objects are made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingABC
from typing import Any

from mappings import Attribute, Document, Rejected
from mappings.attributes import urn
from mappings.readers import provenance

SCHEMA = urn("periscope", "Group")
DASHBOARD = "Dashboard"
SHAPES = {"privileges": ("object_type",), "permissions": ("object_type", "object_id")}
"""What names the object of a grant, by the name of the list that the grant stands in."""

ATTRIBUTES = (
    Attribute("description", "What the role is for."),
    Attribute(
        "privileges",
        "What the role may do with every object of a type: <object type>:<permission>.",
        multi_valued=True,
        examples=("Dashboard:read_dashboards",),
    ),
    Attribute(
        "permissions",
        "What the role may do with one object: <object type>:<object id>:<permission>.",
        multi_valued=True,
        examples=("Dashboard:0000-dashboard-1111-id:create_dashboards",),
    ),
)


def description(group: Document) -> str:
    """Return the IdP's description, and after it the proof of who made the role."""
    given = group.get(SCHEMA, {}).get("description")
    return f"{given} - {provenance(group)}" if given else provenance(group)


def wanted(name: str) -> Callable[[Document], list[str]]:
    """Return the reader of a Group's ``privileges`` or ``permissions``: nothing assigned is an empty list."""
    return lambda group: sorted(set(group.get(SCHEMA, {}).get(name, ())))


def written(fields: MappingABC[str, Any]) -> dict[str, Any]:
    """Return a role's fields as the vendor's bodies have them. Raises ``Rejected`` for a grant that is none."""
    return {name: _objects(name, value) if name in SHAPES else value for name, value in fields.items()}


def found(role: MappingABC[str, Any], name: str) -> list[str]:
    """Return the texts of the grants that a listed role has."""
    grants = [(_named(entry, name), entry.get("permissions", ())) for entry in _entries(role, name)]
    return sorted({":".join((*named, str(permission))) for named, granted in grants for permission in granted})


def dashboards(role: MappingABC[str, Any]) -> tuple[str, ...]:
    """Return the ids of the dashboards that a listed role's permissions name."""
    permissions = [_named(entry, "permissions") for entry in _entries(role, "permissions")]
    return tuple(sorted({object_id for object_type, object_id in permissions if object_type == DASHBOARD}))


def _objects(name: str, grants: Iterable[str]) -> list[dict[str, Any]]:
    permissions: dict[tuple[str, ...], list[str]] = {}
    for grant in grants:
        *named, permission = _split(name, grant)
        permissions.setdefault(tuple(named), []).append(permission)
    return [
        {**dict(zip(SHAPES[name], named, strict=True)), "permissions": granted}
        for named, granted in permissions.items()
    ]


def _split(name: str, grant: str) -> tuple[str, ...]:
    object_type, _, rest = grant.partition(":")
    *object_id, permission = rest.rsplit(":", 1)
    parts = (object_type, *object_id, permission)
    if len(parts) != len(SHAPES[name]) + 1 or not all(part.strip() for part in parts):
        form = ":".join(f"<{part}>" for part in (*SHAPES[name], "permission"))
        raise Rejected(f"{grant!r} is none of a role's {name}, which are written {form}")
    return parts


def _entries(role: MappingABC[str, Any], name: str) -> list[dict[str, Any]]:
    return [entry for entry in role.get(name) or () if isinstance(entry, dict)]


def _named(entry: MappingABC[str, Any], name: str) -> tuple[str, ...]:
    return tuple(str(entry.get(part, "")) for part in SHAPES[name])
