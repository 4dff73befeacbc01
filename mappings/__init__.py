"""What each vendor documents, as data and small generators: see :mod:`mappings.mapping` for the contract.

A vendor is a folder here and nothing else. These names are all that a vendor's mapping needs; those that its
sandbox needs are in :mod:`mappings.sandbox_rest`, :mod:`mappings.sandbox_calls` and :mod:`mappings.sandbox_fields`.
"""

from mappings.accounts import Change, Group, User, difference, find
from mappings.answers import identifier, text
from mappings.attributes import Attribute, urn
from mappings.calls import EMPTY, Applied, Call, Flow, Gone, Intent, Login, Variable, at_once
from mappings.catalogue import Entry
from mappings.errors import (
    AuthFailed,
    Conflict,
    Definite,
    NotFound,
    Protected,
    RateLimited,
    Rejected,
    Unavailable,
    Unknown,
    Unsupported,
    VendorError,
)
from mappings.mapping import Document, Mapping, Passwords, Readers, unsupported
from mappings.operations import Calls
from mappings.passwords import random_password
from mappings.readers import (
    assigned,
    display_name,
    extension,
    family_name,
    full_name,
    given_name,
    primary_email,
    provenance,
)
from mappings.rest import RestMapping
from mappings.rest_tables import Collection, Membership, Switch, usual_calls
from mappings.settings import PROTECTED, Setting, Settings

__all__ = [
    "EMPTY",
    "PROTECTED",
    "Applied",
    "Attribute",
    "AuthFailed",
    "Call",
    "Calls",
    "Change",
    "Collection",
    "Conflict",
    "Definite",
    "Document",
    "Entry",
    "Flow",
    "Gone",
    "Group",
    "Intent",
    "Login",
    "Mapping",
    "Membership",
    "NotFound",
    "Passwords",
    "Protected",
    "RateLimited",
    "Readers",
    "Rejected",
    "RestMapping",
    "Setting",
    "Settings",
    "Switch",
    "Unavailable",
    "Unknown",
    "Unsupported",
    "User",
    "Variable",
    "VendorError",
    "assigned",
    "at_once",
    "difference",
    "display_name",
    "extension",
    "family_name",
    "find",
    "full_name",
    "given_name",
    "identifier",
    "primary_email",
    "provenance",
    "random_password",
    "text",
    "unsupported",
    "urn",
    "usual_calls",
]
