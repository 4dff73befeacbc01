"""Bronze: it works on a good day, and is honest on a bad one."""

from __future__ import annotations

import time

from app.contract.bench import TARGET, Bench, created
from app.contract.documents import add, person, remove, replace
from app.contract.promises import Broken, expect
from app.contract.workshop import (
    FINANCE,
    NEVER_ENDS,
    WRITES,
    Workshop,
    everything,
    holds,
    join,
    said,
    send_something,
)
from app.provisioning.driver import run
from mappings import VendorError

ANN = "ann@acme.example"
SECONDS = 10.0
WHY_NOT = "users can be refused or kept in the bridge only"


def answers(shop: Workshop) -> None:
    """The sandbox lets the mapping in, and ``check`` says what it saw."""
    bench = shop.bench()
    try:
        seen = _checked(bench)
    except VendorError as error:
        raise Broken(f"login() or check() fails against the sandbox: {error.detail}") from error
    expect(isinstance(seen, str) and seen, "check() must return what it saw, in words")
    expect(bench.sandbox.journal, "check() must ask the vendor something")


def user_lives_and_dies(shop: Workshop) -> str | None:
    """Create, read, rename, deactivate, activate again and delete a user."""
    if not shop.manages_users:
        return WHY_NOT
    bench = shop.hiring()
    ann = bench.hire("ann")
    expect(bench.account(ANN), f"POST /Users is 201, but the vendor has no account {ANN}")
    answer = bench.patch(f"/Users/{ann}", replace("displayName", "Anna Lee"))
    expect(answer.status == 200, f"a new name is refused: {said(answer)}")
    for active in (False, True):
        answer = bench.patch(f"/Users/{ann}", replace("active", active))
        expect(answer.status == 200, f"active = {str(active).lower()} is refused: {said(answer)}")
    expect(bench.account(ANN), "whoever is activated again has no account")
    answer = bench.delete(f"/Users/{ann}")
    expect(answer.status == 204, f"DELETE /Users is refused: {said(answer)}")
    expect(bench.account(ANN) is None, "DELETE /Users is 204, but the vendor still has the account")
    return None


def users_elsewhere(shop: Workshop) -> str | None:
    """Where the option ``users`` refuses them, or keeps them in the bridge, the vendor is left alone."""
    if shop.user_choices == ("managed",):
        return "users are always managed"
    expect(shop.mapping.no_users, "a mapping with the option users needs the text no_users: why there are none")
    for choice in shop.user_choices:
        if choice != "managed":
            _check_elsewhere(shop.bench(options={"users": choice}), choice)
    return None


def _check_elsewhere(bench: Bench, choice: str) -> None:
    read = bench.get("/Users")
    nobody = read.status == 200 and read.body["totalResults"] == 0
    expect(
        nobody, f'users = "{choice}": GET /Users must be 200 and empty, or a connection test fails: {said(read)}'
    )
    answer = bench.post("/Users", person("ann"))
    if choice == "reject":
        expect(answer.status == 400, f'users = "reject": POST /Users must be 400: {said(answer)}')
        expect("users" in answer.body["detail"], "the refusal of a user does not name the option users")
    else:
        expect(answer.status == 201, f'users = "directory": POST /Users must be 201: {said(answer)}')
    expect(not bench.meanings, f'users = "{choice}": a user costs calls: {", ".join(bench.meanings)}')


def group_lives_and_dies(shop: Workshop) -> str | None:
    """Create a group, put a user in and out, rename it if it can be, delete it."""
    bench = shop.hiring()
    group = bench.found(FINANCE)
    if shop.manages_users:
        ann = bench.hire("ann")
        join(bench, group, ann)
        expect(holds(bench, ANN), f"a member was added (204), but at the vendor {ANN} is not in {FINANCE}")
        answer = bench.patch(f"/Groups/{group}", remove(ann))
        expect(answer.status == 204, f"a member cannot be removed: {said(answer)}")
        expect(not holds(bench, ANN), f"a member was removed (204), but at the vendor {ANN} is still in {FINANCE}")
    answer = bench.patch(f"/Groups/{group}", replace("displayName", "Money"))
    renames = answer.status == 204 or (answer.status == 400 and answer.body["detail"])
    expect(renames, f"a group must be renamed (204), or that be refused (400): {said(answer)}")
    answer = bench.delete(f"/Groups/{group}")
    expect(answer.status == 204, f"DELETE /Groups is refused: {said(answer)}")
    return None if shop.manages_users else f"without members: {WHY_NOT}"


def only_documented_calls(shop: Workshop) -> None:
    """A whole life, with what is seldom: nothing that the sandbox's table does not have."""
    bench = shop.hiring()
    people = [bench.hire(name) for name in ("ann", "bob")] if shop.manages_users else []
    group = bench.found(FINANCE, people[:1])
    if people:
        bench.patch(f"/Groups/{group}", add(*people))
        bench.patch(f"/Users/{people[0]}", replace("userName", "ann.ray@acme.example"), replace("title", "Dr"))
        bench.patch(f"/Users/{people[0]}", replace("active", False))
        bench.patch(f"/Users/{people[0]}", replace("active", True))
    bench.delete(f"/Groups/{group}")
    for id_ in people:
        bench.delete(f"/Users/{id_}")
    bench.check()
    due = bench.due()
    expect(not due, f"this is never delivered: {', '.join(due)}")


def outage_is_told(shop: Workshop) -> None:
    """A vendor that is down is 503 with ``Retry-After``, nothing is kept, and all is well afterwards."""
    bench = shop.hiring()
    before = everything(bench)
    bench.outage()
    answer = send_something(shop, bench)
    expect(answer.status == 503, f"the vendor is down: the answer must be 503, and is {said(answer)}")
    expect("Retry-After" in answer.headers, "a 503 must say when to come again (Retry-After)")
    expect(everything(bench) == before, "a write that was answered 503 can be read all the same")
    bench.recover()
    bench.deliver()
    created(send_something(shop, bench))


def refusal_is_told(shop: Workshop) -> None:
    """What the vendor refuses is a 4xx with its reason, and is put back."""
    bench = shop.hiring()
    warm_up(bench)
    before = everything(bench)
    bench.fail("status", status=422, method=WRITES, count=NEVER_ENDS)
    answer = send_something(shop, bench)
    expect(400 <= answer.status < 500, f"the vendor refuses with 422: the answer must be a 4xx, not {said(answer)}")
    expect(everything(bench) == before, "a write that the vendor refused can be read all the same")


def warm_up(bench: Bench) -> None:
    """Log in, so that a fault meets what comes after."""
    _checked(bench)


def _checked(bench: Bench) -> str:
    sender, deadline = bench.parts.targets[TARGET].sender, time.monotonic() + SECONDS
    return run(bench.mapping.check(), lambda call: sender.send(call, lambda _: None, deadline))
