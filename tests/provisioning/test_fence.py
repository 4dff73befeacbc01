"""A process that was stopped at the vendor for longer than its lease wakes up: what it believes is not written."""

from concurrent.futures import ThreadPoolExecutor

from tests.bridge import on_both_databases, replace
from tests.chaos.quick.broken import BREAK
from tests.provisioning.holding import held


def rename(given):
    return replace("name.givenName", given), replace("displayName", f"{given} Lee")


def overtaken(build):
    """One bridge is stopped with its rename on the way, another one finishes a later rename, the call is lost.

    Returns who is then read, and what the vendor has.
    """
    one = build("squirro")
    other = build("squirro", beside=one)
    ann = one.hire("ann")
    with ThreadPoolExecutor(1) as pool, held(one, "PUT", answered=False) as (reached, release):
        stopped = pool.submit(one.patch, f"/Users/{ann}", *rename("Anna"))
        assert reached.wait(20)
        other.hasten()  # the lease runs out
        assert other.patch(f"/Users/{ann}", *rename("Annie")).status == 200
        one.fail("drop", method="PUT", count=2)
        release.set()
        assert stopped.result().status == 503
    other.deliver()
    return other.get(f"/Users/{ann}").body["displayName"], other.account("ann@acme.example")["fields"]["full_name"]


@on_both_databases
def test_a_stopped_process_does_not_put_back_what_another_one_has_made_true_since(build):
    assert overtaken(build) == ("Annie Lee", "Annie Lee")


def test_without_the_fence_it_does(build, monkeypatch):
    BREAK["fence"](monkeypatch.setattr)
    assert overtaken(build) == ("Ann Lee", "Ann Lee")
