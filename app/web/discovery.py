"""What a target does and what its resources look like (RFC 7644 §4)."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response, request

from app.scim import messages
from app.scim.bulk import MAX_OPERATIONS
from app.scim.errors import Forbidden, NotFound
from app.scim.meta import digest, etag
from app.scim.types import Document
from app.web import reading
from app.web.answers import answer, resource_answer
from app.web.listing import MAX_RESULTS
from app.web.scim import scim_blueprint

blueprint = scim_blueprint("discovery")


@blueprint.get("/ServiceProviderConfig")
def service_provider_config() -> Response:
    """RFC 7643 §5."""
    can_change = reading.target().mapping.passwords == "settable"
    config = messages.service_provider_config(
        reading.base_url(),
        bulk=True,
        change_password=can_change,
        max_results=MAX_RESULTS,
        max_operations=MAX_OPERATIONS,
        max_payload_size=reading.MAX_BODY,
    )
    return _one(config)


@blueprint.get("/ResourceTypes")
def resource_types() -> Response:
    """RFC 7643 §6."""
    return _all(each.document(reading.base_url()) for each in reading.target().listed.values())


@blueprint.get("/ResourceTypes/<name>")
def resource_type(name: str) -> Response:
    """One resource type by its name."""
    found = reading.target().listed.get(name)
    if found is None:
        raise NotFound(f"There is no resource type {name!r}.")
    return _one(found.document(reading.base_url()))


@blueprint.get("/Schemas")
def schemas() -> Response:
    """RFC 7643 §7."""
    return _all(_schemas().values())


@blueprint.get("/Schemas/<urn>")
def schema(urn: str) -> Response:
    """One schema by its URN, in any case (RFC 8141 §3.1)."""
    found = next((each for known, each in _schemas().items() if known.casefold() == urn.casefold()), None)
    if found is None:
        raise NotFound(f"There is no schema {urn!r}.")
    return _one(found)


# -- parts


@blueprint.before_request
def _refuse_filter() -> None:
    """RFC 7644 §4: a filter is 403 here, and what else a query may say is ignored."""
    if any(name.casefold() == "filter" for name in request.args):
        raise Forbidden("Discovery endpoints take no filter.")


def _schemas() -> dict[str, Document]:
    return messages.schema_documents(reading.base_url(), reading.target().published.values())


def _one(document: Document) -> Response:
    version = digest(document)
    return resource_answer(_versioned(document, version), version)


def _all(documents: Iterable[Document]) -> Response:
    found = [_versioned(each, digest(each)) for each in documents]
    return answer(messages.list_response(found, len(found)))


def _versioned(document: Document, version: str) -> Document:
    return {**document, "meta": {**document["meta"], "version": etag(version)}}
