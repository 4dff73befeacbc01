"""The argument that names a vendor."""

from __future__ import annotations

from typing import Any, NoReturn

import click

from mappings import discovery


class Vendor(click.ParamType[str]):
    """The name of a vendor that can be used now, with those of other packages."""

    name = "vendor"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> str:
        """Return the name; another one ends the command and is told which there are."""
        known = discovery.names()
        if value not in known:
            self._refuse(value, known, param, context)
        return str(value)

    def _refuse(
        self, value: str, known: list[str], param: click.Parameter | None, context: click.Context | None
    ) -> NoReturn:
        why = next((f": {each.why}" for each in discovery.broken() if each.vendor == value), "")
        self.fail(f"there is no vendor {value!r}{why}; there are: {', '.join(known)}", param, context)


VENDOR = Vendor()
