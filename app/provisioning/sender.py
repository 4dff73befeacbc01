"""The one place where a call becomes an HTTP request, and an HTTP answer becomes an answer or an error.

Retries, time limits, login, tracing and redaction live here, once, outside every mapping.
"""

from __future__ import annotations

import base64
import math
import re
import threading
import time
from collections.abc import Callable
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import orjson
import requests
import stamina
import urllib3.exceptions

from app.provisioning.budget import Budget, NoPlace
from app.provisioning.driver import run
from app.provisioning.state import CallRecord
from mappings import (
    EMPTY,
    AuthFailed,
    Call,
    Conflict,
    Definite,
    Login,
    Mapping,
    NotFound,
    RateLimited,
    Rejected,
    Unavailable,
    Unknown,
    Variable,
    VendorError,
)

CONNECT_SECONDS = 5.0
ATTEMPTS = 2
LONGEST_REASON = 300
SHORTEST_SECRET = 4
"""Characters; replacing anything shorter would garble a text and hide nothing."""
LONGEST_WAIT = 24 * 60 * 60
"""Seconds; a vendor that asks for more is asked again all the same."""
NUMBER = re.compile(r"[0-9]{1,9}")
PRINTABLE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
NO_SEGMENTS = ("", ".", "..")
Trace = Callable[[CallRecord], None]


@dataclass(slots=True)
class _Sending:
    """How one call, with the login that it may need, is sent. ``unanswered``: it was, and may have happened."""

    call: Call
    trace: Trace
    deadline: float
    urgent: bool
    unanswered: bool = False

    @property
    def left(self) -> float:
        """The seconds until it is too late."""
        return self.deadline - time.monotonic()


REFUSALS: MappingABC[int, type[VendorError]] = {
    401: AuthFailed,
    404: NotFound,
    408: Unknown,  # the vendor gave up waiting for the request, or whoever stands before it did
    409: Conflict,
    425: Unknown,
    429: RateLimited,
}


class Sender:
    """Sends the calls of one target. Safe to use from many threads."""

    def __init__(
        self,
        target: str,
        mapping: Mapping,
        base_url: str,
        budget: Budget,
        *,
        timeout: float,
        verify: bool | str = True,
    ) -> None:
        self._budget = budget
        self._target = target
        self._mapping = mapping
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._verify = verify
        self._local = threading.local()
        self._login: Login | None = None
        self._login_lock = threading.Lock()
        self._secrets = [value for value in mapping.secrets.values() if value]

    def send(self, call: Call, trace: Trace, deadline: float, urgent: bool = False) -> Any:
        """Send one call when the target's budget has a place for it, and return its decoded answer.

        ``deadline`` is on the monotonic clock; ``urgent`` calls take access away and are sent before others. Raises
        the :class:`VendorError` that says what is known. An expired login is renewed once.
        """
        sending = _Sending(call, trace, deadline, urgent)
        try:
            return self._authorized(call, sending)
        except (NotFound, Conflict) as found:  # which say what is there now
            found.repeated = sending.unanswered
            raise
        except Definite as failure:  # of a repetition: the first time may have happened all the same
            if not sending.unanswered:
                raise
            raise Unknown(failure.detail, status=failure.status, retry_after=failure.retry_after) from failure

    # -- login

    def _authorized(self, call: Call, sending: _Sending) -> Any:
        login = self._logged_in(None, sending)
        try:
            return self._retried(call, login, sending)
        except AuthFailed:
            renewed = self._logged_in(login, sending)
            if renewed == login:  # a fixed key: asking again gets the same answer
                raise
            return self._retried(call, renewed, sending)

    def _logged_in(self, refused: Login | None, sending: _Sending) -> Login:
        """Return a login other than ``refused``; one thread logs in, the others wait for it."""
        if not self._login_lock.acquire(timeout=min(max(0.0, sending.left), threading.TIMEOUT_MAX)):
            raise self._too_late()
        try:
            if self._login is None or self._login is refused:
                self._login = self._log_in(sending)
            return self._login
        finally:
            self._login_lock.release()

    def _log_in(self, sending: _Sending) -> Login:
        nobody = Login({})
        try:
            login = run(self._mapping.login(), lambda call: self._retried(call, nobody, sending))
        except (Rejected, NotFound, Conflict) as refusal:
            raise AuthFailed(refusal.detail, status=refusal.status) from refusal
        except Unknown as lost:  # the login is lost, but the call it was for was never sent
            raise Unavailable(lost.detail, status=lost.status, retry_after=lost.retry_after) from lost
        except (LookupError, TypeError, ValueError, AttributeError) as odd:
            raise Unavailable(f"{self._target}: the answer to the login holds no token") from odd
        if not all(PRINTABLE.fullmatch(value) for value in login.headers.values()):
            raise Unavailable(f"{self._target}: the answer to the login holds a token that no header can carry")
        return login

    # -- one request

    def _retried(self, call: Call, login: Login, sending: _Sending) -> Any:
        attempts = ATTEMPTS if call.repeatable else 1
        for attempt in stamina.retry_context(
            on=_worth_repeating, attempts=attempts, wait_initial=0.1, wait_max=0.5
        ):
            with attempt:
                return self._once(call, login, sending)
        raise AssertionError("unreachable")

    def _once(self, call: Call, login: Login, sending: _Sending) -> Any:
        path = "/".join(_segment(part, login) for part in call.path)
        started, at = time.monotonic(), time.time()
        status: int | None = None
        error: str | None = None
        try:
            with self._budget.place(sending.deadline, urgent=sending.urgent):
                started, at = time.monotonic(), time.time()
                answer = self._exchange(call, path, login, sending)
            status = answer.status_code
            return self._read(call, login, answer)
        except NoPlace as late:
            raised = self._too_late()
            error = raised.detail
            raise raised from late
        except VendorError as failure:
            error = failure.detail
            sending.unanswered |= isinstance(failure, Unknown) and call is sending.call
            raise
        finally:
            ms = round((time.monotonic() - started) * 1000)
            sending.trace(CallRecord(call.method, f"/{path}", call.meaning, status, ms, error, at))

    def _exchange(self, call: Call, path: str, login: Login, sending: _Sending) -> requests.Response:
        left = sending.left
        if left <= 0:
            raise NoPlace(self._target)
        headers = {**login.headers, **call.headers}
        body = call.form
        if call.json is not None:
            headers["Content-Type"] = "application/json"
            body = orjson.dumps(call.json)  # type: ignore[assignment]
        try:
            return self._session.request(
                call.method,
                f"{self._base_url}/{path}",
                params=dict(call.query),
                data=body,
                headers=headers,
                auth=call.basic_auth,
                timeout=(min(CONNECT_SECONDS, left), min(self._timeout, left)),
                allow_redirects=False,
                verify=self._verify,
            )
        except requests.RequestException as failure:
            raise self._no_answer(failure) from failure

    def _too_late(self) -> Unavailable:
        return Unavailable(f"{self._target}: no time was left to call the vendor")

    def _no_answer(self, failure: requests.RequestException) -> VendorError:
        if _never_sent(failure):
            return Unavailable(f"{self._target}: no connection to {self._base_url}")
        if isinstance(failure, requests.Timeout):
            return Unknown(f"{self._target}: the vendor did not answer in time")
        return Unknown(f"{self._target}: the connection broke before the vendor's answer was complete")

    def _read(self, call: Call, login: Login, answer: requests.Response) -> Any:
        status = answer.status_code
        if 200 <= status < 300:
            plain = call.answer == "nothing" and answer.headers.get("Content-Type", "").startswith("text/plain")
            decoded = None if plain else self._decoded(answer)
            hidden = self._hidden_status(decoded, status)
            if hidden is None:
                return decoded
            status = hidden
        words = _short(self._redacted(_reason(answer), call, login))
        said = f"{self._target}: the vendor answered {status}{words} to '{call.meaning}'"
        if 400 <= status < 500:
            error = REFUSALS.get(status, Rejected)
            raise error(said, status=status, retry_after=_seconds(answer.headers))
        raise Unknown(said, status=status, retry_after=_seconds(answer.headers))

    def _hidden_status(self, decoded: Any, status: int) -> int | None:
        try:
            return self._mapping.hidden_status(decoded)
        except (LookupError, TypeError, ValueError, AttributeError) as odd:
            text = f"{self._target}: the vendor's answer {status} is not of the documented shape"
            raise Unknown(text, status=status) from odd

    def _decoded(self, answer: requests.Response) -> Any:
        if not answer.content:  # nothing said is not garbage; who needs the answer will miss it
            return None
        try:
            return orjson.loads(answer.content)
        except orjson.JSONDecodeError as garbage:
            text = f"{self._target}: the vendor answered {answer.status_code} with something that is not JSON"
            raise Unknown(text, status=answer.status_code) from garbage

    def _redacted(self, words: str, call: Call, login: Login) -> str:
        """Return a vendor's words without any secret that we sent and it may repeat."""
        body = {**(call.form or {}), **(call.json if isinstance(call.json, dict) else {})}
        passwords = [str(value) for name, value in body.items() if "password" in name]
        tokens = [value for name, value in login.headers.items() if name not in {"Accept", "Content-Type"}]
        headers = [part for value in tokens for part in (value, value.rpartition(" ")[2])]
        basic = [base64.b64encode(":".join(call.basic_auth).encode()).decode()] if call.basic_auth else []
        for secret in [*self._secrets, *passwords, *headers, *basic]:
            words = words.replace(secret, "***") if len(secret) >= SHORTEST_SECRET else words
        return words

    @property
    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False  # or ~/.netrc replaces our Authorization header
            self._local.session = session
        return session


def _reason(answer: requests.Response) -> str:
    """Return the vendor's own reason as it stands: some say what in one field and why in another."""
    try:
        body = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return ""
    given = [body.get(key) for key in ("error", "message", "detail")] if isinstance(body, dict) else []
    listed = body.get("error_list") if isinstance(body, dict) else None
    given += listed if isinstance(listed, list) else [listed]
    return ": ".join(dict.fromkeys(str(words) for words in given if words))


def _short(reason: str) -> str:
    """Return a reason in brackets, on one line, not too long."""
    printable = "".join(character if character.isprintable() else " " for character in reason)
    words = " ".join(printable.split())[:LONGEST_REASON]
    return f" ({words})" if words else ""


def _worth_repeating(error: Exception) -> bool:
    """Whether a repeatable call should be sent again at once: not after a time-out, which took long enough."""
    return isinstance(error, Unavailable | Unknown) and not isinstance(error.__cause__, requests.Timeout | NoPlace)


NEVER_SENT = (
    requests.ConnectTimeout,
    requests.exceptions.SSLError,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidURL,
)


def _never_sent(failure: requests.RequestException) -> bool:
    """Whether no connection was made, so that the vendor cannot have seen the request."""
    if isinstance(failure, NEVER_SENT):
        return True
    reason = getattr(failure.args[0] if failure.args else None, "reason", None)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)


def _segment(part: str | Variable, login: Login) -> str:
    if part is EMPTY:
        return ""
    text = login.variables[part.name] if isinstance(part, Variable) else part
    if text in NO_SEGMENTS:  # clients and servers take these away, however they are encoded
        raise Rejected(f"{text!r} cannot be part of a vendor's address")
    return quote(text, safe="")


def _seconds(headers: MappingABC[str, str]) -> int | None:
    """Return the seconds of a Retry-After header; nonsense counts as not given.

    It may be a moment: by the vendor's clock, as it stands in its Date header, whatever ours says.
    """
    header = headers.get("Retry-After")
    if header is None:
        return None
    if NUMBER.fullmatch(header):
        return min(int(header), LONGEST_WAIT)
    moment, present = _moment(header), _moment(headers.get("Date", ""))
    if moment is None:
        return None
    return min(max(1, math.ceil(moment - (present or time.time()))), LONGEST_WAIT)


def _moment(header: str) -> float | None:
    try:
        return parsedate_to_datetime(header).timestamp()
    except ValueError:
        return None
