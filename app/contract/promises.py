"""What a rung says when the mapping does not keep it."""

from __future__ import annotations


class Broken(AssertionError):
    """A promise of the contract is not kept; the text says which and how, for somebody new to the project."""


def expect(kept: object, words: str) -> None:
    """Raise :class:`Broken` with these words unless ``kept`` is true."""
    if not kept:
        raise Broken(words)
