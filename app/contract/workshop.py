"""What a rung stands on: benches for one vendor, each with a database of its own, and all gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from structlog.testing import LogCapture

from app.contract.bench import Answer, Bench
from app.contract.documents import GROUP, add, person
from app.contract.promises import expect
from app.directory import migrate
from app.directory.database import Database
from mappings import Mapping, discovery

FINANCE, ENGINEERING = "Finance", "Engineering"
"""Two groups that every sandbox lets the identity provider push."""
NEVER_ENDS = 10**9
WRITES = "[PD]*"
"""As the method of a fault: POST, PUT, PATCH and DELETE."""


class Workshop:
    """Makes benches for one vendor. ``logs`` is what they have logged."""

    def __init__(self, vendor: str, folder: Path) -> None:
        self.vendor = vendor
        self.mapping: type[Mapping] = discovery.load(vendor)
        self.folder = folder
        self._logs = LogCapture()
        self._benches: list[Bench] = []

    def bench(self, **settings: Any) -> Bench:
        """Return a new bench with the options' defaults; see :class:`Bench` for the settings."""
        path = self.folder / f"{len(self._benches)}.db"
        path.write_bytes(_migrated())
        bench = Bench(self.vendor, f"sqlite:///{path}", **settings)
        *processors, _ = structlog.get_config()["processors"]  # the last one prints
        structlog.configure(processors=[*processors, self._logs])
        self._benches.append(bench)
        return bench

    def hiring(self, **settings: Any) -> Bench:
        """Return a bench whose vendor follows Users, with members of groups."""
        options = {**self._managed, **settings.pop("options", {})}
        return self.bench(options=options, **settings)

    def unconfigured(self) -> Bench:
        """Return a bench on which the option ``users``, if there is one, has its default."""
        choices = self.choices("users")
        return self.bench(options={"users": choices[0]} if choices else {})

    @property
    def logs(self) -> str:
        """All that was logged, as one text."""
        return str(self._logs.entries)

    @property
    def user_choices(self) -> tuple[str, ...]:
        """What the option ``users`` can be; a mapping without that option manages them."""
        option = next((option for option in self.mapping.options if option.name == "users"), None)
        return option.choices if option else ("managed",)

    @property
    def manages_users(self) -> bool:
        """Whether the vendor's accounts can follow Users at all."""
        return "managed" in self.user_choices

    @property
    def manages_by_option(self) -> bool:
        """Whether they can, and do not by default."""
        return self.manages_users and self.choices("users")[:1] not in ((), ("managed",))

    def choices(self, option: str) -> tuple[Any, ...]:
        """Return what an option can be, with its default first; nothing if the mapping has no such option."""
        found = next((each for each in self.mapping.options if each.name == option), None)
        if found is None:
            return ()
        choices: tuple[Any, ...] = (False, True) if found.kind is bool else found.choices
        return tuple(sorted(choices, key=lambda choice: choice != found.default))

    def close(self, *, examine: bool = True) -> None:
        """Stop all benches; first ``examine`` what must be true of each of them."""
        try:
            for bench in self._benches if examine else ():
                bench.recover()
                bench.check()
        finally:
            for bench in reversed(self._benches):
                bench.close()

    @property
    def _managed(self) -> dict[str, Any]:
        return {"users": "managed"} if "managed" in self.choices("users") else {}


@cache
def _migrated() -> bytes:
    """Return an empty database, migrated: made once, copied for each bench."""
    with TemporaryDirectory(prefix="scim-bridge-contract-") as folder:
        path = Path(folder) / "template.db"
        database = Database(f"sqlite:///{path}")
        migrate.upgrade(database)
        with database.engine.connect() as connection:  # one file, nothing beside it
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        return path.read_bytes()


@contextmanager
def workshop(vendor: str) -> Iterator[Workshop]:
    """Open a workshop; in the end, unless something went wrong already, look at what must always be true."""
    logging = structlog.get_config()
    with TemporaryDirectory(prefix="scim-bridge-contract-", ignore_cleanup_errors=True) as folder:
        made = Workshop(vendor, Path(folder))
        try:
            yield made
        except BaseException:
            made.close(examine=False)
            raise
        else:
            made.close()
        finally:
            structlog.configure(**logging)


# -- what the rungs do with a bench


def members(bench: Bench, name: str = FINANCE) -> set[str]:
    """Return who is in a group at the vendor, by e-mail."""
    found = [group for group in bench.sandbox.groups() if group["name"] == name]
    return {member for group in found for member in group["members"]}


def groups_named(bench: Bench, name: str = FINANCE) -> int:
    """Return how many groups of a name the vendor has."""
    return sum(group["name"] == name for group in bench.sandbox.groups())


def holds(bench: Bench, email: str, name: str = FINANCE) -> bool:
    """Say whether an account has the role or group of a name at the vendor."""
    account = bench.account(email)
    return account is not None and name in account["roles"]


def join(bench: Bench, group: str, *users: str) -> None:
    """Add members."""
    answer = bench.patch(f"/Groups/{group}", add(*users))
    expect(answer.status == 204, f"a member cannot be added: {said(answer)}")


def send_something(shop: Workshop, bench: Bench, name: str = "carl") -> Answer:
    """Create a user; or, where the vendor has none, a group: the write that surely reaches the vendor."""
    if shop.manages_users:
        return bench.post("/Users", person(name))
    return bench.post("/Groups", {"schemas": [GROUP], "displayName": FINANCE})


def everything(bench: Bench) -> tuple[Any, ...]:
    """Return all that the identity provider can read."""
    return bench.everything("/Users"), bench.everything("/Groups")


def said(answer: Answer) -> str:
    """Return an answer in short, for a sentence about it."""
    detail = answer.body.get("detail", "") if isinstance(answer.body, dict) else ""
    return f"{answer.status} {detail}".strip()
