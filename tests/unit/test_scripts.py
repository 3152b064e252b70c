"""The shell scripts: they parse, and they choose a Python that will do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = [
    ROOT / ".ci" / "run",
    *(p for p in (ROOT / "scripts").iterdir() if p.is_file()),
    ROOT / "scripts/lib/setup.sh",
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_plain_shell(script: Path) -> None:
    assert subprocess.run(["sh", "-n", str(script)], capture_output=True, check=False).stderr == b""
    if script.suffix != ".sh":
        assert script.read_text().startswith("#!/bin/sh\n")
        assert os.access(script, os.X_OK)


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def found_python(folder: Path, *, test: str = "pass", **environment: str) -> str:
    command = f". scripts/lib/setup.sh; find_python '{test}'"
    env = {"PATH": f"{folder}:{os.environ['PATH']}", **environment}
    done = subprocess.run(
        ["sh", "-c", command, "scripts/check"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def test_a_python_that_does_not_start_or_is_too_old_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "python3", "exit 127")
    program(tmp_path / "python3.11", f'exec {sys.executable} "$@"')
    assert found_python(tmp_path) == str(tmp_path / "python3.11")


def test_the_one_that_the_user_names_goes_first(tmp_path: Path) -> None:
    program(tmp_path / "mine", f'exec {sys.executable} "$@"')
    assert found_python(tmp_path, PYTHON=str(tmp_path / "mine")) == str(tmp_path / "mine")


def test_none_will_do(tmp_path: Path) -> None:
    assert found_python(tmp_path, test="import no_such_module") == ""


def test_an_environment_that_is_up_to_date_costs_nothing(tmp_path: Path) -> None:
    mark = 'printf "%s %s\\n" "$root" "$(cksum <pyproject.toml)" >"$venv/made-for-dev"'
    script = f". scripts/lib/setup.sh; venv=$1; {mark}; use_venv && use_venv dev"
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin" / "python", "exit 1")
    done = subprocess.run(
        ["sh", "-c", script, "scripts/check", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
