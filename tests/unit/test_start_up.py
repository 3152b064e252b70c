"""What starts import, counted: our own modules, and libraries that nobody asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LIBRARIES = {"asyncssh", "click", "cryptography", "greenlet", "jinja2", "packaging", "rich", "typeguard", "asyncio"}
_REPORT = "; import json, sys; sys.__stdout__.write(json.dumps(sorted(sys.modules)) + chr(10))"
_COMMAND = "import sys; sys.argv[1:] = {words!r}\nfrom pyinfra_cli.main import cli\ncli(standalone_mode=False)"

# The most modules of ours, a little more than there are now; and the libraries that may be there.
BUDGETS: dict[str, tuple[str, int, set[str]]] = {
    "the package": ("import pyinfra", 7, set()),
    "the API": ("import pyinfra.api, pyinfra.operations.server", 116, {"asyncio", "greenlet"}),
    "the version": (_COMMAND.format(words=["--version"]), 15, {"click"}),
    "a command on this machine": (
        _COMMAND.format(words=["@local", "exec", "--", "true"]),
        212,
        {"asyncio", "click", "greenlet"},
    ),
    "a deploy on this machine": (
        _COMMAND.format(words=["@local", "deploy.py", "-y"]),
        212,
        {"asyncio", "click", "greenlet"},
    ),
}


def modules(code: str, place: Path) -> list[str]:
    """Import, or do, something in a process of its own; return what is imported then."""
    env = {**os.environ, "XDG_STATE_HOME": str(place), "NO_COLOR": "1"}
    script = f"{code}\n{_REPORT.removeprefix('; ')}"
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, cwd=place, capture_output=True, text=True, check=True, timeout=60
    )
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("name", BUDGETS)
def test_budget(name: str, tmp_path: Path):
    (tmp_path / "deploy.py").write_text("from pyinfra.operations import server\nserver.shell(commands=['true'])\n")
    code, most, allowed = BUDGETS[name]
    found = modules(code, tmp_path)
    ours = [module for module in found if module.partition(".")[0] in ("pyinfra", "pyinfra_cli")]
    libraries = {module.partition(".")[0] for module in found} & LIBRARIES
    assert len(ours) <= most, f"{len(ours)} modules of ours"
    assert libraries <= allowed
