"""What a target of Periscope is told, and what each operation costs: tables of the mapping beside this file."""

from __future__ import annotations

from mappings import Setting
from mappings.operations import Calls

CREDENTIALS = (
    (
        Setting("site", "the site's name, the host part of a dashboard's address"),
        Setting("api_key", "the site's API key, from Billing and Authentication"),
    ),
)
OPTIONS = (
    Setting("invited_by_email", "the site admin in whose name users are invited", required=True),
    Setting("created_by_email", "the site admin in whose name roles are made; default: invited_by_email"),
    Setting("updated_by_email", "the site admin in whose name roles are changed; default: created_by_email"),
    Setting(
        "roles",
        "keep: roles given by hand survive (a read before each write); exact: the IdP is the only source",
        default="keep",
        choices=("keep", "exact"),
    ),
    Setting(
        "deactivation",
        "delete: the account goes, and is made again later; strip_roles: it stays and loses every role",
        default="delete",
        choices=("delete", "strip_roles"),
    ),
    Setting("test_mode", "a dry run: the vendor checks every write and makes none", bool, default=False),
    Setting("protected_users", "e-mail addresses of accounts that the bridge never touches", list, default=()),
    Setting(
        "protected_groups",
        "names of roles that the bridge neither changes nor gives",
        list,
        default=("Administrator", "Everyone"),
    ),
)
CALLS: Calls = {
    "create user": ("create user",),
    "change name": ("update user",),
    "change e-mail": ("update user",),
    "set password": "Periscope Data documents no call that changes the password of an account",
    "deactivate": ("delete user",),
    "reactivate": ("create user",),
    "delete user": ("delete user",),
    "create group": ("create role",),
    "create group with a member": ("create role", "read user's roles", "update user"),
    "rename group": ("update role",),
    "add member": ("read user's roles", "update user"),
    "remove member": ("read user's roles", "update user"),
    "delete group": ("delete role",),
    "delete group with a member": ("delete role",),
}
