"""The SCIM bridge: directory, provisioning and the SCIM edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.config import Config


def _never() -> bool:
    return False


def create_app(config: Config, draining: Callable[[], bool] = _never) -> Flask:
    """Build the WSGI application that a configuration describes: the one way to assemble the bridge.

    While ``draining`` says so, ``/readyz`` answers 503 and everything else is served as ever.
    """
    from app.assembly import assemble  # noqa: PLC0415 -- so that the lower layers do not load the upper ones
    from app.logging import configure_logging  # noqa: PLC0415
    from app.web.application import application  # noqa: PLC0415

    configure_logging()
    return application(assemble(config), config.server, draining)
