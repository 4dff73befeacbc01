"""Which vendors take part, as what, and what the audience is told about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.demo.story import FINANCE
from mappings import Mapping, Settings, discovery
from mappings.sandbox import Sandbox, create
from mappings.sandbox_offers import Offer

FULLEST = ("managed", "directory")
"""The choices of an option ``users`` that let users take part, the better one first."""


def vendors() -> dict[str, type[Mapping]]:
    """Return the vendors that can be emulated, with their mappings."""
    return {name: discovery.load(name) for name in discovery.names() if _can_be_emulated(name)}


def options(mapping: type[Mapping], sandbox: Sandbox) -> dict[str, Any]:
    """Return what a target is configured with: as much about users as the vendor's calls allow."""
    choices = next((option.choices for option in mapping.options if option.name == "users"), ())
    users = [choice for choice in FULLEST if choice in choices]
    return {**({"users": users[0]} if users else {}), **sandbox.options}


def configured(mapping: type[Mapping], sandbox: Sandbox) -> Mapping:
    """Return the mapping as the bridge has it for that target."""
    defaults = {option.name: option.default for option in mapping.options}
    return mapping(Settings(sandbox.credentials, {**defaults, **options(mapping, sandbox)}))


def for_leads(mapping: Mapping, sandbox: Sandbox) -> Offer | None:
    """Return what a row of the role table gives to a Team Lead."""
    offer = sandbox.offer
    return offer if offer and mapping.takes_roles and offer.attribute in ("roles", "entitlements") else None


def for_groups(mapping: Mapping, sandbox: Sandbox) -> Offer | None:
    """Return what a group can be made to contain by an attribute of its own."""
    names = {attribute.name for attribute in mapping.group_attributes}
    return sandbox.offer if sandbox.offer and sandbox.offer.attribute in names else None


def notes(mapping: Mapping, sandbox: Sandbox, *, stores_names: bool) -> Iterator[str]:
    """Say in sentences what is not as with the others."""
    default = next((option.default for option in mapping.options if option.name == "users"), mapping.users)
    option = f'by the option users = "{mapping.users}"; the default is "{default}".'
    if mapping.users == "directory":
        yield f"{mapping.calls['create user']}: Ada and Grace are kept in the bridge only, {option}"
    elif mapping.users != default:
        yield f"Accounts follow {option}"
    if mapping.users == "managed" and not stores_names:
        yield f"{mapping.title} stores no names: they stay in the bridge; accounts and roles are compared."
    offer = for_groups(mapping, sandbox)
    if offer is not None:
        yield (
            f"By hand, with the target's token: {offer.name} is looked up at /Entitlements and put into {FINANCE}. "
            "What it requires, the bridge adds, in the order in which the vendor takes it."
        )


def _can_be_emulated(vendor: str) -> bool:
    try:
        create(vendor)
    except ValueError:
        return False
    return True
