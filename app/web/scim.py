"""The SCIM base of a target, ``/{target}/scim/v2``: whose request it is, before any endpoint sees it."""

from __future__ import annotations

from flask import Blueprint, g
from werkzeug.routing import BaseConverter

from app.scim.errors import NotFound
from app.web import reading


class ResourceId(BaseConverter):
    """The id of a resource in a path: anything but ``.search``, which is an address of its own."""

    regex = r"(?!\.search$)[^/]+"


def scim_blueprint(name: str) -> Blueprint:
    """Make a blueprint under the base of a target; nobody gets in without a token of that target."""
    blueprint = Blueprint(name, __name__, url_prefix="/<target>/scim/v2")
    blueprint.url_value_preprocessor(_take_target)
    blueprint.before_request(_authenticate)
    return blueprint


def _take_target(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """Keep the target's name for this request, so that no endpoint needs to take it."""
    g.target = (values or {}).pop("target", "")
    if "\0" in (values or {}).get("id_", ""):
        raise NotFound("There is no such resource.")


def _authenticate() -> None:
    reading.target()
    reading.authenticate()
