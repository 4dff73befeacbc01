"""Drive a flow: send its calls, throw the vendor's errors into it, and collect its facts."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from app.provisioning.state import Claimed, Learned
from mappings import Applied, Call, Gone, Intent, VendorError

T = TypeVar("T")
Fact = Applied | Gone | Intent | Learned | Claimed


def ignore(_fact: Fact) -> None:
    """Take no notice of a fact."""


def run(
    flow: Generator[Call | Fact, Any, T], send: Callable[[Call], Any], record: Callable[[Fact], None] = ignore
) -> T:
    """Run ``flow`` to its end and return its value. Raises the :class:`VendorError` that it let pass."""
    answer: Any = None
    error: VendorError | None = None
    while True:
        try:
            step = flow.send(answer) if error is None else flow.throw(error)
        except StopIteration as end:
            value: T = end.value
            return value
        answer = error = None
        if isinstance(step, Call):
            try:
                answer = send(step)
            except VendorError as failure:
                error = failure
        else:
            record(step)
