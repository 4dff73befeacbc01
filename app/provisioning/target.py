"""A target: one configured vendor account, with everything that serves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from app.provisioning.budget import Budget
from app.provisioning.catalogue import Catalogue
from app.provisioning.dialects import Dialect
from app.provisioning.role_table import RoleTable
from app.provisioning.sender import Trace
from app.scim.schemas import ResourceType
from mappings import Call, Mapping


class Sends(Protocol):
    """What sends a vendor's calls."""

    def send(self, call: Call, trace: Trace, deadline: float, urgent: bool = ...) -> Any:
        """Send one call and return its decoded answer. Raises the ``VendorError`` that says what is known.

        ``urgent`` calls take access away: they go before others.
        """


@dataclass(frozen=True, slots=True)
class Target:
    """One vendor account as the bridge serves it; its SCIM base URL is ``/{name}/scim/v2``.

    ``types`` are what requests are read with, ``published`` what ``/Schemas`` shows: a vendor that cannot
    change a password does not publish one, and refuses one; ``listed`` is what ``/ResourceTypes`` lists of
    that. ``fingerprint`` is another one when the options or the role table, which decide what everybody should
    have, are others.
    """

    name: str
    fingerprint: str
    mapping: Mapping
    table: RoleTable
    catalogue: Catalogue
    sender: Sends
    budget: Budget
    dialect: Dialect
    on_outage: Literal["refuse", "queue"]
    adopt: Literal["never", "equal", "always"]
    tokens: dict[str, str]
    types: dict[str, ResourceType]
    published: dict[str, ResourceType]
    listed: dict[str, ResourceType]
