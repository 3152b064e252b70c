"""What is imported while hosts answer."""

from __future__ import annotations

import sys

from pyinfra_cli.run.ahead import modules_of, reading_ahead

FILE = """
import json
from pyinfra import host
from pyinfra.operations import server
from pyinfra.facts.files import File as Known
from mine import pyinfra

server.shell(commands="true")

def later():
    from pyinfra.facts.deb import DebArch
"""


def test_only_facts_and_operations_are_named() -> None:
    found = set(modules_of(compile(FILE, "deploy.py", "exec")))
    assert {("pyinfra.operations.server", "shell"), ("pyinfra.facts.files", "File")} <= found
    assert {module for module, _ in found} == {"pyinfra.operations.server", "pyinfra.facts.files"}


def test_mistakes_are_left_for_those_who_run_the_file(tmp_path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from pyinfra.operations import missing\nfrom pyinfra.facts.server import Missing\n")
    with reading_ahead([str(tmp_path / "none.py"), str(wrong)]):
        pass
    assert "pyinfra.operations.missing" not in sys.modules


def test_all_is_imported_at_the_end(tmp_path) -> None:
    (tmp_path / "deploy.py").write_text("from pyinfra.operations import opkg\nopkg.update()\n")
    with reading_ahead([str(tmp_path / "deploy.py")]):
        pass
    assert "update" in vars(sys.modules["pyinfra.operations.opkg"])
