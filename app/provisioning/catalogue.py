"""A target's catalogue: which roles and entitlements the vendor offers, remembered for a while.

Both lists cost one call each; so a thousand users who are given a role by name cost one look, not a thousand, and
so do a thousand readers at one time: one of them reads the list, the others wait for what it finds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from app.scim.catalogue import resource_id
from mappings import Entry, Flow, Mapping, Unavailable, Unknown, VendorError

FRESH_SECONDS = 300.0
"""How long a list is taken for true."""
LOOK_AGAIN_SECONDS = 15.0
"""How soon a list is read again because it lacks what somebody asks for."""
WAIT_SECONDS = 25.0
"""How long to wait for a list that somebody else is reading."""

Entries = tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class _List:
    entries: Entries
    read_at: float


class Catalogue:
    """What one vendor account offers. Safe to use from many threads; ``clock`` is monotonic, in seconds.

    ``configured`` are the roles that the role table names, which count where the vendor cannot list them all.
    """

    def __init__(
        self, mapping: Mapping, configured: Iterable[str] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._mapping = mapping
        self._configured = frozenset(configured) if mapping.role_names_are_ids else frozenset()
        self._clock = clock
        self._lists: dict[str, _List] = {}
        self._being_read: dict[str, Future[Entries]] = {}
        self._lock = threading.Lock()

    def roles(self, younger_than: float = FRESH_SECONDS) -> Flow[Entries]:
        """Return the roles, from memory or by one call."""
        return (yield from self._entries("Roles", self._mapping.roles, younger_than))

    def entitlements(self, younger_than: float = FRESH_SECONDS) -> Flow[Entries]:
        """Return the entitlements, from memory or by one call."""
        return (yield from self._entries("Entitlements", self._mapping.entitlements, younger_than))

    def resolve(self, values: Iterable[str]) -> Flow[dict[str, str | None]]:
        """Return the vendor ids of the roles that these values name; ``None`` for what the vendor does not have."""
        wanted = set(values)
        found = self.remembered(wanted)
        for age in (FRESH_SECONDS, LOOK_AGAIN_SECONDS):
            if found.keys() < wanted and self._mapping.role_values:
                yield from self.roles(age)
            if found.keys() < wanted and self._mapping.entitlement_values:
                yield from self.entitlements(age)
            found = self.remembered(wanted)
        return {value: found.get(value) for value in wanted}

    def remembered(self, values: Iterable[str]) -> dict[str, str]:
        """Return what can be said without a call: values that are ids by themselves, or are in a fresh list."""
        found = ((value, self._id(value)) for value in values)
        return {value: id_ for value, id_ in found if id_ is not None}

    def missing(self, values: Sequence[str]) -> Flow[list[str]]:
        """Return those of the values that do not name one thing at the vendor that a user can be given."""
        if not values:
            return []
        entries = (*(yield from self.roles()), *(yield from self.entitlements()))
        known = [entry for entry in entries if entry.supported]
        return [value for value in values if len(named(known, value)) != 1 and value not in self._configured]

    def entry(self, value: str) -> Entry | None:
        """Return the remembered entry of a role's vendor id, to say whether it can be assigned."""
        return next((entry for entry in self._assignable() if entry.value == value), None)

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the display names of those of these roles that are remembered."""
        wanted = set(ids)
        return {entry.value: entry.display for entry in self._assignable() if entry.value in wanted}

    def is_ambiguous(self, value: str) -> bool:
        """Whether several things that can be assigned have this name."""
        return len(named(self._assignable(), value)) > 1

    def _id(self, value: str) -> str | None:
        by_itself = self._mapping.role_of(value)
        if by_itself is not None:
            return by_itself
        found = named(self._assignable(), value)
        if found:
            return found[0].value if len(found) == 1 else None
        return value if value in self._configured else None

    def _assignable(self) -> list[Entry]:
        """Return what is remembered of the lists whose values mean roles; others may mean fields, or nothing."""
        means_roles = {"Roles": self._mapping.role_values, "Entitlements": self._mapping.entitlement_values}
        oldest = self._clock() - FRESH_SECONDS
        with self._lock:
            lists = [each for name, each in self._lists.items() if means_roles[name] and each.read_at >= oldest]
        return [entry for each in lists for entry in each.entries]

    def _entries(self, name: str, read: Callable[[], Flow[Sequence[Entry]]], younger_than: float) -> Flow[Entries]:
        if name not in self._mapping.catalogues:
            return ()
        with self._lock:
            known = self._lists.get(name)
            if known is not None and self._clock() - known.read_at < younger_than:
                return known.entries
            reading = self._being_read.get(name)
            if reading is None:
                own = self._being_read[name] = Future()
        if reading is not None:
            return _awaited(reading)
        try:
            entries = yield from _listed(read())
        except BaseException as failure:
            self._end(name, own, failure)
            raise
        self._end(name, own, entries)
        return entries

    def _end(self, name: str, reading: Future[Entries], outcome: Entries | BaseException) -> None:
        """Tell those who wait what came of it; a failure is not remembered."""
        with self._lock:
            del self._being_read[name]
            if isinstance(outcome, tuple):
                self._lists[name] = _List(outcome, self._clock())
        if isinstance(outcome, tuple):
            reading.set_result(outcome)
        else:
            given_up = Unavailable("the vendor's list of roles could not be read")
            reading.set_exception(outcome if isinstance(outcome, VendorError) else given_up)


def named(entries: Iterable[Entry], name: str) -> list[Entry]:
    """Return what an IdP means by a value: that itself, that with this resource id (Okta), or all of that name."""
    known = list(entries)
    for is_meant in (
        lambda entry: entry.value == name,
        lambda entry: resource_id(entry.value) == name,
        lambda entry: entry.display == name,
    ):
        found = [entry for entry in known if is_meant(entry)]
        if found:
            return found
    return []


def _listed(flow: Flow[Sequence[Entry]]) -> Flow[Entries]:
    """Run a mapping's flow; an answer it could not read, because it lacks what is documented, is no answer."""
    try:
        return tuple((yield from flow))
    except (LookupError, TypeError, ValueError, AttributeError) as odd:
        raise Unknown(f"the vendor's answer is not of the documented shape ({odd!r})") from odd


def _awaited(reading: Future[Entries]) -> Entries:
    """Wait for somebody else's call. Raises the vendor error that it ended with."""
    try:
        return reading.result(WAIT_SECONDS)
    except TimeoutError as late:
        raise Unavailable("the vendor's list of roles is still being read") from late
