"""The command as a process, and as programs import it."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from pyinfra.version import __version__
from pyinfra_cli.main import cli, main


@pytest.mark.parametrize("module", ["pyinfra", "pyinfra_cli"])
def test_version_of_a_module_run(module: str) -> None:
    done = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"pyinfra: v{__version__}\n"


def test_the_entry_point_is_the_public_one() -> None:
    from importlib.metadata import entry_points

    (point,) = entry_points(group="console_scripts", name="pyinfra")
    assert point.value == "pyinfra_cli.main:main"
    assert callable(main)
    assert isinstance(cli, click.Command)


_HEAVY = ("asyncssh", "asyncio", "rich", "jinja2", "greenlet", "typeguard", "pyinfra.api", "pyinfra.operations",
          "pyinfra.facts", "pyinfra.connectors", "pyinfra._engine.model.host")  # fmt: skip


@pytest.mark.parametrize("words", [["--version"], ["--help"]])
def test_nothing_is_imported_that_is_not_used(words: list[str]) -> None:
    program = (
        "import sys\nfrom pyinfra_cli.main import cli\n"
        f"cli.main({words!r}, standalone_mode=False)\n"
        f"print([name for name in {_HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_garbage_is_hardly_looked_for(tmp_path) -> None:
    """What a short run makes stays until its end, where the kernel takes it back."""
    (tmp_path / "deploy.py").write_text("from pyinfra.operations import server\nserver.shell(commands='true')\n")
    program = (
        "import atexit, gc, sys\nfrom pyinfra_cli.main import main\n"
        "def count(): return sum(one['collections'] for one in gc.get_stats())\n"
        "before = count()\n"
        "atexit.register(lambda: print(count() - before, gc.get_freeze_count() > 10_000, file=sys.stderr))\n"
        "sys.argv = ['pyinfra', '@local', 'deploy.py', '-y']\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    collections, frozen = done.stderr.splitlines()[-1].split()
    assert int(collections) <= 12
    assert frozen == "True"


def test_a_run_imports_only_what_it_uses(tmp_path) -> None:
    (tmp_path / "deploy.py").write_text("from pyinfra.operations import server\nserver.shell(commands='true')\n")
    program = (
        "import sys\nfrom pyinfra_cli.main import cli\n"
        "cli.main(['@local', 'deploy.py', '-y'], standalone_mode=False)\n"
        "print([name for name in sys.modules if name.startswith(('pyinfra.operations.', 'pyinfra.connectors.'))"
        " and name.count('.') == 2 and '._' not in name], [n for n in ('asyncssh', 'rich') if n in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    modules, heavy = done.stdout.splitlines()[-1].rsplit(" [", 1)
    assert heavy == "]"
    used = {"operations.server", "operations.crontab", "operations.files", "operations.util", "connectors.base",
            "connectors.local", "connectors.util"}  # fmt: skip
    assert set(eval(modules)) <= {f"pyinfra.{name}" for name in used}
