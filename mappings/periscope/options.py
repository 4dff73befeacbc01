"""What a Periscope target's configuration may say."""

from __future__ import annotations

from mappings import Setting

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
        default=("Admin", "Administrator"),
    ),
)
