"""What an IdP is told where users do not reach the vendor: the mapping's fact, and what it means here."""

from __future__ import annotations

from mappings import Mapping

CHOICES = {"directory": "to keep them in the bridge alone", "managed": "to let accounts follow"}


def refusal(mapping: Mapping) -> str:
    """Return why users and members are refused, and which choices of the option ``users`` would take them."""
    option = next((setting for setting in mapping.options if setting.name == "users"), None)
    offered = [choice for choice in CHOICES if option is not None and choice in option.choices]
    ways = ", or ".join(f'to "{choice}" {CHOICES[choice]}' for choice in offered)
    return f"{mapping.no_users}." + (f" Set the option users of the target {ways}." if ways else "")


def kept(mapping: Mapping) -> str:
    """Return why what is kept in the bridge goes no further, as the end of a sentence."""
    return f"kept in the bridge only: {mapping.no_users}"
