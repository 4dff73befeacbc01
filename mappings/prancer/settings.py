"""What a target of Prancer is told, and what each operation costs: tables of the mapping beside this file."""

from __future__ import annotations

from mappings import Setting
from mappings.operations import OPERATIONS, Calls

NO_USERS = "Prancer's Permissions API has roles and no users"

_CUSTOMER = Setting("customer", "the customer id, as in the portal's address: prancer-<company>")
CREDENTIALS = (
    (_CUSTOMER, Setting("access_token", "a User Access Token of an administrator, made in the portal")),
    (
        _CUSTOMER,
        Setting("email", "the e-mail address of an administrator"),
        Setting("password", "the administrator's password"),
    ),
)
OPTIONS = (
    Setting(
        "users",
        "reject: users are refused; directory: they are kept in the bridge, and nothing reaches Prancer; managed: "
        "they are invited, given roles and deleted by the calls of Prancer's public user page",
        default="reject",
        choices=("reject", "directory", "managed"),
    ),
    Setting(
        "deactivation",
        "of managed users. delete: the account goes, and is invited again later; strip_roles: it stays and loses "
        "every role",
        default="delete",
        choices=("delete", "strip_roles"),
    ),
    Setting("default_permissions", "codenames for a role whose group brings no permissions", list, default=()),
    Setting(
        "protected_groups",
        "names of roles that the bridge neither changes nor gives",
        list,
        default=("Owner",),
    ),
    Setting("protected_users", "e-mail addresses of accounts that the bridge never touches", list, default=()),
)
CALLS: Calls = {
    **dict.fromkeys(OPERATIONS, f"{NO_USERS} (option users)"),
    "create group": ("list roles", "save role", "list roles"),
    "rename group": ("list roles", "save role"),
    "delete group": ("delete role",),
}
_MEMBER = ("list users", "set user's roles")
MANAGED_CALLS: Calls = {
    "create user": ("invite user", "list users"),
    "change name": (),
    "change e-mail": "Prancer knows a user by the e-mail address: it cannot be changed",
    "set password": "Prancer documents no call that changes the password of an account",
    "deactivate": ("delete user",),
    "reactivate": ("invite user", "list users"),
    "delete user": ("delete user",),
    "create group": ("list roles", "save role", "list roles"),
    "create group with a member": ("list roles", "save role", "list roles", *_MEMBER),
    "rename group": ("list roles", "list users", "save role"),
    "add member": _MEMBER,
    "remove member": _MEMBER,
    "delete group": ("delete role",),
    "delete group with a member": (*_MEMBER, "delete role"),
}
