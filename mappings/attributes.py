"""A vendor's own attributes, beyond the SCIM core: what its extension schema is made of (RFC 7643 §3.3, §7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a vendor's extension of Users or Groups, as ``/Schemas`` publishes it.

    ``choices`` are published as ``canonicalValues``, and nothing else is accepted; so are ``examples``, where other
    values of their form are accepted too. An attribute that is ``read_only`` is shown and never written; ``parts``
    are the sub-attributes of a ``complex`` one.
    """

    name: str
    about: str
    type: Literal["string", "boolean", "integer", "complex"] = "string"
    multi_valued: bool = False
    choices: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    read_only: bool = False
    parts: tuple[Attribute, ...] = ()


def urn(vendor: str, kind: str) -> str:
    """Return the URN of a vendor's schema of a ``User`` or a ``Group``, in the form that Entra requires."""
    return f"urn:ietf:params:scim:schemas:extension:{vendor}:2.0:{kind}"
