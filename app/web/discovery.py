"""What a target does and what its resources look like (RFC 7644 §4)."""

from __future__ import annotations

from flask import Response, request

from app.scim import messages
from app.scim.bulk import MAX_OPERATIONS
from app.scim.errors import Forbidden, NotFound, NotSupported
from app.web import reading
from app.web.answers import answer
from app.web.scim import scim_blueprint

blueprint = scim_blueprint("discovery")


@blueprint.get("/ServiceProviderConfig")
def service_provider_config() -> Response:
    """RFC 7643 §5."""
    _refuse_filter()
    can_change = reading.target().mapping.passwords == "settable"
    config = messages.service_provider_config(
        reading.base_url(),
        bulk=True,
        change_password=can_change,
        max_results=reading.MAX_RESULTS,
        max_operations=MAX_OPERATIONS,
        max_payload_size=reading.MAX_BODY,
    )
    return answer(config)


@blueprint.get("/ResourceTypes")
def resource_types() -> Response:
    """RFC 7643 §6."""
    _refuse_filter()
    return answer(messages.resource_types(reading.base_url(), reading.target().listed.values()))


@blueprint.get("/ResourceTypes/<name>")
def resource_type(name: str) -> Response:
    """One resource type by its name."""
    found = reading.target().listed.get(name)
    if found is None:
        raise NotFound(f"There is no resource type {name!r}.")
    return answer(found.document(reading.base_url()))


@blueprint.get("/Schemas")
def schemas() -> Response:
    """RFC 7643 §7."""
    _refuse_filter()
    return answer(messages.schemas(reading.base_url(), reading.target().published.values()))


@blueprint.get("/Schemas/<urn>")
def schema(urn: str) -> Response:
    """One schema by its URN."""
    found = messages.schema_documents(reading.base_url(), reading.target().published.values()).get(urn)
    if found is None:
        raise NotFound(f"There is no schema {urn!r}.")
    return answer(found)


@blueprint.route("/Me", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def not_offered() -> Response:
    """RFC 7644 §3.11: a service provider that knows no authenticated subject answers /Me with 501."""
    raise NotSupported("This is not offered, as ServiceProviderConfig says.")


def _refuse_filter() -> None:
    """RFC 7644 §4: a filter on a discovery endpoint is 403."""
    if "filter" in request.args:
        raise Forbidden("Discovery endpoints take no filter.")
