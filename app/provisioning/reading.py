"""Run a mapping's flow so that an answer which lacks what the documents promise counts as none, and is named."""

from __future__ import annotations

from typing import Any, TypeVar

from mappings import Call, Flow, Unknown, VendorError

T = TypeVar("T")


def documented(flow: Flow[T]) -> Flow[T]:
    """Run a mapping's flow; an answer it could not read, because it lacks what is documented, is no answer."""
    meanings: list[str] = []
    try:
        return (yield from _heard(flow, meanings))
    except (LookupError, TypeError, ValueError, AttributeError) as odd:
        raise _unreadable(odd, meanings[-1] if meanings else "") from odd


def _heard(flow: Flow[T], meanings: list[str]) -> Flow[T]:
    """Pass a flow's steps on, and note the meaning of each call in ``meanings``."""
    answer: Any = None
    failure: VendorError | None = None
    try:
        while True:
            try:
                step = flow.send(answer) if failure is None else flow.throw(failure)
            except StopIteration as end:
                value: T = end.value
                return value
            answer = failure = None
            if isinstance(step, Call):
                meanings.append(step.meaning)
            try:
                answer = yield step
            except VendorError as thrown:
                failure = thrown
    finally:
        flow.close()


def _unreadable(odd: Exception, meaning: str) -> Unknown:
    """Return the error that an answer without what the documents promise is."""
    what = f"the answer to {meaning!r} could not be read" if meaning else "the vendor's answer could not be read"
    why = f"no `{odd.args[0]}`" if isinstance(odd, KeyError) and odd.args else f"{type(odd).__name__}: {odd}"
    return Unknown(f"{what}: {why}")
