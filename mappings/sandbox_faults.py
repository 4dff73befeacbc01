"""Faults that a sandbox plays when told to: what a vendor or the network between does on a bad day."""

import threading
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from mappings.sandbox_fields import NUMBER, TEXT, Fields, one_of

FIELDS = Fields(
    required={"kind": one_of("status", "garbage", "hang", "drop", "lose")},
    optional=dict.fromkeys(("method", "path", "retry_after", "body"), TEXT)
    | dict.fromkeys(("count", "skip", "status", "seconds"), NUMBER),
)


@dataclass(slots=True)
class Fault:
    """One rule: the next `count` calls that match, after `skip` of them have passed, meet this fault.

    * `status`: answered with `status` and, if given, `Retry-After` and a JSON `body`; the call is not applied
    * `garbage`: answered 200 with an HTML page, as a proxy does; the call is not applied
    * `hang`: kept waiting for `seconds`, then applied and answered: the client may have gone by then
    * `drop`: the connection is closed before the call is applied
    * `lose`: the call is applied, then the connection is closed without an answer

    `method` and `path` are shell patterns; `path` is matched as it was sent: percent-encoded, without query.
    """

    kind: str
    method: str = "*"
    path: str = "*"
    count: int = 1
    skip: int = 0
    status: int = 503
    retry_after: str | None = None
    body: str | None = None
    seconds: float = 60.0

    def __post_init__(self) -> None:
        given = {name: value for name, value in asdict(self).items() if value is not None}
        if problem := FIELDS.problem(given):
            raise ValueError(problem)

    def matches(self, method: str, path: str) -> bool:
        """Say whether this rule is about such a call."""
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.path)


class Faults:
    """The rules still to be played, first come first served."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, kind: str, **rule: Any) -> None:
        """Queue one rule, see `Fault`; ValueError or TypeError for one that cannot be."""
        fault = Fault(kind, **rule)
        with self._lock:
            self._rules.append(fault)

    def clear(self) -> None:
        """Forget the rules; a call that hangs already goes on hanging."""
        with self._lock:
            self._rules.clear()

    def pending(self) -> list[dict[str, Any]]:
        """Show the rules still to be played."""
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def take(self, method: str, path: str) -> Fault | None:
        """Find the fault that this call meets, and count it off."""
        with self._lock:
            for rule in self._rules:
                if not rule.matches(method, path):
                    continue
                if rule.skip:
                    rule.skip -= 1
                    return None
                rule.count -= 1
                if rule.count <= 0:
                    self._rules.remove(rule)
                return rule
            return None
