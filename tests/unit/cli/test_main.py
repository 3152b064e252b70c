"""The command line, as far as there is one."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from pyinfra.version import __version__
from pyinfra_cli.main import cli


@pytest.mark.parametrize("module", ["pyinfra", "pyinfra_cli"])
def test_version_of_a_module_run(module: str) -> None:
    done = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"pyinfra: v{__version__}\n"


def test_help() -> None:
    done = CliRunner().invoke(cli, ["-h"])
    assert done.exit_code == 0
    assert "INVENTORY OPERATIONS" in done.output


def test_what_is_not_there_yet_is_a_usage_error() -> None:
    done = CliRunner().invoke(cli, ["inventory.py", "deploy.py"])
    assert done.exit_code == 2
    assert "pyinfra.api" in done.output


def test_the_entry_point_is_the_public_one() -> None:
    from importlib.metadata import entry_points

    (point,) = entry_points(group="console_scripts", name="pyinfra")
    assert point.value == "pyinfra_cli.main:main"
