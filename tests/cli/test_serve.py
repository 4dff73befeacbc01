"""``serve`` as a process: it migrates, answers, delivers, and loses nothing when it is killed."""

import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
import requests

TRIES = 300
HEADERS = {"Authorization": "Bearer the-token", "Content-Type": "application/scim+json"}


def until(condition):
    """Ask again and again, a bounded number of times, until the answer is yes."""
    for _ in range(TRIES):
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it never came true")


def answers(address):
    try:
        return requests.get(f"{address}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


@pytest.fixture
def address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def serving(config, address):
    @contextmanager
    def serve(*options):
        command = ["app.cli", "--config", str(config), "serve", "--bind", address.removeprefix("http://")]
        process = subprocess.Popen([sys.executable, "-m", *command, "--threads", "8", *options])
        try:
            until(lambda: answers(address))
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)

    return serve


def post(address, name):
    body = {"userName": name}
    return requests.post(f"{address}/analytics/scim/v2/Users", json=body, headers=HEADERS, timeout=30)


def test_what_was_acknowledged_survives_a_kill(serving, address, sandbox):
    with serving() as process:
        acknowledged = {name: post(address, name).json()["id"] for name in map("u{}@x.example".format, range(25))}
        process.kill()
        process.wait()
        until(lambda: not answers(address))
    with serving():
        found = requests.get(f"{address}/analytics/scim/v2/Users", headers=HEADERS, timeout=30).json()
    assert {user["userName"]: user["id"] for user in found["Resources"]} == acknowledged
    assert set(acknowledged) <= {user["key"] for user in sandbox.users()}


def test_a_leaver_loses_access_after_the_outage_without_another_request(serving, address, sandbox):
    with serving():
        id_ = post(address, "ada@x.example").json()["id"]
        sandbox.faults.add("status", method="DELETE", count=2, status=503)
        gone = requests.delete(f"{address}/analytics/scim/v2/Users/{id_}", headers=HEADERS, timeout=30)
        assert gone.status_code == 503
        until(lambda: "ada@x.example" not in {user["key"] for user in sandbox.users()})


def test_the_delivery_worker_ends_with_the_server(serving, address):
    def workers(parent):
        listed = subprocess.run(["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
        return [int(line.split()[0]) for line in listed.splitlines() if line.endswith(f"worker --parent {parent}")]

    with serving() as process:
        until(lambda: workers(process.pid))
    assert until(lambda: not workers(process.pid))
    assert process.returncode == 0


def test_no_worker_starts_none(serving, address):
    with serving("--no-worker") as process:
        listed = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"worker --parent {process.pid}" not in listed


def test_a_filter_of_10_000_characters_is_a_scim_error(serving, address):
    with serving("--no-worker"):
        query = {"filter": f'userName eq "{"x" * 10_000}"'}
        answer = requests.get(f"{address}/analytics/scim/v2/Users", params=query, headers=HEADERS, timeout=30)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")
