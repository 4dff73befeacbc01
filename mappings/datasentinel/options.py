"""What a Datasentinel target's configuration may say."""

from __future__ import annotations

from mappings import Setting
from mappings.datasentinel.attributes import PRIVILEGES, PROFILES

CREDENTIALS = (
    (
        Setting("user", "an account with profile data admin and privilege admin"),
        Setting("password", "its password"),
    ),
    (Setting("token", "an access token made beforehand; it lives for 24 hours"),),
)

OPTIONS = (
    Setting("fallback_role", "the role that sees the least, held when no other is", required=True),
    Setting("privilege", "what a user may do unless the IdP says it", default="read", choices=PRIVILEGES),
    Setting("max_privilege", "the most that anybody is given, whoever asks", default="admin", choices=PRIVILEGES),
    Setting("profile", "a user's profile unless the IdP says it", default="developer", choices=PROFILES),
    Setting("live_360", "whether a new user has live 360 unless the IdP says it", bool, default=True),
    Setting(
        "live_360_in_put",
        "send a changed live_360 with an update, for a server that takes it there",
        bool,
        default=False,
    ),
    Setting(
        "ldap", "a user logs in through LDAP, without a password here, unless the IdP says it", bool, default=False
    ),
    Setting(
        "roles_in_put",
        "send the roles with every update, for a server that takes them away when they are left out",
        bool,
        default=False,
    ),
    Setting("known_roles", "the roles that exist; a group of another name is refused", list, default=[]),
    Setting("protected_users", "e-mail addresses of accounts that are never touched", list, default=[]),
    Setting(
        "deactivation",
        "what becomes of the account of somebody who is not active; LDAP accounts are deleted in any case",
        default="delete",
        choices=("delete", "lock"),
    ),
    Setting("quarantine_role", "the only role of a locked account; without it fallback_role", default=""),
    Setting(
        "recreate",
        "whether an account is made anew for what no update can change; safe: where no password is lost",
        default="safe",
        choices=("safe", "always", "never"),
    ),
)
