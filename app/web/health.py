"""``/healthz``: the process is up. ``/readyz``: it can serve."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from app.assembly import Bridge
from app.directory import migrate

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200 while the process runs."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Answer 200 if the database can be read and has a schema that this version works with, and nobody stops it."""
    bridge: Bridge = current_app.extensions["bridge"]
    if current_app.extensions["draining"]():
        return jsonify(status="draining", targets=sorted(bridge.targets)), 503
    try:
        state = "ok" if migrate.is_current(bridge.database) else "needs 'scim-bridge db upgrade'"
    except migrate.Newer as newer:
        state = str(newer)
    except SQLAlchemyError as failure:
        state = f"unreachable ({type(failure).__name__})"
    ready = state == "ok"
    body = jsonify(status="ok" if ready else "unready", database=state, targets=sorted(bridge.targets))
    return body, 200 if ready else 503
