"""The bridge with a shorter clock, so that leases run out while somebody watches. The proportions stay."""

from collections.abc import Callable


def shorten(patch: Callable[[object, str, object], None]) -> None:
    """Change what is given in seconds; ``patch`` is ``setattr``, or what does the same for a while."""
    from app.directory import links

    patch(links, "LEASE_SECONDS", 3.0)  # of 30

    from app.provisioning import delivery, lane, ledger, pacing, pushing, writing

    patch(delivery, "RENEW_AFTER", 1.0)  # of 10
    for each in (writing, pushing):
        patch(each, "REQUEST_SECONDS", 2.5)  # of 25
    for each in (delivery, writing):
        patch(each, "LAST_SECONDS", 0.5)  # of 5
    for each in (ledger, lane):
        patch(each, "LONGEST_DELAY", 2.0)  # of 300
    patch(ledger, "FIRST_DELAY", 0.2)  # of 2
    patch(ledger, "LATE_SECONDS", 4.0)  # of 45
    patch(ledger, "LONGEST_REFUSED_DELAY", 2.0)  # of 3600
    patch(pacing, "FIRST_PAUSE", 0.2)  # of 2
    patch(pacing, "LONGEST_PAUSE", 2.0)  # of 60
