"""What else a mapping's README is compared with: flows that need more than an example user and an example group.

A function of a vendor yields flows, each with answers by the meaning of the call, for calls whose planned answer
leads nowhere.
"""

from dataclasses import replace

from mappings import Change, User


def squirro(mapping):
    project, workspace = "project:{project}:reader", "workspace:{domain}:reader"
    answers = {
        "read workspace user": {"groups": [{"id": "{group}"}]},
        "list grants": {"grants": [{"id": "{grant}"}]},
        "list workspaces": [{"domain": "{domain}"}],
    }
    member = User("{email}", {}, frozenset(), vendor_id="{id}")
    for role in (project, workspace, "{group}"):
        yield (
            mapping.update_user(replace(member, roles=frozenset({role})), Change(roles_added=frozenset({role}))),
            answers,
        )
        yield mapping.update_user(member, Change(roles_removed=frozenset({role}))), answers
    yield mapping.update_user(member, Change({"scim_active": False})), answers
    for name in ("squirro:project:{project}:admin", "squirro:workspace:{domain}:admin"):
        group = replace(mapping.group({"id": "{scim id}", "displayName": name}), vendor_id="{id}")
        yield mapping.create_group(group), answers
        yield mapping.find_group(group), answers
        yield mapping.update_group(group, Change(group.fields)), answers
        moved = Change(group.fields, before={"project": "{other}"})
        yield mapping.update_group(group, moved), answers


EXAMPLES = {"squirro": squirro}
