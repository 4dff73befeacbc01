"""The demo as a command: what it says, what it exits with, and what it leaves behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from itertools import dropwhile, takewhile
from pathlib import Path

import pytest

from app.demo import bridge, run, stage
from app.demo.as_json import JsonReporter
from app.demo.casting import vendors
from app.demo.okta import OKTA
from app.demo.reporting import Totals
from mappings.discovery import load
from mappings.periscope.sandbox import PeriscopeSandbox

ROOT = Path(__file__).parents[2]
TARGETS = [f"{vendor.replace('_', '-')}-{idp}" for vendor in vendors() for idp in ("okta", "entra")]


@pytest.fixture(autouse=True)
def _own_temporary_directory(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def processes_with(text: str) -> list[bytes]:
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, check=True).stdout
    return [line for line in listed.splitlines() if text.encode() in line]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The demo of all vendors as a program reads it: its exit code, its document, and where it had its files."""
    folder = tmp_path_factory.mktemp("told")
    code = "import sys; from app.demo import run; sys.exit(run(as_json=True))"
    env = {**os.environ, "TMPDIR": str(folder)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, stdout=subprocess.PIPE, check=False)
    return done.returncode, json.loads(done.stdout), folder


@pytest.fixture
def targets(told):
    return {target["target"]: target for target in told[1]["targets"]}


def test_every_vendor_agrees_with_what_both_identity_providers_asked_for(told):
    exit_code, document, folder = told
    targets = document["targets"]
    assert [text for target in targets for step in target["steps"] for text in step["differences"]] == []
    assert exit_code == 0
    assert document["agrees"]
    assert [target["target"] for target in targets] == TARGETS
    assert document["undocumented"] == 0
    assert document["seconds"] < 60
    assert {target["scim_requests"] for target in targets if target["rows"]} == {25}
    assert {target["logins"] for target in targets} <= {0, 1}
    assert list(folder.iterdir()) == []
    assert processes_with(str(folder)) == []


def test_what_the_bridge_asks_at_its_start_is_counted_with_no_step(told):
    targets = told[1]["targets"]
    for okta, entra in zip(targets[::2], targets[1::2], strict=True):
        assert okta["vendor_calls"] == entra["vendor_calls"]


def test_a_title_gives_what_the_role_table_says_and_gives_it_again_after_a_leave(targets):
    for vendor, given in (("periscope", "myExistingRole"), ("prancer", "QC"), ("squirro", "Project 1 (member)")):
        ada, grace = targets[f"{vendor}-entra"]["rows"]
        assert (ada["has_account"], ada["held_roles"]) == (True, ["Engineering", given])
        assert (grace["has_account"], grace["held_roles"]) == (False, [])
    assert targets["squirro-okta"]["rows"][0]["held_name"] == "Ada Lovelace"
    assert targets["prancer-okta"]["rows"][0]["held_name"] is None
    assert "Prancer stores no names" in targets["prancer-okta"]["notes"][1]


def test_a_vendor_without_users_shows_groups_and_says_where_the_users_are(targets):
    target = targets["metric-insights-okta"]
    assert (target["compared"], target["rows"]) == (["privilege sets", "what is in them"], [])
    assert "documents no call for users" in target["notes"][0]
    assert "kept in the bridge only" in target["notes"][0]
    finance = next(filling for filling in target["fillings"] if filling["group"] == "Finance")
    assert finance["asked"] == ["Distribute Reports"]
    assert set(finance["held"]) == {"Access My Settings", "View Reports", "Export Reports", "Distribute Reports"}


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
    assert "…" not in out
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
    code = "import sys; from app.demo import run; sys.exit(run(keep=True, only=['periscope', 'prancer']))"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as demo:
        yield demo
        demo.terminate()


@pytest.mark.skipif(shutil.which("curl") is None, reason="the lines call curl")
def test_the_lines_to_paste_work_with_whichever_vendor_is_chosen_and_ctrl_c_leaves_nothing_behind(
    kept_demo, tmp_path
):
    printed = iter(kept_demo.stdout.readline, "")
    lines = list(takewhile(lambda line: "Ctrl-C stops" not in line, printed))
    assert_works_as_pasted(lines, "prancer", of="alan@acme.example", without="ada@acme.example")
    assert list(tmp_path.rglob("bridge.toml"))
    assert processes_with(str(tmp_path))
    kept_demo.send_signal(signal.SIGINT)
    assert kept_demo.wait(20) == 0
    assert list(tmp_path.iterdir()) == []
    assert processes_with(str(tmp_path)) == []


def assert_works_as_pasted(lines, vendor, *, of, without):
    pasted = dropwhile(lambda line: not line.startswith("TOKEN="), lines)
    chosen = (line for line in pasted if not line.startswith("TARGET=") or vendor in line)
    script = "".join(line for line in chosen if not line.endswith(":\n"))
    done = subprocess.run(["sh", "-e"], cwd=ROOT, input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert '"display": "QC"' in done.stdout
    accounts = done.stdout[done.stdout.index(f'"vendor": "{vendor}"') :].partition('"groups":')[0]
    assert of in accounts
    assert without not in accounts


def test_a_program_is_told_what_is_kept_running(capsys, tmp_path):
    config, port = tmp_path / "bridge.toml", bridge.free_port()
    with ExitStack() as ends:
        target = stage._staged(ends, "squirro", load("squirro"), OKTA, port)
        JsonReporter().closing(Totals((), 1.0), stage.Stage((target,), "demo-token", config, None))
    assert json.loads(capsys.readouterr().out)["running"] == {
        "token": "demo-token",
        "config": str(config),
        "targets": {
            "squirro-okta": {
                "scim": f"http://127.0.0.1:{port}/squirro-okta/scim/v2",
                "sandbox": target.sandbox_url,
            }
        },
    }
