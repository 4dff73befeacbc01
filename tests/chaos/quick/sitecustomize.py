"""Run the bridge with a shorter clock, so that a killed process's leases run out while somebody watches.

Python imports this at the start of each process that finds its folder on ``PYTHONPATH``. The proportions stay.
"""

import os
import sys

if any(argument in {"serve", "worker"} for argument in sys.orig_argv):
    from app.directory import links

    links.LEASE_SECONDS = 3.0  # of 30

    from app.provisioning import delivery, ledger, writing

    writing.REQUEST_SECONDS = 2.5  # of 25
    delivery.LAST_SECONDS = writing.LAST_SECONDS = 0.5  # of 5
    ledger.FIRST_DELAY = 0.2  # of 2
    ledger.LATE_SECONDS = 4.0  # of 45
    ledger.LONGEST_DELAY = 2.0  # of 300
    ledger.LONGEST_REFUSED_DELAY = 2.0  # of 3600

    if os.environ.get("CHAOS_BROKEN"):
        from broken import BREAK

        BREAK[os.environ["CHAOS_BROKEN"]]()
