"""Gold, too: what is in doubt after a wrong or a lost answer is looked at, and not believed."""

from __future__ import annotations

from app.contract.bench import Bench
from app.contract.bronze import ANN, WHY_NOT, warm_up
from app.contract.documents import GROUP, remove
from app.contract.promises import Broken, expect
from app.contract.workshop import FINANCE, NEVER_ENDS, WRITES, Workshop, holds, join, said


def wrong_404_of_a_member(shop: Workshop) -> str | None:
    """A removal that is answered 404 counts as done only if it is."""
    if not shop.manages_users:
        return WHY_NOT
    bench, ann, finance = _with_a_member(shop)
    bench.fail("status", status=404, method=WRITES, count=NEVER_ENDS)
    answer = bench.patch(f"/Groups/{finance}", remove(ann))
    bench.recover()
    gone = not holds(bench, ANN)
    told = f"the vendor answers 404 to the removal of a member, who is still in {FINANCE}: "
    expect(gone or answer.status >= 400, f"{told}that was believed ({said(answer)}); look before you say Applied")
    expect(answer.status != 404, f"{told}that must not be told as a SCIM 404")
    bench.deliver()
    _expect_agreement(bench, ann, finance)
    return None


def lost_removal_heals(shop: Workshop) -> str | None:
    """The vendor removes a member and its answer is lost: it stays so, and both sides agree."""
    if not shop.manages_users:
        return WHY_NOT
    bench, ann, finance = _with_a_member(shop)
    bench.fail("lose", method=WRITES, count=2)
    answer = bench.patch(f"/Groups/{finance}", remove(ann))
    expect(answer.status in (204, 503), f"the answer to a removal is lost: 204 or 503, not {said(answer)}")
    bench.recover()
    try:
        bench.deliver()
    except Broken as never:
        words = f"after a removal whose answer was lost, {never}; if it is 404 by now, look whether it is so"
        raise Broken(words) from never
    if answer.status != 204:
        answer = bench.patch(f"/Groups/{finance}", remove(ann))
        expect(answer.status == 204, f"a removal whose answer was lost can never be made: {said(answer)}")
    expect(not holds(bench, ANN), f"a member whose removal was not answered is still in {FINANCE}")
    _expect_agreement(bench, ann, finance)
    return None


def stranger_group_is_not_adopted(shop: Workshop) -> str | None:
    """A group that somebody else made stays theirs, also when a create of that name is not answered."""
    if not shop.mapping.calls.get("create group", ("create",)):
        return "a group binds to what is there already"
    bench = shop.hiring()
    other = shop.hiring(beside=bench)
    other.found(FINANCE, [other.hire("carl")] if "Group" in shop.mapping.equal_is_own else [])
    before = bench.sandbox.groups()
    warm_up(bench)
    bench.fail("lose", method=WRITES)
    answer = bench.post("/Groups", {"schemas": [GROUP], "displayName": FINANCE})
    bench.recover()
    bench.deliver()
    if answer.status == 201:
        made = len(bench.sandbox.groups()) > len(before)
        expect(made, f"a create was lost, and a stranger's group {FINANCE!r} was adopted: prove whose it is")
    for group in bench.everything("/Groups"):
        bench.delete(f"/Groups/{group['id']}")
    bench.deliver()
    left = [group["id"] for group in bench.sandbox.groups()]
    expect(
        all(group["id"] in left for group in before),
        f"a create was lost, and a stranger's group {FINANCE!r} was adopted, and deleted with the bridge's own",
    )
    return None


def _with_a_member(shop: Workshop) -> tuple[Bench, str, str]:
    bench = shop.hiring()
    ann, finance = bench.hire("ann"), bench.found(FINANCE)
    join(bench, finance, ann)
    return bench, ann, finance


def _expect_agreement(bench: Bench, user: str, group: str) -> None:
    members = {member["value"] for member in bench.get(f"/Groups/{group}").body.get("members", ())}
    here, there = user in members, holds(bench, ANN)
    words = f"is {'in' if here else 'not in'} {FINANCE}"
    expect(here == there, f"in SCIM a user {words}, and at the vendor it is the other way round")
