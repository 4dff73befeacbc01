"""Gold: true on the worst day, and nobody has more access than the identity provider gave."""

from __future__ import annotations

import re
from typing import Literal

from app.contract.bench import Answer, Bench, created
from app.contract.bronze import ANN, WHY_NOT, warm_up
from app.contract.costs import PASSWORD
from app.contract.documents import GROUP, person, replace
from app.contract.promises import expect
from app.contract.readme import HEADINGS, HINT, readme
from app.contract.workshop import (
    FINANCE,
    NEVER_ENDS,
    WRITES,
    Workshop,
    everything,
    groups_named,
    holds,
    join,
    said,
    send_something,
)
from mappings import Mapping, RestMapping

CARL = "carl@acme.example"
SOON = 0.3
KEPT = "a leaver's account is kept, and no option named deactivation lets a target have it deleted"
UNPROVEN = "the mapping declares it unproven: after a lost answer it is a 409, and somebody has to look"


# -- lost answers


def lost_user_is_one_account(shop: Workshop) -> str | None:
    """The vendor makes the account and its answer is lost: one account, whatever is asked again."""
    if not shop.manages_users:
        return WHY_NOT
    bench = shop.hiring()
    bench.hire("ann")
    bench.fail("lose", method=WRITES)
    answer = bench.post("/Users", person("carl"))
    bench.recover()
    bench.deliver()
    if _is_left_to_somebody(shop, "User", answer):
        expect(bench.account(CARL), "after a lost answer there is no account")
        return UNPROVEN
    expect(answer.status in (201, 503), f"the answer to a create is lost: 201 or 503, not {said(answer)}")
    if answer.status != 201:
        created(bench.post("/Users", person("carl")))
    expect(bench.account(CARL), "after a lost answer there is no account")
    return None


def lost_user_and_a_vendor_that_is_down(shop: Workshop) -> str | None:
    """The answer is lost, and nobody can look: 503, and one account once it is asked for again."""
    if not shop.manages_users:
        return WHY_NOT
    bench = shop.hiring()
    bench.hire("ann")
    bench.fail("lose", method=WRITES)
    bench.fail("status", status=503, method="*", count=NEVER_ENDS)
    answer = bench.post("/Users", person("carl"))
    bench.recover()
    if answer.status != 201:
        expect(answer.status == 503, f"lost, and nobody can look: the answer must be 503, not {said(answer)}")
        expect(len(bench.everything("/Users")) == 1, "a user whose create was answered 503 can be read")
        again = bench.post("/Users", person("carl"))
        if _is_left_to_somebody(shop, "User", again):
            expect(bench.account(CARL), "after a lost answer there is no account")
            return UNPROVEN
        created(again)
    bench.deliver()
    expect(bench.account(CARL), "after a lost answer there is no account")
    return None


def lost_group_is_one_group(shop: Workshop) -> str | None:
    """The vendor makes the group and its answer is lost: never two of them."""
    bench = shop.hiring()
    warm_up(bench)
    bench.fail("lose", method=WRITES)
    body = {"schemas": [GROUP], "displayName": FINANCE}
    answer = bench.post("/Groups", body)
    bench.recover()
    bench.deliver()
    left = _is_left_to_somebody(shop, "Group", answer)
    if answer.status != 201 and not left:
        expect(answer.status == 503, f"the answer to a create is lost: 201 or 503, not {said(answer)}")
        created(bench.post("/Groups", body))
    count = groups_named(bench)
    expect(count == 1, f"after a lost answer there are {count} groups {FINANCE!r}")
    return UNPROVEN if left else None


def _is_left_to_somebody(shop: Workshop, kind: Literal["User", "Group"], answer: Answer) -> bool:
    """Whether the answer is the 409 of a mapping which declares that nothing proves whose one is."""
    return kind in shop.mapping.unproven and answer.status == 409


def lost_revocation_is_true(shop: Workshop) -> str | None:
    """The vendor takes access away and its answer is lost: it stays away."""
    if not shop.manages_users:
        return WHY_NOT
    bench = shop.hiring()
    ann = bench.hire("ann")
    join(bench, bench.found(FINANCE), ann)
    bench.fail("lose", method=WRITES, count=2)
    bench.patch(f"/Users/{ann}", replace("active", False))
    bench.recover()
    bench.deliver()
    expect(not holds(bench, ANN), f"a leaver whose lock-out was not answered still has {FINANCE}")
    return None


# -- strangers


def stranger_is_a_conflict(shop: Workshop) -> str | None:
    """An account that somebody else made stays as it is, also when the first answer that says so is lost."""
    if not shop.manages_users:
        return WHY_NOT
    bench = _with_stranger(shop)
    bench.fail("lose", method="POST")
    answer = bench.post("/Users", person("carl"))
    bench.recover()
    bench.deliver()
    taken = [user for user in bench.everything("/Users") if user["userName"] == CARL]
    expect(
        answer.status >= 400 and not taken, f"a stranger's account was adopted after a lost answer: {said(answer)}"
    )
    answer = bench.post("/Users", person("carl"))
    expect(answer.status == 409, f"the address is somebody else's: the answer must be 409, not {said(answer)}")
    bench.check()
    return None


def _with_stranger(shop: Workshop) -> Bench:
    """Return a bench at whose vendor a second bridge has made Carl's account, under another name."""
    bench = shop.hiring()
    bench.hire("ann")
    other = shop.hiring(beside=bench)
    name = {"givenName": "Karl", "familyName": "Other"}
    stranger = other.hire("carl", displayName="Karl Other", name=name)
    join(other, other.found("Others" if _creates_groups(shop) else "Engineering"), stranger)
    bench.strangers = {user["key"]: user for user in bench.sandbox.users() if user["key"] != ANN}
    other.strangers = {}
    bench.calls()
    return bench


def _creates_groups(shop: Workshop) -> bool:
    return bool(shop.mapping.calls.get("create group", ("create",)))


# -- errors


def limit_is_passed_on(shop: Workshop) -> None:
    """The vendor asks to be called later: 429 with its own ``Retry-After``."""
    answer = _with_fault(shop, status=429, retry_after="77")
    expect(answer.status == 429, f"the vendor answers 429: the answer must be 429, not {said(answer)}")
    expect(answer.headers.get("Retry-After") == "77", "the vendor's Retry-After must be passed on")


def refused_credentials_are_502(shop: Workshop) -> None:
    """The vendor does not let the bridge in: 502 that names the target."""
    answer = _with_fault(shop, status=401)
    expect(answer.status == 502, f"the credentials are refused: the answer must be 502, not {said(answer)}")
    expect("main" in answer.body["detail"], "a 502 must name the target whose credentials are refused")


def garbage_is_503(shop: Workshop) -> None:
    """A proxy's page instead of an answer: 503."""
    answer = _with_fault(shop, "garbage")
    expect(answer.status == 503, f"the vendor answers a web page: the answer must be 503, not {said(answer)}")


def hang_is_503(shop: Workshop) -> None:
    """A vendor that does not answer: 503 in good time."""
    answer = _with_fault(shop, "hang", seconds=60)
    expect(answer.status == 503, f"the vendor hangs: the answer must be 503, not {said(answer)}")


def wrong_404_is_no_404(shop: Workshop) -> str | None:
    """Not found at the vendor is never "not found in SCIM"."""
    if not shop.manages_users:
        return WHY_NOT
    bench = shop.hiring()
    ann = bench.hire("ann")
    bench.fail("status", status=404, method=WRITES, count=NEVER_ENDS)
    answer = bench.patch(f"/Users/{ann}", replace("active", False))
    expect(answer.status != 404, "the vendor does not find an account: that must not be told as a SCIM 404")
    bench.recover()
    bench.deliver()
    expect(not holds(bench, ANN), "an account that the vendor had once not found kept its access")
    return None


def _with_fault(shop: Workshop, kind: str = "status", **fault: object) -> Answer:
    """Send a write into a fault, see that it is put back, and that it can be sent again afterwards."""
    bench = shop.hiring(timeout=SOON) if kind == "hang" else shop.hiring()
    warm_up(bench)
    before = everything(bench)
    bench.fail(kind, method=WRITES, count=NEVER_ENDS, **fault)
    answer = send_something(shop, bench)
    expect(everything(bench) == before, f"a write that was answered {answer.status} can be read all the same")
    if kind != "hang":
        bench.recover()
        bench.deliver()
        created(send_something(shop, bench))
    return answer


# -- secrets


def secrets_are_nowhere(shop: Workshop) -> str | None:
    """A password is in no row, log, answer or error, not even if the vendor repeats it; nor are credentials."""
    bench = shop.hiring()
    bench.secrets.append(PASSWORD)
    warm_up(bench)
    if shop.manages_users:
        bench.post("/Users", person("ann", password=PASSWORD))
    if shop.manages_users and bench.mapping.passwords != "none":
        body = f'{{"error": "{PASSWORD} is no good"}}'
        bench.fail("status", status=400, method=WRITES, count=NEVER_ENDS, body=body)
        bench.post("/Users", person("carl", password=PASSWORD))
        bench.recover()
    bench.outage()
    send_something(shop, bench, "dora")
    bench.recover()
    bench.check()
    logged = [secret for secret in bench.secrets if secret in shop.logs]
    expect(not logged, "a password or a secret is in the log")
    expect(
        PASSWORD not in str(bench.sandbox.journal), "the sandbox shows a password in its journal: name it password"
    )
    return None


# -- protected accounts


def protected_are_refused(shop: Workshop) -> None:
    """Accounts and roles that must not be touched are refused with 403 and without a call."""
    kinds = ["protected_users"] if shop.manages_users else []
    options = [option for option in (*kinds, "protected_groups") if _has(shop.mapping, option)]
    own = shop.mapping.protection is not Mapping.protection
    expect(
        options or own, "give the mapping the option protected_users or protected_groups, or its own protection()"
    )
    for option in options:
        bench = shop.hiring(options={option: [ANN] if option == "protected_users" else [FINANCE]})
        if option == "protected_users":
            answer = bench.post("/Users", person("ann"))
        else:
            answer = bench.post("/Groups", {"schemas": [GROUP], "displayName": FINANCE})
        expect(answer.status == 403, f"what the option {option} names must be refused with 403, not {said(answer)}")
        expect(not bench.meanings, f"what the option {option} names costs calls: {', '.join(bench.meanings)}")


def _has(mapping: type[Mapping], option: str) -> bool:
    return any(each.name == option for each in mapping.options)


# -- deactivation


def deactivation_takes_access_away(shop: Workshop) -> str | None:
    """Whatever the option ``deactivation`` says, a leaver has no group left, and has it again when back."""
    if not shop.manages_users:
        return WHY_NOT
    choices = shop.choices("deactivation") or (None,)
    for choice in choices:
        bench = shop.hiring(options={} if choice is None else {"deactivation": choice})
        ann = bench.hire("ann")
        join(bench, bench.found(FINANCE), ann)
        how = "" if choice is None else f' (deactivation = "{choice}")'
        answer = bench.patch(f"/Users/{ann}", replace("active", False))
        expect(answer.status == 200, f"a user cannot be deactivated{how}: {said(answer)}")
        expect(not holds(bench, ANN), f"a leaver still has {FINANCE}{how}")
        answer = bench.patch(f"/Users/{ann}", replace("active", True))
        expect(answer.status == 200, f"a user cannot be activated again{how}: {said(answer)}")
        expect(holds(bench, ANN), f"whoever is back does not have {FINANCE}{how}")
        answer = bench.delete(f"/Users/{ann}")
        expect(
            answer.status == 204 and bench.account(ANN) is None, f"a user cannot be deleted{how}: {said(answer)}"
        )
    return KEPT if choices == (None,) and _keeps_leavers(shop.mapping) else None


def _keeps_leavers(mapping: type[Mapping]) -> bool:
    deletes = mapping.inactive in (Mapping.inactive, RestMapping.inactive)
    return not deletes or getattr(mapping, "switch", None) is not None


def outage_keeps_revocations(shop: Workshop) -> str | None:
    """What takes access away is kept through an outage, and is made true afterwards."""
    if not shop.manages_users:
        return WHY_NOT
    bench = shop.hiring()
    ann = bench.hire("ann")
    join(bench, bench.found(FINANCE), ann)
    bench.outage()
    answer = bench.patch(f"/Users/{ann}", replace("active", False))
    expect(answer.status == 503, f"the vendor is down: the answer must be 503, not {said(answer)}")
    read = bench.get(f"/Users/{ann}").body
    expect(read["active"] is False, "a deactivation that met an outage is forgotten")
    bench.recover()
    bench.deliver()
    expect(not holds(bench, ANN), f"a leaver still has {FINANCE} after the outage")
    return None


# -- the README


def readme_is_whole(shop: Workshop) -> None:
    """The README has the headings that all READMEs have, in their order, and names document and unsupported."""
    page = readme(shop.mapping)
    found = tuple(re.findall(r"^##+ .*$", page, re.MULTILINE))
    missing = [heading for heading in HEADINGS if heading not in found]
    expect(not missing, f"the README lacks the headings: {', '.join(missing)}")
    expect(found == HEADINGS, f"the README's headings must be these, in this order: {', '.join(HEADINGS)}")
    hints = page.count(HINT)
    expect(not hints, f"the README still has {hints} hints of 'scim-bridge mappings new': {HINT}")
    expect(
        shop.mapping.documents in page, f"the README does not name the vendor's document {shop.mapping.documents}"
    )
    reasons = [getattr(getattr(shop.mapping, name), "unsupported", None) for name in dir(shop.mapping)]
    untold = [reason for reason in reasons if reason and reason not in page]
    expect(not untold, f"the README does not say: {'; '.join(untold)}")
