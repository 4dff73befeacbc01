"""The endpoints that take writes: a body is read as the protocol says, kept, and the vendor follows.

What comes over HTTP and what comes as an operation of a bulk request is the same to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from app.directory.database import Database
from app.directory.resources import Resource
from app.provisioning.groups import Groups
from app.provisioning.journal import Request
from app.provisioning.target import Target
from app.provisioning.users import Edit, Users
from app.scim.members import MemberChange, member_ids, split_members
from app.scim.meta import Preconditions
from app.scim.operations import parse_patch
from app.scim.patch import apply_patch
from app.scim.types import Document, Json
from app.scim.validation import parse_resource, replaced


class Endpoint(Protocol):
    """Writes to one kind of resource. Each raises ``ScimError`` if what is asked for cannot be."""

    def create(self, request: Request, body: Json, id_: str) -> Resource:
        """Make a resource with this id (RFC 7644 §3.3)."""

    def replace(self, request: Request, id_: str, body: Json, preconditions: Preconditions) -> Resource:
        """Replace a resource and return what it has become (RFC 7644 §3.5.1)."""

    def patch(self, request: Request, id_: str, body: Json, preconditions: Preconditions) -> Resource:
        """Change a resource and return what it has become (RFC 7644 §3.5.2)."""

    def delete(self, request: Request, id_: str, preconditions: Preconditions) -> None:
        """Delete a resource (RFC 7644 §3.6)."""


@dataclass(frozen=True, slots=True)
class UserEndpoint:
    """``/Users``. Nobody is reactivated by an ``active`` that is left out or removed.

    RFC 7644 §3.5.1 lets a server clear what a PUT leaves out, or give it a default. A default of true would let a
    leaver in again whenever somebody's profile is pushed without ``active``; no value at all is one that identity
    providers do not understand. So it is the one attribute that stays as it was.
    """

    database: Database
    target: Target

    def create(self, request: Request, body: Json, id_: str) -> Resource:
        """Make a user, who is active unless the body says otherwise."""
        document = parse_resource(body, self.target.types["User"])
        document.setdefault("active", True)
        return self._users.create(replace(request, about=document["userName"]), document, id_)

    def replace(self, request: Request, id_: str, body: Json, preconditions: Preconditions) -> Resource:
        """Replace a user: what is left out is cleared."""
        type_ = self.target.types["User"]
        new = parse_resource(body, type_)
        return self._update(request, id_, lambda old: replaced(old, new, type_), preconditions)

    def patch(self, request: Request, id_: str, body: Json, preconditions: Preconditions) -> Resource:
        """Change a user."""
        operations = parse_patch(body)
        type_ = self.target.types["User"]
        return self._update(request, id_, lambda old: apply_patch(old, operations, type_), preconditions)

    def delete(self, request: Request, id_: str, preconditions: Preconditions) -> None:
        """Delete a user."""
        self._users.delete(replace(request, about=id_), id_, preconditions)

    def _update(self, request: Request, id_: str, edit: Edit, preconditions: Preconditions) -> Resource:
        def kept(old: Document) -> Document:
            return {"active": old.get("active", True), **edit(old)}

        return self._users.update(replace(request, about=id_), id_, kept, preconditions)

    @property
    def _users(self) -> Users:
        return Users(self.database, self.target)


@dataclass(frozen=True, slots=True)
class GroupEndpoint:
    """``/Groups``. Members come along, and become rows."""

    database: Database
    target: Target

    def create(self, request: Request, body: Json, id_: str) -> Resource:
        """Make a group with its members."""
        document, changes = self._read(body)
        return self._groups.create(replace(request, about=document["displayName"]), document, changes, id_)

    def replace(self, request: Request, id_: str, body: Json, preconditions: Preconditions) -> Resource:
        """Replace a group: the members given are all that stay, whatever the dialect."""
        document, changes = self._read(body)
        type_ = self.target.types["Group"]

        def edit(old: Document) -> Document:
            return replaced(old, document, type_)

        return self._groups.update(replace(request, about=id_), id_, edit, changes, preconditions)

    def patch(self, request: Request, id_: str, body: Json, preconditions: Preconditions) -> Resource:
        """Change a group; who comes and who goes is never a list that is loaded."""
        type_ = self.target.types["Group"]
        others, told = split_members(parse_patch(body), type_)
        changes = [self.target.dialect.member_change(each) for each in told]

        def edit(old: Document) -> Document:
            return apply_patch(old, others, type_) if others else old

        return self._groups.update(replace(request, about=id_), id_, edit, changes, preconditions)

    def delete(self, request: Request, id_: str, preconditions: Preconditions) -> None:
        """Delete a group."""
        self._groups.delete(replace(request, about=id_), id_, preconditions)

    def _read(self, body: Json) -> tuple[Document, tuple[MemberChange, ...]]:
        """Split a whole group into its document and its members, which replace those before."""
        given = None
        if isinstance(body, dict):
            given = next((item for key, item in body.items() if key.casefold() == "members"), None)
            body = {key: item for key, item in body.items() if key.casefold() != "members"}
        document = parse_resource(body, self.target.types["Group"])
        ids = member_ids(given)
        return document, (MemberChange("replace", ids) if ids else MemberChange("clear"),)

    @property
    def _groups(self) -> Groups:
        return Groups(self.database, self.target)


KINDS: Mapping[str, str] = {"Users": "User", "Groups": "Group"}
"""The kind of resource that an endpoint serves."""
ENDPOINTS: Mapping[str, Callable[[Database, Target], Endpoint]] = {"Users": UserEndpoint, "Groups": GroupEndpoint}
"""The endpoints of a target, by the first segment of their paths."""
