"""One call as the documents have it: the row of the table, how a request is read, how an answer is written.

Errors: RefusedError (the documents let the vendor say no)
        └── UndocumentedError (the call is not in the documents, or not in that form)
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from werkzeug.wrappers import Request, Response

from mappings.sandbox_fields import Fields, unique

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

NOTHING = Fields()

_BROKEN_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_SECRET = re.compile("password|secret|token|api_key", re.IGNORECASE)


class RefusedError(Exception):
    """The vendor's no: an HTTP status and a reason, written in the vendor's error shape."""

    documented = True

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class UndocumentedError(RefusedError):
    """The documents know no such call, or not in that form."""

    documented = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented call, and the method of the sandbox that carries it out.

    A placeholder in `path` stands for one percent-encoded segment. The handler receives, in this order: each
    placeholder, or what the sandbox's `find_<placeholder>` makes of it (a record, or a 404); the body, if the
    table names one; the query as keywords. A placeholder with a leading underscore is checked and not handed
    on. `content_type` is required of the request when given, and is JSON where there is a body. `admitted_by`
    names the method that decides who may call.
    """

    method: str
    path: str
    handler: str
    body: Fields | None = None
    query: Fields = NOTHING
    content_type: str | None = None
    status: int = 200
    admitted_by: str = "authenticate"

    def match(self, segments: list[str]) -> list[tuple[str, str]] | None:
        """Pair the placeholders with decoded `segments`, or None when this is not the path."""
        template = self.path.split("/")
        if len(template) != len(segments):
            return None
        found = []
        for expected, segment in zip(template, segments, strict=True):
            if expected.startswith("{") and segment:
                found.append((expected.strip("{}"), segment))
            elif expected != segment:
                return None
        return found


@dataclass(frozen=True, slots=True)
class Entry:
    """One call in the journal: `path` as it was sent, secrets masked, `status` None if no answer went out."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    status: int | None
    documented: bool
    reason: str | None = None
    fault: str | None = None


def raw_path(request: Request) -> str:
    """Return the path as it was sent, still percent-encoded, without the query."""
    # PATH_INFO is decoded already: a %2F in it can no longer be told from a slash
    uri: str = request.environ.get("REQUEST_URI") or request.environ["RAW_URI"]
    return re.sub("^https?://[^/]*", "", uri).partition("?")[0]


def split_path(path: str) -> list[str]:
    """Decode each segment on its own; UndocumentedError for a percent sign that escapes nothing."""
    if _BROKEN_ESCAPE.search(path):
        raise UndocumentedError(400, "the path is not percent-encoded")
    return [unquote(segment) for segment in path.split("/")]


def read_query(request: Request, documented: Fields) -> dict[str, str]:
    """Return the query parameters; UndocumentedError for one that is not documented or comes twice."""
    try:
        values = unique(request.args.items(multi=True))
    except ValueError as error:
        raise UndocumentedError(400, f"query parameter {error}") from error
    if problem := documented.problem(values):
        raise UndocumentedError(400, f"query parameter {problem}")
    return values


def read_body(mimetype: str, data: bytes, operation: Operation) -> Any:
    """Return the body that `operation` documents; UndocumentedError for any other form."""
    expected = operation.content_type or (JSON if operation.body else None)
    if expected and mimetype != expected:
        raise UndocumentedError(400, f"Content-Type must be {expected}")
    if operation.body is None:
        if data:
            raise UndocumentedError(400, "no body is documented here")
        return None
    try:
        body = _parsed(mimetype, data)
    except ValueError as error:
        raise UndocumentedError(400, f"the body cannot be read: {error}") from error
    if not isinstance(body, dict):
        raise UndocumentedError(400, "the body must be an object")
    if problem := operation.body.problem(body):
        raise UndocumentedError(400, problem)
    return body


def _parsed(mimetype: str, data: bytes) -> Any:
    if mimetype == FORM:
        return unique(parse_qsl(data.decode(), keep_blank_values=True))
    return json.loads(data, object_pairs_hook=unique)


def journal_body(mimetype: str, data: bytes) -> Any:
    """Show whatever came as a body, secrets masked."""
    if not data:
        return None
    try:
        return masked(_parsed(mimetype, data))
    except ValueError:
        return f"({len(data)} bytes that cannot be read)"


def masked(value: Any) -> Any:
    """Replace what is named like a secret."""
    if isinstance(value, dict):
        return {name: "***" if _SECRET.search(name) else masked(each) for name, each in value.items()}
    return [masked(each) for each in value] if isinstance(value, list) else value


def answer(status: int, value: Any) -> Response:
    """Write `value` as JSON, or nothing at all for None."""
    if value is None:
        response = Response(status=status)
        del response.headers["Content-Type"]
        return response
    return Response(json.dumps(value), status, mimetype=JSON)
