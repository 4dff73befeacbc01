"""What each vendor documents, as data and small generators: see :mod:`mappings.mapping` for the contract.

A vendor is a folder here and nothing else. These names are all that a vendor's module needs.
"""

from mappings.accounts import Change, Group, User, difference
from mappings.attributes import Attribute
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
from mappings.settings import Setting, Settings

__all__ = [
    "EMPTY",
    "Applied",
    "Attribute",
    "AuthFailed",
    "Call",
    "Change",
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
    "NotFound",
    "Passwords",
    "Protected",
    "RateLimited",
    "Readers",
    "Rejected",
    "Setting",
    "Settings",
    "Unavailable",
    "Unknown",
    "Unsupported",
    "User",
    "Variable",
    "VendorError",
    "at_once",
    "difference",
    "unsupported",
]
