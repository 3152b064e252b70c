"""The page on the command line leaves out no option, no exit status and no environment variable."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pyinfra_cli.main import cli
from pyinfra_cli.run.exit_codes import ExitCode
from tests.docs.pages import ROOT

TEXT = (ROOT / "docs" / "command-line.md").read_text()
OPTIONS = [name for parameter in cli.params for name in parameter.opts if name.startswith("-")]
VARIABLE = re.compile(r"""["'](PYINFRA_\w+|NO_COLOR|FORCE_COLOR|VIRTUAL_ENV|GITHUB_(?:ACTIONS|STEP_SUMMARY))["']""")
# Of Python, and of programs on hosts.
OTHERS = {"PYINFRA_END", "PYINFRA_INSTALL_DIR", "PYINFRA_SU_PASSWORD", "PYINFRA_SUDO_PASSWORD"}


def section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_is_told(option: str) -> None:
    # --ssh-user is also --user, and that is said once for all of these
    assert f"`{option}" in section("Options")


def test_every_exit_status_is_told() -> None:
    told = re.findall(r"^\| ([\d, ]+) \|", section("Exit status"), re.MULTILINE)
    assert {int(number) for numbers in told for number in numbers.split(",")} == set(ExitCode)


def test_every_environment_variable_is_told() -> None:
    sources = [path.read_text() for path in (ROOT / "src").rglob("*.py")]
    known = {name for source in sources for name in VARIABLE.findall(source)}
    assert {name for name in known - OTHERS if f"`{name}`" not in TEXT} == set()


def test_the_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    demo = [sys.executable, str(ROOT / "scripts" / "lib" / "demo.py")]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(demo, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("The first run changed 8 things, the second 0. The scratch directory is gone.\n")
    assert list(tmp_path.iterdir()) == []
