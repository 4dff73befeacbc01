"""What a flow yields: documented calls, and the facts that follow from their answers."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from mappings.accounts import Group, User

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Variable:
    """A path segment whose value is known only after login, by name (Squirro's ``tenant``)."""

    name: str


EMPTY = Variable("")
"""A path segment with nothing in it: for documented paths that end in a slash or hold two in a row."""


@dataclass(frozen=True, slots=True)
class Call:
    """One documented vendor request, as data.

    ``path`` is a list of segments below the target's ``base_url``; each is percent-encoded as one segment.
    At most one of ``json`` and ``form`` is the body. ``repeatable`` says whether sending it twice does no
    more than sending it once. ``answer`` is what the documents promise back: a JSON body, or nothing.
    ``planned`` is the answer that a plan gives instead of sending. ``basic_auth`` is used by logins only.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: tuple[str | Variable, ...]
    meaning: str
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    basic_auth: tuple[str, str] | None = field(default=None, repr=False)
    repeatable: bool = True
    answer: Literal["json", "nothing"] = "json"
    planned: Any = None

    @property
    def shown_path(self) -> str:
        """The path for people: a variable by its name in braces, nothing encoded."""
        return "/".join(("", *map(_shown, self.path)))


def _shown(part: str | Variable) -> str:
    return part if isinstance(part, str) else f"{{{part.name}}}" if part.name else ""


@dataclass(frozen=True, slots=True)
class Applied:
    """A fact: what the calls answered so far have made true. Yielded after each call that changed something.

    ``fields`` are merged over those known before; ``roles_added`` and ``roles_removed`` are vendor ids;
    ``members`` are the vendor ids of the users that a new group was created with.
    """

    vendor_id: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    roles_added: frozenset[str] = frozenset()
    roles_removed: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Gone:
    """A fact: the account or role does not exist at the vendor (any more)."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A create is about to be sent. The driver makes this durable before it goes on.

    A mapping whose proof of ownership needs what it saw before its create yields one too, with that in the
    ``fields``: ``find_group`` and ``created_group`` are then given this account.
    """

    account: User | Group


@dataclass(frozen=True, slots=True)
class Login:
    """What a login flow returns: headers for every call, and values for the path's variables."""

    headers: Mapping[str, str] = field(repr=False)
    variables: Mapping[str, str] = field(default_factory=dict)


Step = Call | Applied | Gone | Intent
Flow = Generator[Step, Any, T]


def at_once(value: T) -> Flow[T]:
    """Return ``value`` as a flow that needs no call."""
    return value
    yield
