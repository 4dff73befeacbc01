"""What Squirro offers to be assigned: server roles, and roles in the projects and workspaces that there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mappings import Call, Entry, Flow
from mappings.squirro.places import WORKSPACES
from mappings.squirro.roles import ROLES, Role

SERVER_ROLES = tuple(Entry(name, name, "server-role") for name in ROLES["server"])
"""The display name is the value, so that no other word an IdP may send (``User``) is taken for one of them."""


def workspaces(*, with_projects: bool) -> Flow[list[dict[str, Any]]]:
    """List the workspaces. The document shows a list; the vendor's client also reads one that is wrapped."""
    query = {"include_projects": str(with_projects)}
    answer = yield Call("GET", WORKSPACES, "list workspaces", query=query, planned=[])
    found: list[dict[str, Any]] = answer["workspaces"] if isinstance(answer, dict) else answer
    return found


def offered(found: Iterable[dict[str, Any]]) -> list[Entry]:
    """Return the roles in workspaces, and in their projects where the answer has these."""
    entries: dict[str, Entry] = {}
    for workspace in found:
        places = [("workspace", str(workspace["domain"]), workspace.get("title"))]
        places += [("project", *_project(project)) for project in workspace.get("projects") or ()]
        for kind, place, title in places:
            entries |= {entry.value: entry for entry in _entries(kind, place, str(title or place))}
    return list(entries.values())


def _project(found: Any) -> tuple[str, Any]:
    """Read a project; the document does not show one: an object with an id and perhaps a title, or an id."""
    if isinstance(found, dict):
        return str(found["id"]), found.get("title") or found.get("name")
    return str(found), None


def _entries(kind: str, place: str, title: str) -> list[Entry]:
    return [
        Entry(Role(kind, place, name).id, f"{kind.capitalize()} {title}: {name}", f"{kind}-role")
        for name in ROLES[kind]
    ]
