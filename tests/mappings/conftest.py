"""Sandboxes for the tests of one vendor each, by the ``Client`` of their module."""

import pytest

from mappings.sandbox import create


@pytest.fixture
def made(request):
    """Make a sandbox with some settings, and a client of it."""
    sandboxes = []

    def make(**settings):
        client = request.module.Client
        sandboxes.append(create(client.vendor, **settings))
        return client(sandboxes[-1])

    yield make
    for sandbox in sandboxes:
        sandbox.stop()


@pytest.fixture
def call(made):
    """A client of a sandbox as it is."""
    return made()
