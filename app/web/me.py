"""``/Me``: a token stands for an identity provider, so that nobody is "me" (RFC 7644 §3.11)."""

from __future__ import annotations

from flask import Response

from app.scim.errors import NotSupported
from app.web.answers import answer
from app.web.scim import scim_blueprint

blueprint = scim_blueprint("me")


@blueprint.route("/Me", methods=["OPTIONS"])
@blueprint.route("/Me/<path:rest>", methods=["OPTIONS"])
def options(rest: str = "") -> Response:  # noqa: ARG001 -- part of the address
    """RFC 9110 §9.3.7: nothing but this can be done here."""
    return answer(None, 204, {"Allow": "OPTIONS"})


@blueprint.route("/Me", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], provide_automatic_options=False)
@blueprint.route(
    "/Me/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], provide_automatic_options=False
)
def not_offered(rest: str = "") -> Response:  # noqa: ARG001 -- part of the address
    """RFC 7644 §3.11: a service provider that does not know who asks answers 501."""
    raise NotSupported("/Me is not offered: a token stands for an identity provider, not for a user.")
