"""SCIM Groups at Squirro: plain groups, groups that have a role in a project, and names for roles of users."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, ClassVar

import mappings
from mappings import Applied, Call, Change, Document, Flow, Group, NotFound, Readers, Rejected, Unsupported
from mappings.accounts import find
from mappings.answers import identifier
from mappings.readers import display_name
from mappings.squirro import naming
from mappings.squirro.catalogue import workspaces
from mappings.squirro.places import V0, list_groups, put_in_project, read_group, take_from_project
from mappings.squirro.roles import ROLES, WITHOUT_GROUP, Role, read

PLAIN = {"project": None, "role": None}
OTHER_KIND = "a group whose name makes it a workspace or server role stays that role: delete it and create another"


class Groups(mappings.Mapping):
    """The half of the mapping that is about groups.

    A group's name at the vendor changes last: until then it says which project role the group was for.
    """

    group_fields: ClassVar[Readers] = {"name": display_name}

    def group(self, document: Document) -> Group:
        """Return the group, with the project and the role there that its name gives it."""
        group = super().group(document)
        role = naming.read(group.key, self.option)
        place = {"project": role.place, "role": role.name} if role and role.kind == "project" else PLAIN
        return replace(group, fields={**group.fields, **place})

    def carries_members(self, group: Group) -> bool:
        """Whether there is a group to create."""
        return self._without_group(group) is None

    def deletion_removes_members(self, vendor_id: str) -> bool:
        """Whether there is a group to delete."""
        return not _is_role(vendor_id)

    def created_group(self, sent: Group, found: Group) -> bool:
        """Compare what the first of the creating calls carries, but for members whose accounts have ended since."""
        return found.key == sent.fields["name"] and found.members <= sent.members

    def create_group(self, group: Group) -> Flow[None]:
        """Create the group and put it in its project; or see that the workspace of a role exists."""
        self._refuse_unknown_role(group)
        role = self._without_group(group)
        if role is None:
            yield from self._make_group(group)
        elif (yield from self._has(role)):
            yield Applied(role.id, group.fields)
        else:
            raise Rejected(f"{self.title} shows no workspace {role.place}")

    def update_group(self, group: Group, change: Change) -> Flow[None]:
        """Move the group to another project or role, then rename it."""
        self._refuse_unknown_role(group)
        role = self._without_group(group)
        is_role = group.vendor_id if _is_role(str(group.vendor_id)) else None
        if is_role != (role.id if role else None):
            raise Unsupported(OTHER_KIND)
        if role is None:
            yield from self._change_group(group, change)
        else:
            yield Applied(fields=change.fields)

    def delete_group(self, vendor_id: str) -> Flow[None]:
        """Delete the group, if there is one."""
        if not _is_role(vendor_id):
            yield Call("DELETE", (*V0, "groups", vendor_id), "delete group", answer="nothing")

    def find_group(self, group: Group) -> Flow[Group | None]:
        """Look for the group by its name, or for the workspace of a role."""
        role = self._without_group(group)
        if role is not None:
            there = yield from self._has(role)
            return replace(group, vendor_id=role.id) if there else None
        answer = yield list_groups()
        return find(map(_group, answer), group)

    # -- groups that are groups

    def _make_group(self, group: Group) -> Flow[None]:
        form = {"name": group.fields["name"]}
        if group.members:
            form["members"] = json.dumps([{"id": member} for member in sorted(group.members)])
        answer = yield Call(
            "POST", (*V0, "groups"), "create group", form=form, repeatable=False, planned={"id": "(new)"}
        )
        vendor_id = identifier(answer)
        yield Applied(vendor_id, {**group.fields, **PLAIN}, members=group.members)
        try:
            yield from self._put_in_project(group, vendor_id, was=None)
        except NotFound as missing:
            raise Rejected(missing.detail, status=missing.status) from missing

    def _change_group(self, group: Group, change: Change) -> Flow[None]:
        vendor_id = str(group.vendor_id)
        if change.fields.keys() & PLAIN.keys():
            was = yield from self._project_before(group, change)
            if was is not None and was != group.fields["project"]:
                yield from take_from_project(was, vendor_id)
                yield Applied(fields=PLAIN)
                was = None
            yield from self._put_in_project(group, vendor_id, was)
        if "name" in change.fields:
            form = {"name": group.fields["name"]}  # members stay: they are not sent
            yield Call("PUT", (*V0, "groups", vendor_id), "rename group", form=form)
            yield Applied(fields=form)

    def _project_before(self, group: Group, change: Change) -> Flow[str | None]:
        """Return the project that the group is in. After a lost answer only its name at the vendor tells."""
        project: str | None
        if "project" not in change.fields:
            project = group.fields["project"]
        elif "project" in change.before:
            project = change.before["project"]
        else:
            found = yield from read_group(str(group.vendor_id))
            role = naming.read(str(found["name"]), self.option)
            project = role.place if role is not None and role.kind == "project" else None
        return project

    def _put_in_project(self, group: Group, vendor_id: str, was: str | None) -> Flow[None]:
        place = {name: group.fields[name] for name in PLAIN}
        if place["project"] is not None:
            member = {"group_id": vendor_id}
            yield from put_in_project(place["project"], member, place["role"], is_member=was is not None)
        yield Applied(fields=place)

    # -- groups that are roles of users

    def _without_group(self, group: Group) -> Role | None:
        """Return the role that a group stands for, if the vendor has no group for it."""
        role = naming.read(group.key, self.option)
        return role if role is not None and role.kind in WITHOUT_GROUP else None

    def _has(self, role: Role) -> Flow[bool]:
        """Look whether there is such a workspace; the server's roles are documented."""
        if role.kind == "server":
            return True
        found = yield from workspaces(with_projects=False)
        return any(str(workspace["domain"]) == role.place for workspace in found)

    def _refuse_unknown_role(self, group: Group) -> None:
        role = naming.read(group.key, self.option)
        if role is not None and not role.documented:
            known = ", ".join(ROLES[role.kind])
            raise Rejected(f"{group.key}: {role.name!r} is no {role.kind} role of {self.title}; there are {known}")


def _is_role(vendor_id: str) -> bool:
    return read(vendor_id).kind in WITHOUT_GROUP


def _group(found: dict[str, Any]) -> Group:
    members = frozenset(str(member["id"]) for member in found.get("members", ()))
    return Group(found["name"], {"name": found["name"], **PLAIN}, members, vendor_id=identifier(found))
