"""The house rules, checked by the tools that know them, so that a broken layer fails the tests."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=" ".join
)
def test_the_code_passes(command):
    checked = run(sys.executable, "-m", *command)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_imports_point_downward():
    checked = run(sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_file_names_a_package_index_or_a_path_of_somebodys_machine():
    tracked = run("git", "ls-files").stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    forbidden = re.compile("|".join(("pypi" + r"\.org", "files" + r"\.pythonhosted", "/" + "work/", "/" + "root/")))
    named = [
        name
        for name in tracked
        if (ROOT / name).is_file() and forbidden.search((ROOT / name).read_text(encoding="utf-8", errors="ignore"))
    ]
    assert named == []
