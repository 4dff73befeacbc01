"""The demo as a command: what it says, what it exits with, and what it leaves behind."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from app.demo import run
from app.demo.stage import vendors
from mappings.periscope.sandbox import PeriscopeSandbox

ROOT = Path(__file__).parents[2]
TARGETS = [f"{vendor.replace('_', '-')}-{idp}" for vendor in vendors() for idp in ("okta", "entra")]


@pytest.fixture(autouse=True)
def _own_temporary_directory(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def processes_with(text: str) -> list[bytes]:
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, check=True).stdout
    return [line for line in listed.splitlines() if text.encode() in line]


def test_every_vendor_agrees_with_what_both_identity_providers_asked_for(capsys, tmp_path):
    exit_code = run(as_json=True)
    document = json.loads(capsys.readouterr().out)
    targets = document["targets"]
    assert [text for target in targets for step in target["steps"] for text in step["differences"]] == []
    assert exit_code == 0
    assert document["agrees"]
    assert [target["target"] for target in targets] == TARGETS
    assert document["undocumented"] == 0
    assert document["scim_requests"] == len(TARGETS) * 23
    assert document["logins"] >= 4  # one for each process that called, none at Periscope
    assert document["seconds"] < 20
    for target in targets:
        ada, grace = target["rows"]
        assert (ada["held_name"], ada["held_roles"]) == ("Ada Lovelace", ["Engineering"])
        assert (grace["held_name"], grace["held_roles"]) == (None, [])
    assert list(tmp_path.iterdir()) == []
    assert processes_with(str(tmp_path)) == []


def test_an_account_that_the_vendor_loses_is_said_in_plain_words(capsys, monkeypatch):
    update = PeriscopeSandbox.update_user

    def update_and_lose(self, user, body):
        if body.get("last_name") == "Lovelace":
            del self._accounts[user["id"]]
        return update(self, user, body)

    monkeypatch.setattr(PeriscopeSandbox, "update_user", update_and_lose)
    monkeypatch.setenv("COLUMNS", "80")
    assert run(only=["periscope"]) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert max(len(line) for line in out.splitlines()) <= 80
    text = " ".join(out.split())
    assert "Microsoft Entra ID drives Periscope Data" in text
    assert "In 0 of 2 pairs of identity provider and vendor" in text
    assert "When it renames her Ada Lovelace: ada@acme.example: should have an account" in text


def test_a_bridge_that_does_not_start_is_said_with_its_own_words(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("app.demo.stage._toml", lambda *_: "[server]\nnonsense = 1\n")
    assert run(only=["periscope"]) == 1
    out = capsys.readouterr().out
    assert "The bridge ended with exit code" in out
    assert "server.nonsense: unknown key" in out
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def kept_demo(tmp_path):
    code = "import sys; from app.demo import run; sys.exit(run(keep=True, as_json=True, only=['squirro']))"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as demo:
        yield demo
        demo.terminate()


def test_kept_running_it_ends_on_ctrl_c_and_leaves_nothing_behind(kept_demo, tmp_path):
    document = "".join(iter(kept_demo.stdout.readline, "}\n")) + "}"
    running = json.loads(document)["running"]
    assert running["targets"]["squirro-okta"]["scim"].endswith("/squirro-okta/scim/v2")
    assert Path(running["config"]).exists()
    assert processes_with(str(tmp_path))
    kept_demo.send_signal(signal.SIGINT)
    assert kept_demo.wait(20) == 0
    assert list(tmp_path.iterdir()) == []
    assert processes_with(str(tmp_path)) == []
