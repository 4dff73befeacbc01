"""The SCIM bridge: directory, provisioning and the SCIM edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Config


def create_app(config: Config) -> Flask:
    """Build the WSGI application that a configuration describes: the one way to assemble the bridge."""
    from app.assembly import assemble  # noqa: PLC0415 -- so that the lower layers do not load the upper ones
    from app.logging import configure_logging  # noqa: PLC0415
    from app.web.application import application  # noqa: PLC0415

    configure_logging()
    return application(assemble(config), config.server)
