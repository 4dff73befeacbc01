"""What a target makes of what the IdP wants: which account or role its mapping, role table and options ask for.

Nothing here asks the vendor: values whose meaning is not known yet are left out, and looked up when converging.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingABC
from typing import Literal, Protocol

from app.directory.members import Membership
from app.provisioning.catalogue import Catalogue
from app.provisioning.role_table import RoleTable
from app.scim.types import Document
from mappings import Group, Mapping, User
from mappings.readers import assigned


class Policy(Protocol):
    """The parts of a target that decide what is wanted at the vendor."""

    @property
    def mapping(self) -> Mapping:
        """The vendor's mapping."""

    @property
    def table(self) -> RoleTable:
        """The role table of the configuration."""

    @property
    def adopt(self) -> Literal["never", "equal", "always"]:
        """Which accounts and roles that the bridge has not made may become a resource's."""

    @property
    def catalogue(self) -> Catalogue:
        """What the vendor offers."""


def account_key(mapping: Mapping, document: Document) -> str:
    """Return what a user is found by. Raises ``Rejected`` if the vendor needs an address and there is none."""
    return mapping.user_key(document) if mapping.users == "managed" else str(document["userName"])


def group_wanted(policy: Policy, document: Document, *, exists: bool) -> Group | None:
    """Return the role that a SCIM Group should be; ``None`` where rows of the role table stand for it.

    One that was made before the table had its name ``exists``, and is kept.
    """
    if policy.table.stands_for(document["displayName"]) and not exists:
        return None
    return policy.mapping.group(document)


def user_wanted(
    policy: Policy,
    document: Document,
    groups: Sequence[Membership],
    references: MappingABC[str, str | None],
    password: str | None,
) -> User | None:
    """Return the account of an active user in these groups; ``None`` where the vendor has no users."""
    if policy.mapping.users != "managed":
        return None
    extended = policy.table.extend(document, [group.group_name for group in groups])
    by_group = {group.group_vendor_id for group in groups if group.group_vendor_id}
    by_value = {references.get(value) for value in _values(policy.mapping, extended)}
    roles = frozenset({*by_group, *(role for role in by_value if role is not None)})
    return policy.mapping.user(extended, roles, password)


def values(policy: Policy, document: Document, groups: Iterable[Membership]) -> list[str]:
    """Return the values of roles and entitlements, the role table's too, that mean roles at this vendor."""
    if not policy.mapping.takes_roles:
        return []
    return _values(policy.mapping, policy.table.extend(document, [group.group_name for group in groups]))


def _values(mapping: Mapping, extended: Document) -> list[str]:
    given = (assigned(extended, attribute) for attribute in mapping.role_attributes)
    return list(dict.fromkeys(value for values_ in given for value in values_))
