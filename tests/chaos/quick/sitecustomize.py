"""Run the bridge with a shorter clock, and broken if the environment says so.

Python imports this at the start of each process that finds its folder on ``PYTHONPATH``.
"""

import os
import sys

if any(argument in {"serve", "worker"} for argument in sys.orig_argv):
    from shorter import shorten

    shorten(setattr)

    if os.environ.get("CHAOS_BROKEN"):
        from broken import BREAK

        BREAK[os.environ["CHAOS_BROKEN"]](setattr)
