"""Silver: nothing more than the documented minimum, every road to the same end, and a README that says so."""

from __future__ import annotations

from app.contract.bronze import WHY_NOT
from app.contract.documents import GROUP, person, refs, replace
from app.contract.promises import expect
from app.contract.readme import call_rows, readme, setting_rows
from app.contract.workshop import FINANCE, Workshop, holds, join, members, said
from mappings.operations import OPERATIONS

ANN, BOB = "ann@acme.example", "bob@acme.example"


def table_is_complete(shop: Workshop) -> None:
    """The table ``calls`` has each of the operations once, and no other."""
    missing = [operation for operation in OPERATIONS if operation not in shop.mapping.calls]
    odd = [operation for operation in shop.mapping.calls if operation not in OPERATIONS]
    expect(not missing, f"the table calls of the mapping has no row for: {', '.join(missing)}")
    expect(not odd, f"the table calls names what is no operation: {', '.join(odd)}")


def roles_come_back(shop: Workshop) -> str | None:
    """Whoever is deactivated loses the group, and has it again once active."""
    if not shop.manages_users:
        return WHY_NOT
    bench = shop.hiring()
    ann, group = bench.hire("ann"), bench.found(FINANCE)
    join(bench, group, ann)
    bench.patch(f"/Users/{ann}", replace("active", False))
    expect(not holds(bench, ANN), f"whoever is not active still has {FINANCE} at the vendor")
    answer = bench.patch(f"/Users/{ann}", replace("active", True))
    expect(answer.status == 200, f"nobody can be activated again: {said(answer)}")
    expect(holds(bench, ANN), f"whoever is activated again does not have {FINANCE} again at the vendor")
    return None


def members_by_every_road(shop: Workshop) -> str | None:
    """A member who comes by POST, PUT or PATCH of the group is one; by PUT without, no more."""
    if not shop.manages_users:
        return WHY_NOT
    bench = shop.hiring()
    ann, bob = bench.hire("ann"), bench.hire("bob")
    group = bench.found(FINANCE, [ann])
    expect(
        members(bench) == {ANN}, f"POST /Groups with one member: at the vendor these are in it: {members(bench)}"
    )
    body = {"schemas": [GROUP], "displayName": FINANCE, "members": refs([bob])}
    answer = bench.put(f"/Groups/{group}", body)
    expect(answer.status == 200, f"PUT /Groups with another member is refused: {said(answer)}")
    expect(members(bench) == {BOB}, f"PUT /Groups with another member: at the vendor: {members(bench)}")
    join(bench, group, ann)
    expect(members(bench) == {ANN, BOB}, f"PATCH with one more member: at the vendor: {members(bench)}")
    bench.patch(f"/Groups/{group}", replace("members", []))
    expect(not members(bench), f"PATCH that replaces the members by none: at the vendor: {members(bench)}")
    return None


def nothing_for_nothing(shop: Workshop) -> None:
    """What is already so, and what the vendor does not store, costs no call; nor does reading."""
    bench = shop.hiring()
    ann = bench.hire("ann") if shop.manages_users else ""
    group = bench.found(FINANCE, [ann] if ann else [])
    bench.meanings.clear()
    read = bench.get(f"/Groups/{group}").body
    bench.put(f"/Groups/{group}", read)
    if ann:
        bench.put(f"/Users/{ann}", person("ann"))
        bench.put(f"/Users/{ann}", bench.get(f"/Users/{ann}").body)
        bench.patch(f"/Users/{ann}", replace("active", True))
        join(bench, group, ann)
    bench.everything("/Users")
    expect(not bench.meanings, f"what is already so costs calls: {', '.join(bench.meanings)}")


# -- the README


def readme_has_settings(shop: Workshop) -> None:
    """Each credential and each option has its row."""
    page = readme(shop.mapping)
    expect(page, "there is no README.md beside the mapping")
    missing = [row for row in setting_rows(shop.mapping) if row not in page]
    expect(not missing, "the README lacks these rows of settings:\n" + "\n".join(missing))


def readme_has_calls(shop: Workshop) -> None:
    """Each call that the table ``calls`` names has its row: ``| meaning | `METHOD` | `/path` | …``."""
    page = readme(shop.mapping)
    rows = {row.meaning for row in call_rows(page)}
    costs = [calls for calls in shop.mapping.calls.values() if not isinstance(calls, str)]
    missing = sorted({meaning for calls in costs for meaning in calls} - rows)
    expect(not missing, f"the README has no row for these calls: {', '.join(missing)}")
