"""What came of a replay, as data: what is printed, and what ``--json`` shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VendorCall:
    """One request that a vendor got; ``path`` is as the vendor's documents write it, if they know it."""

    method: str
    path: str
    status: int | None
    login: bool
    documented: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """One SCIM request, its answer, and the vendor calls between the two."""

    method: str
    path: str
    expected: int
    status: int
    detail: str
    ms: float
    calls: tuple[VendorCall, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the story; ``differences`` says in sentences what is not as it was asked for."""

    title: str
    exchanges: tuple[Exchange, ...]
    differences: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether every answer was the expected one and the vendor holds what was asked for by then."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class Row:
    """One person, side by side: what was asked for (a name of None: no access), and what the vendor holds.

    ``held_name`` is None without an account, and at a vendor that stores no names.
    """

    email: str
    asked_name: str | None
    asked_roles: tuple[str, ...]
    has_account: bool
    held_name: str | None
    held_roles: tuple[str, ...]
    agrees: bool


@dataclass(frozen=True, slots=True)
class Filling:
    """One group, side by side, where the vendor knows groups and no people: what should be in it, and what is.

    ``brought`` is what was not asked for by name and belongs to it; ``held`` is None if there is no such group.
    """

    group: str
    asked: tuple[str, ...]
    brought: tuple[str, ...]
    held: tuple[str, ...] | None
    agrees: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """One vendor as one identity provider drives it, from the connection test to the last step.

    ``compared`` is what the vendor stores of what was asked for, ``notes`` say in sentences what it does not. There
    are ``rows`` of people or ``fillings`` of groups. ``untouched`` is how many accounts the vendor had before, all
    of them still as they were; ``ids`` are the SCIM ids by name.
    """

    target: str
    vendor: str
    idp: str
    steps: tuple[Step, ...]
    compared: tuple[str, ...]
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    fillings: tuple[Filling, ...]
    untouched: int
    ids: Mapping[str, str]

    @property
    def agrees(self) -> bool:
        """Whether nothing at all differs."""
        return all(step.agrees for step in self.steps)

    @property
    def requests(self) -> int:
        """How many SCIM requests there were."""
        return sum(len(step.exchanges) for step in self.steps)

    @property
    def calls(self) -> int:
        """How many calls the vendor got, logins apart."""
        return self._count(lambda call: not call.login)

    @property
    def logins(self) -> int:
        """How many times the bridge logged in at the vendor."""
        return self._count(lambda call: call.login)

    @property
    def undocumented(self) -> int:
        """How many calls the vendor got that its documents do not know."""
        return self._count(lambda call: not call.documented)

    def _count(self, wanted: Callable[[VendorCall], bool]) -> int:
        return sum(wanted(call) for call in calls_of(self.steps))


def calls_of(steps: Iterable[Step]) -> list[VendorCall]:
    """Return the vendor calls of steps, in order."""
    return [call for step in steps for exchange in step.exchanges for call in exchange.calls]
