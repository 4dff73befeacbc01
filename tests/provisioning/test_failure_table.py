"""The table of docs/operations.md, row by row, at every vendor: what each failure of a vendor is answered with.

One bridge a vendor meets all rows, in turns with a write that gives and one that takes away; the next vendor meets
them the other way round. How each write ends that fails at each of its calls is in ``test_faults.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.bridge import Answer, add, replace
from tests.provisioning.writes import (
    ADD,
    CREATE,
    CREATE_GROUP,
    DEACTIVATE,
    DELETE_GROUP,
    NEVER_ENDS,
    REACTIVATE,
    REMOVE,
    RENAME,
    RENAME_GROUP,
    WRITES_ONLY,
    World,
    Write,
)

ASKED = 10
"""The seconds of a Retry-After where the vendor names none that can be used."""
LONGEST = 24 * 60 * 60
SAYS = "told to fail"


@dataclass(frozen=True, slots=True)
class Row:
    """``statuses`` that may be answered, the Retry-After with it, and whether the vendor's words are told."""

    name: str
    fault: dict[str, Any]
    statuses: frozenset[int]
    retry_after: int | None = None
    words: str = SAYS


def _status(status: int, *answered: int, asks: str | None = None, told: int | None = None) -> Row:
    fault = {"kind": "status", "status": status, "retry_after": asks}
    return Row(f"{status}, Retry-After: {asks}", fault, frozenset(answered), told)


def _body(text: str, *answered: int, told: int | None = None, words: str = "") -> Row:
    return Row(text, {"kind": "status", "status": 200, "body": text}, frozenset(answered), told, words)


ROWS = (
    _status(400, 400),
    _status(401, 502),
    _status(403, 403),
    _status(404, 400),
    _status(408, 503, told=ASKED),
    _status(409, 400, 409),
    _status(422, 400),
    _status(429, 429, told=ASKED),
    _status(429, 429, asks="77", told=77),
    _status(429, 429, asks="9" * 9, told=LONGEST),
    _status(429, 429, asks="yesterday", told=ASKED),
    _status(500, 503, told=ASKED),
    _status(503, 503, asks="120", told=120),
    _status(302, 503, told=ASKED),
    Row("a proxy's page", {"kind": "garbage"}, frozenset({503}), ASKED, ""),
    Row("a dropped connection", {"kind": "drop"}, frozenset({503}), ASKED, ""),
    _body('{"id": "17', 503, told=ASKED),
    _body('{"error": "the moon is wrong", "status": 400}', 400, words="the moon is wrong"),
)

LOGINS = {
    "datasentinel": "*/user-token",
    "metric_insights": "*/get_token",
    "prancer": "*/accesstoken/",
    "squirro": "*/oauth2/token",
}
LOGIN_ROWS = (
    _status(400, 502),
    _status(401, 502),
    _status(404, 502),
    _status(429, 429, asks="77", told=77),
    _status(503, 503, asks="120", told=120),
    Row("a proxy's page", {"kind": "garbage"}, frozenset({503}), ASKED, ""),
    _body('{"error": "invalid_grant"}', 502, words="invalid_grant"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """The writes that a vendor has calls for."""

    giving: tuple[Write, ...]
    taking: tuple[Write, ...] = (DEACTIVATE, REMOVE)
    settings: dict[str, Any] = field(default_factory=dict)


CASES = {
    "datasentinel": Case((CREATE, RENAME, ADD, REACTIVATE)),
    "metric_insights": Case(
        (CREATE_GROUP, RENAME_GROUP),
        (DELETE_GROUP,),
        {"options": {"users": "directory"}, "sandbox": {"credentials": "application"}},
    ),
    "periscope": Case((CREATE, RENAME, ADD, CREATE_GROUP, RENAME_GROUP)),
    "prancer": Case((CREATE, ADD, REACTIVATE, CREATE_GROUP, RENAME_GROUP)),
    "squirro": Case((CREATE, RENAME, ADD, REACTIVATE, CREATE_GROUP, RENAME_GROUP)),
}


def _wrong(row: Row, answer: Answer) -> list[str]:
    """Return what is wrong with the answer to a write that met a row's failure."""
    detail = (answer.body or {}).get("detail", "")
    told = answer.headers.get("Retry-After")
    checks = {
        f"status {answer.status}": answer.status in row.statuses,
        f"Retry-After {told}": told == (None if row.retry_after is None else str(row.retry_after)),
        f"not named: {detail}": detail.startswith("main: "),
        f"no reason: {detail}": row.words in detail,
    }
    return [problem for problem, kept in checks.items() if not kept]


def _give(world: World, write: Write, row: Row) -> list[str]:
    """Meet a failure with a write that gives something: it is answered so, and nothing is changed."""
    before = world.read()
    world.bridge.fail(**row.fault, method=WRITES_ONLY, count=NEVER_ENDS)
    wrong = _wrong(row, write.send(world))
    wrong += ["not put back"] * (world.read() != before)
    world.bridge.recover()
    if world.bridge.due():
        world.bridge.deliver()
        wrong += ["put back, and then changed"] * (world.read() != before)
    return wrong


def _take(world: World, write: Write, row: Row) -> list[str]:
    """Meet it with one that takes something away: it is answered so, stays wanted, and comes true."""
    world.bridge.fail(**row.fault, method=WRITES_ONLY, count=NEVER_ENDS)
    wrong = _wrong(row, write.send(world))
    wrong += ["not kept"] * (not world.bridge.due() or not _is_taken(world, write))
    world.bridge.recover()
    world.bridge.deliver()
    wrong += ["kept, and then given again"] * (not _is_taken(world, write))
    return wrong + ["not taken at the vendor"] * _has_access(world, write)


def _is_taken(world: World, write: Write) -> bool:
    """Say whether the IdP reads what it asked for."""
    if write is DEACTIVATE:
        return world.bridge.get(f"/Users/{world.ann}").body["active"] is False
    group = world.bridge.get(f"/Groups/{world.finance}")
    return group.status == 404 if write is DELETE_GROUP else "members" not in group.body


def _restored(world: World, write: Write) -> World:
    """Give back what was taken."""
    if write is DELETE_GROUP:
        return World(world.bridge, world.ann, world.bob, world.dora, world.bridge.found("Finance", [world.ann]))
    path, operation = {
        DEACTIVATE: (f"/Users/{world.ann}", replace("active", True)),
        REMOVE: (f"/Groups/{world.finance}", add(world.ann)),
    }[write]
    assert world.bridge.patch(path, operation).status in (200, 204)
    return world


@pytest.mark.parametrize("vendor", CASES)
def test_each_failure_of_a_vendor_has_the_one_answer_of_the_table(build, vendor):
    case = CASES[vendor]
    world, wrong = World.on(build(vendor, **case.settings)), []
    for turn, row in enumerate(ROWS, list(CASES).index(vendor)):
        if turn % 2:
            giving = case.giving[turn // 2 % len(case.giving)]
            wrong += [f"{row.name}: {giving}: {each}" for each in _give(world, giving, row)]
        else:
            taking = case.taking[turn // 2 % len(case.taking)]
            wrong += [f"{row.name}: {taking}: {each}" for each in _take(world, taking, row)]
            world = _restored(world, taking)
    assert wrong == []
    _assert_each_once(world)


def _has_access(world: World, taken: Write) -> bool:
    if taken is DELETE_GROUP:
        return "Finance" in [group["name"] for group in world.bridge.sandbox.groups()]
    account = world.bridge.account("ann@acme.example")
    return account is not None and (taken is DEACTIVATE or "Finance" in account["roles"])


def _assert_each_once(world: World) -> None:
    if world.bridge.vendor != "metric_insights":
        world.bridge.assert_agreement()
    names = [group["name"] for group in world.bridge.sandbox.groups()]
    assert sorted(set(names)) == sorted(names)
    assert "Money" not in names
    assert world.bridge.vendor == "datasentinel" or "Engineering" not in names  # there it is not the bridge's


@pytest.mark.parametrize("vendor", LOGINS)
def test_each_failure_of_a_login_has_the_one_answer_of_the_table(build, vendor):
    world, wrong = World.on(build(vendor, **CASES[vendor].settings)), []
    for row in LOGIN_ROWS:
        before = world.read()
        world.bridge.sandbox.tokens.revoke_all()
        world.bridge.fail(**row.fault, method="POST", path=LOGINS[vendor], count=NEVER_ENDS)
        wrong += [f"{row.name}: {each}" for each in _wrong(row, CASES[vendor].giving[-1].send(world))]
        wrong += [f"{row.name}: not put back"] * (world.read() != before)
        world.bridge.recover()
    assert wrong == []
    world.bridge.deliver()
    _assert_each_once(world)
