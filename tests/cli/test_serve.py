"""``serve`` as a process: it migrates, answers, delivers, and loses nothing when it is killed."""

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import requests

from benchmarks.killing import Plan, run
from tests.serving import ONE_PROCESS, answers, free_address, served, until
from tests.watching import Watch, processes_that_wait

HEADERS = {"Authorization": "Bearer the-token", "Content-Type": "application/scim+json"}


@pytest.fixture
def address():
    return free_address()


@pytest.fixture
def serving(config, address):
    return partial(served, config, address)


def post(address, name):
    body = {"userName": name}
    return requests.post(f"{address}/analytics/scim/v2/Users", json=body, headers=HEADERS, timeout=30)


def test_what_was_acknowledged_survives_a_kill(databases):
    plan = Plan(writes=25, kills=1, clients=4, last_kill=False, quick=True)
    outcome = run(plan, databases.fresh("sqlite"))
    assert outcome.wrong == []
    assert (outcome.acknowledged, outcome.survived) == (25, 25)
    assert {"create", "add"} <= set(outcome.kinds)


def leaves_in_an_outage(bridge, name):
    """Delete somebody while the vendor is down, and wait until the account is gone all the same."""
    users = f"{bridge.address}/analytics/scim/v2/Users"
    id_ = post(bridge.address, name).json()["id"]
    bridge.sandbox.faults.add("status", method="DELETE", count=2, status=503)
    gone = requests.delete(f"{users}/{id_}", headers=HEADERS, timeout=30)
    until(lambda: name not in {user["key"] for user in bridge.sandbox.users()})
    return gone.status_code


def test_a_leaver_loses_access_after_the_outage_without_another_request(running):
    assert leaves_in_an_outage(running, "ada@x.example") == 503


def test_two_web_processes_send_the_vendor_no_more_at_one_time_than_its_target_says(
    serving, config, address, sandbox
):
    config.write_text(
        config.read_text(encoding="utf-8").replace("idp =", "timeout = 20\nconcurrency = 2\nidp ="),
        encoding="utf-8",
    )
    watch, database = Watch(sandbox, held=True), f"sqlite:///{config.parent / 'bridge.db'}"
    with serving("--no-worker"), ThreadPoolExecutor(8) as pool:
        answered = [pool.submit(post, address, f"u{number}@x.example") for number in range(8)]
        until(lambda: watch.now == 2 and processes_that_wait(database, "analytics"))
        watch.opened.set()
    assert ({each.result().status_code for each in answered}, watch.most) == ({201}, 2)


def delivery_workers(server):
    listed = subprocess.run(["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return {int(line.split()[0]) for line in listed.splitlines() if line.endswith(f"worker --parent {server.pid}")}


def web_processes(server):
    command = ["ps", "-o", "pid=", "--ppid", str(server.pid)]
    children = subprocess.run(
        command, capture_output=True, text=True, check=False
    ).stdout.split()  # 1: there is none
    return {int(pid) for pid in children} - delivery_workers(server)


def test_the_delivery_worker_ends_with_the_server(serving, address):
    with serving(*ONE_PROCESS) as process:
        until(lambda: delivery_workers(process))
    assert until(lambda: not delivery_workers(process))
    assert process.returncode == 0


def test_a_delivery_worker_that_dies_is_replaced_and_delivers(running):
    (first,) = until(lambda: delivery_workers(running.process))
    os.kill(first, signal.SIGKILL)
    assert until(lambda: delivery_workers(running.process) - {first})
    leaves_in_an_outage(running, "grace@x.example")


def test_when_every_process_under_the_server_dies_at_once_all_come_back(serving, address):
    with serving() as process:
        until(lambda: delivery_workers(process))
        for _ in range(3):
            web, delivery = web_processes(process), delivery_workers(process)
            for pid in {*web, *delivery}:
                os.kill(pid, signal.SIGKILL)
            until(lambda gone=web: len(web_processes(process) - gone) == 2)
            until(lambda gone=delivery: delivery_workers(process) - gone)
            assert until(lambda: answers(address))
    assert until(lambda: not delivery_workers(process))


def test_no_worker_starts_none(serving, address):
    with serving("--no-worker", *ONE_PROCESS) as process:
        listed = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"worker --parent {process.pid}" not in listed


def test_what_is_too_long_is_a_scim_error(running):
    users = f"{running.address}/analytics/scim/v2/Users"
    query = {"filter": f'userName eq "{"x" * 10_000}"'}
    answer = requests.get(users, params=query, headers=HEADERS, timeout=30)
    line = requests.get(f"{users}/{'x' * 70_000}", headers=HEADERS, timeout=30)
    header = requests.get(users, headers={**HEADERS, "X-Long": "x" * 70_000}, timeout=30)
    id_ = requests.get(f"{users}/{'x' * 8192}", headers=HEADERS, timeout=30)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")
    for each, status in ((answer, 400), (line, 414), (header, 431), (id_, 404)):
        assert (each.status_code, each.json()["status"]) == (status, str(status))
        assert each.headers["Content-Type"] == "application/scim+json; charset=utf-8"
        assert "x" * 300 not in each.text or each is id_
