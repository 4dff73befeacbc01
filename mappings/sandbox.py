"""The frame of every sandbox: a strict emulator of one vendor's documented API, served over real HTTP.

A vendor's `sandbox.py` adds a table of documented operations and one short method for each. The frame
refuses what the table does not hold, writes a journal, plays faults, and answers these on the same address,
so that another process can watch and drive it (they are not part of any vendor's API):

    GET    /__sandbox__/state     users, groups, faults still to be played, number of undocumented calls
    GET    /__sandbox__/journal   every call so far          DELETE  empties it
    POST   /__sandbox__/faults    one rule, see `Fault`      DELETE  forgets them
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import asdict, dataclass
from random import Random
from typing import Any, ClassVar
from wsgiref.types import WSGIApplication

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from mappings import discovery
from mappings.sandbox_calls import (
    Entry,
    Operation,
    RefusedError,
    UndocumentedError,
    answer,
    journal_body,
    masked,
    raw_path,
    read_body,
    read_query,
    split_path,
)
from mappings.sandbox_faults import Fault, Faults
from mappings.sandbox_offers import Offer

_CONTROL = "/__sandbox__/"
_PROXY_PAGE = "<html><body><h1>It works!</h1></body></html>"


@dataclass(slots=True)
class _Token:
    owner: str
    born: float
    calls: int = 0


class Tokens:
    """Access tokens that live for so many seconds and so many calls; None is for ever."""

    def __init__(self, clock: Callable[[], float], seconds: float | None, calls: int | None) -> None:
        self._clock = clock
        self._seconds = seconds
        self._calls = calls
        self._issued: dict[str, _Token] = {}

    def issue(self, text: str, owner: str) -> str:
        """Remember the token `text` as the owner's, from now."""
        self._issued[text] = _Token(owner, self._clock())
        return text

    def owner(self, text: str) -> str | None:
        """Say whose token it is and count one call; None for one that is unknown, too old or used up."""
        token = self._issued.get(text)
        if token is None:
            return None
        token.calls += 1
        old = self._seconds is not None and self._clock() - token.born >= self._seconds
        used_up = self._calls is not None and token.calls > self._calls
        return None if old or used_up else token.owner

    def issued(self) -> list[str]:
        """Return every token there is, to look for where none should be."""
        return list(self._issued)

    def revoke_all(self) -> None:
        """Forget every token, as a vendor may when it restarts."""
        self._issued.clear()


class Sandbox:
    """What every vendor's sandbox is; safe to call from many threads.

    A subclass gives `vendor`, `operations`, `credentials` (what lets a target in, in the vendor's words),
    `options` (what a target needs to work with the seed data), the handlers, `authenticate`, `list_users` and
    `list_groups`, and an `offer` if the seed data have something to give away for show. Handlers run one at a
    time and raise RefusedError; `self.caller` is what the operation's `admitted_by` method returned. The same
    `random` gives the same ids.
    """

    vendor: ClassVar[str]
    operations: ClassVar[tuple[Operation, ...]]
    offer: ClassVar[Offer | None] = None

    def __init__(self, *, random: Random | None = None, clock: Callable[[], float] = time.time) -> None:
        self.random = random or Random(0)
        self.clock = clock
        self.credentials: dict[str, str] = {}
        self.options: dict[str, Any] = {}
        self.journal: list[Entry] = []
        self.faults = Faults()
        self.caller: Any = None
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._server: BaseWSGIServer | None = None

    # What a vendor fills in

    def authenticate(self, request: Request) -> Any:
        """Return who calls, or raise RefusedError."""
        raise NotImplementedError

    def anybody(self, request: Request) -> None:
        """Admit a call that needs no credentials."""

    def error_body(self, reason: str) -> dict[str, Any]:
        """Write an error in the vendor's shape."""
        return {"error": reason}

    def refuse(self, refusal: RefusedError) -> Response:
        """Answer a call with the vendor's no."""
        return answer(refusal.status, self.error_body(refusal.reason))

    def perform(self, operation: Operation, arguments: list[Any], query: dict[str, str]) -> Any:
        """Carry the call out and return the answer's JSON, or None for an empty one."""
        return getattr(self, operation.handler)(*arguments, **query)

    def list_users(self) -> Iterable[dict[str, Any]]:
        """See `users`."""
        raise NotImplementedError

    def list_groups(self) -> Iterable[dict[str, Any]]:
        """See `groups`."""
        raise NotImplementedError

    # What a test, a demo or a command uses

    def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serve on a thread and return the base URL; OSError if the port is taken. State outlives `stop`."""
        self._stopping = threading.Event()
        with socket.create_server((host, port), backlog=128) as listener:
            self._server = make_server(
                host, port, self.wsgi(), threaded=True, request_handler=_Connection, fd=listener.fileno()
            )
        threading.Thread(target=self._server.serve_forever, args=(0.004,), daemon=True).start()
        return f"http://{host}:{self._server.port}"

    def stop(self) -> None:
        """Stop serving; a call that hangs is dropped unapplied."""
        self._stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def wsgi(self) -> WSGIApplication:
        """Return the application. The faults `drop` and `lose` need the server of `start`."""
        return Request.application(self._respond)

    def users(self) -> list[dict[str, Any]]:
        """Show every account: `id` (as in the vendor's paths), `key` (e-mail), `fields`, `roles` (names).

        Where there is anything else to be given, `grants` names it.
        """
        with self._lock:
            return deepcopy(list(self.list_users()))

    def groups(self) -> list[dict[str, Any]]:
        """Show every role or group: `id`, `name` and `members` (e-mails).

        Where it contains what the vendor gives to nobody directly, `grants` names that.
        """
        with self._lock:
            return deepcopy(list(self.list_groups()))

    @property
    def undocumented(self) -> list[Entry]:
        """The calls that no document covers; a mapping makes none."""
        return [entry for entry in self.journal if not entry.documented]

    def state(self) -> dict[str, Any]:
        """Show what the vendor holds now."""
        return {
            "vendor": self.vendor,
            "users": self.users(),
            "groups": self.groups(),
            "undocumented": len(self.undocumented),
            "faults": self.faults.pending(),
        }

    # One call

    def _respond(self, request: Request) -> Response:
        path = raw_path(request)
        if path.startswith(_CONTROL):
            return self._control(request, path)
        data = request.get_data()
        fault = self.faults.take(request.method, path)
        if fault and fault.kind == "hang" and self._stopping.wait(fault.seconds):
            raise ConnectionAbortedError("the sandbox stops")
        with self._lock:
            response, refusal = self._answer(request, path, data, fault)
            silent = fault is not None and fault.kind in ("drop", "lose")
            self.journal.append(
                Entry(
                    request.method,
                    path,
                    masked(dict(request.args.items())),
                    journal_body(request.mimetype, data),
                    None if silent else response.status_code,
                    refusal is None or refusal.documented,
                    refusal.reason if refusal else None,
                    fault.kind if fault else None,
                )
            )
        if silent:
            raise ConnectionAbortedError("a fault says so")
        return response

    def _answer(
        self, request: Request, path: str, data: bytes, fault: Fault | None
    ) -> tuple[Response, RefusedError | None]:
        try:
            operation, segments = self._match(request.method, path)
            query = read_query(request, operation.query)
            body = read_body(request.mimetype, data, operation)
            if fault and fault.kind in ("status", "garbage", "drop"):
                return self._instead(fault), None
            self.caller = getattr(self, operation.admitted_by)(request)
            arguments = self._found(segments) + ([] if operation.body is None else [body])
            return answer(operation.status, self.perform(operation, arguments, query)), None
        except RefusedError as refusal:
            return self.refuse(refusal), refusal

    def _match(self, method: str, path: str) -> tuple[Operation, list[tuple[str, str]]]:
        segments = split_path(path)
        matches = [(each, found) for each in self.operations if (found := each.match(segments)) is not None]
        for operation, found in matches:
            if operation.method == method:
                return operation, found
        if matches:
            raise UndocumentedError(405, f"{method} is not documented for this path")
        raise UndocumentedError(404, "no such path is documented")

    def _found(self, segments: list[tuple[str, str]]) -> list[Any]:
        found = []
        for name, segment in segments:
            find = getattr(self, f"find_{name.lstrip('_')}", str)
            value = find(segment)
            if not name.startswith("_"):
                found.append(value)
        return found

    def _instead(self, fault: Fault) -> Response:
        if fault.kind == "garbage":
            return Response(_PROXY_PAGE, 200, mimetype="text/html")
        response = self.refuse(RefusedError(fault.status, "the sandbox was told to fail"))
        if fault.body is not None:
            response.set_data(fault.body)
        if fault.retry_after is not None:
            response.headers["Retry-After"] = fault.retry_after
        return response

    # Driven from another process

    def _control(self, request: Request, path: str) -> Response:
        match request.method, path.removeprefix(_CONTROL):
            case "GET", "state":
                return answer(200, self.state())
            case "GET", "journal":
                return answer(200, [asdict(entry) for entry in list(self.journal)])
            case "DELETE", "journal":
                self.journal.clear()
                return answer(204, None)
            case "POST", "faults":
                return self._add_fault(request.get_data())
            case "DELETE", "faults":
                self.faults.clear()
                return answer(204, None)
            case _:
                return answer(404, {"error": "no such control"})

    def _add_fault(self, data: bytes) -> Response:
        try:
            self.faults.add(**json.loads(data))
        except (TypeError, ValueError) as error:
            return answer(400, {"error": str(error)})
        return answer(201, self.faults.pending())


def create(vendor: str, **settings: Any) -> Sandbox:
    """Make the sandbox that lies beside a vendor's mapping: `sandbox.py`, which binds its class as `SANDBOX`.

    `settings` go to that class. ValueError if the vendor has none.
    """
    try:
        module = discovery.beside(vendor, "sandbox")
    except KeyError as error:
        raise ValueError(f"there is no sandbox of {vendor!r}") from error
    except ModuleNotFoundError as error:
        if error.name is None or error.name.rpartition(".")[2] != "sandbox":
            raise
        raise ValueError(f"there is no sandbox of {vendor!r}") from error
    sandbox: Sandbox = module.SANDBOX(**settings)
    return sandbox


class _Connection(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        # HTTP/1.1 would wait here for the client's next request
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the journal has it."""
