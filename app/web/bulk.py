"""``/Bulk``: many operations in one request (RFC 7644 §3.7)."""

from __future__ import annotations

from flask import Response

from app.provisioning.bulk import Bulk
from app.scim.bulk import bulk_response, parse_bulk
from app.web import reading
from app.web.answers import answer
from app.web.scim import scim_blueprint

blueprint = scim_blueprint("bulk")


@blueprint.post("/Bulk")
def bulk() -> Response:
    """RFC 7644 §3.7. What becomes of each operation is in the answer, which is 200 whatever that is."""
    asked = parse_bulk(reading.body())
    database, target = reading.bridge().database, reading.target()
    result = Bulk(database, target, reading.write_request()).run(asked)
    return answer(bulk_response(reading.base_url(), result.operations, result.outcomes))
