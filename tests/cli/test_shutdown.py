"""SIGTERM to a real ``serve`` and to a real ``worker``: ready turns first, and what is in flight is finished."""

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from app import create_app
from app.config import read
from app.directory import migrate
from tests.serving import ONE_PROCESS, free_address, served, until

HEADERS = {"Authorization": "Bearer the-token", "Content-Type": "application/scim+json"}
LONG = "600"
"""Seconds of a drain that no test waits for."""


@pytest.fixture
def address():
    return free_address()


def ask(address):
    """The status of /readyz and what it says; 0 where nobody listens."""
    try:
        answer = requests.get(f"{address}/readyz", timeout=5)
    except requests.ConnectionError:
        return 0, ""
    return answer.status_code, answer.json()["status"]


def post(address, name):
    return requests.post(f"{address}/analytics/scim/v2/Users", json={"userName": name}, headers=HEADERS, timeout=60)


@pytest.fixture
def slow(sandbox):
    """Let the vendor hold the next POST: an event that it was reached, and one that lets it go on."""
    perform, reached, release = sandbox.perform, threading.Event(), threading.Event()

    def performed(operation, *arguments):
        if operation.method == "POST" and not reached.is_set():
            reached.set()
            release.wait(30)
        return perform(operation, *arguments)

    sandbox.perform = performed
    yield reached, release
    release.set()


def test_ready_turns_first_then_the_port_closes_and_what_is_in_flight_is_answered(config, address, sandbox, slow):
    reached, release = slow
    with served(config, address, "--drain", LONG) as process, ThreadPoolExecutor(1) as pool:
        hiring = pool.submit(post, address, "ann@x.example")
        assert reached.wait(30)
        process.send_signal(signal.SIGTERM)
        until(lambda: ask(address) == (503, "draining"))
        users = requests.get(f"{address}/analytics/scim/v2/Users", headers=HEADERS, timeout=30)
        assert users.status_code == 200  # a balancer that has not asked yet loses nothing
        process.send_signal(signal.SIGTERM)  # the drain ends at once
        until(lambda: ask(address) == (0, ""))
        assert process.poll() is None
        release.set()
        assert hiring.result().status_code == 201
        assert process.wait(30) == 0
    assert "ann@x.example" in {user["key"] for user in sandbox.users()}


def test_a_drain_ends_by_itself(config, address, sandbox):
    with served(config, address, "--drain", "0.2", "--no-worker", *ONE_PROCESS) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_ctrl_c_does_not_wait_for_the_drain(config, address, sandbox):
    with served(config, address, "--drain", LONG, "--no-worker", *ONE_PROCESS) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_a_worker_that_is_stopped_finishes_what_it_delivers(config, bridge, sandbox, slow):
    reached, release = slow
    config.write_text(config.read_text().replace("tokens = [", 'on_outage = "queue"\ntokens = ['), encoding="utf-8")
    app = create_app(read(str(config)))
    migrate.upgrade(app.extensions["bridge"].database)
    sandbox.faults.add("status", status=503, count=10**9)
    users = "/analytics/scim/v2/Users"
    assert app.test_client().post(users, json={"userName": "ann@x.example"}, headers=HEADERS).status_code == 201
    sandbox.faults.clear()
    worker = subprocess.Popen([sys.executable, "-m", "app.cli", "--config", str(config), "worker"])
    try:
        assert reached.wait(60)
        worker.send_signal(signal.SIGTERM)
        release.set()
        assert worker.wait(30) == 0
    finally:
        worker.kill()
        worker.wait()
    assert "ann@x.example" in {user["key"] for user in sandbox.users()}
    assert bridge("status").exit_code == 0
