"""Every exit status, and what leads to it."""

from __future__ import annotations

import pytest

from pyinfra_cli.run.exit_codes import MEANINGS, ExitCode

from .command import Directory, directory

__all__ = ["directory"]

DEPLOY = 'from pyinfra.operations import server\nserver.shell(commands="echo hello")\n'
FAILING = 'from pyinfra.operations import server\nserver.shell(name="Break", commands="exit 3")\n'


@pytest.fixture(autouse=True)
def _files(directory: Directory) -> None:
    directory.write(
        deploy=DEPLOY,
        failing=FAILING,
        raising='raise ValueError("no")\n',
        wrong="def (\n",
        exiting="import sys\nsys.exit(0)\n",
        converged='from pyinfra.operations import files\nfiles.directory(path="/")\n',
        two='hosts = ["@local", "nowhere.invalid"]\n',
        broken_inventory="raise RuntimeError('inventory')\n",
        broken_config="raise RuntimeError('config')\n",
        unknown_module="import nothing_of_that_name\n",
        one_of_two='from pyinfra import host\nif host.name == "@fake/b":\n    raise ValueError("b")\n',
        mistyped='from pyinfra.operations import server\nserver.shell(comands="x")\n',
        needs_more='from pyinfra import config\nconfig.REQUIRE_PYINFRA_VERSION = ">=99"\n',
    )


CASES: list[tuple[tuple[str, ...], ExitCode]] = [
    (("@local", "deploy.py", "-y"), ExitCode.OK),
    (("@local", "deploy.py", "--dry"), ExitCode.OK),
    (("@local", "deploy.py", "--dry", "--detailed-exitcode"), ExitCode.PENDING),
    (("@local", "converged.py", "--dry", "--detailed-exitcode"), ExitCode.OK),
    (("@local", "exec", "--", "true"), ExitCode.OK),
    (("@local", "debug-inventory"), ExitCode.OK),
    (("@local", "failing.py", "-y"), ExitCode.FAILED),
    (("@local", "failing.py", "-y", "--serial"), ExitCode.FAILED),
    (("@local", "failing.py", "-y", "--no-wait"), ExitCode.FAILED),
    (("@local", "exec", "--", "exit 7"), ExitCode.FAILED),
    (("@local", "server.shell", "exit 7", "-y"), ExitCode.FAILED),
    (("@local", "server.shell", "exit 7", "_ignore_errors=true", "-y"), ExitCode.OK),
    (("@local", "fact", "server.Command", "command=exit 4"), ExitCode.FAILED),
    (("@local", "deploy.py"), ExitCode.USAGE),  # nobody is there to be asked
    (("@local", "nothing.py", "-y"), ExitCode.USAGE),
    (("@local", "server.shel", "-y"), ExitCode.USAGE),
    (("@local", "server.shell", "x", "_suod=true", "-y"), ExitCode.USAGE),
    (("@local",), ExitCode.USAGE),
    (("@local", "deploy.py", "-y", "--no-such-option"), ExitCode.USAGE),
    (("@local", "deploy.py", "-y", "--limit", "web"), ExitCode.USAGE),
    (("@nothing/x", "deploy.py", "-y"), ExitCode.USAGE),
    (("nothing.py", "deploy.py", "-y"), ExitCode.USAGE),
    (("@local", "fact", "server.Oss"), ExitCode.USAGE),
    (("@local", "deploy.py", "-y", "--chdir", "nowhere"), ExitCode.USAGE),
    (("@local", "deploy.py", "-y", "--same-sudo-password"), ExitCode.USAGE),
    (("@local", "deploy.py", "-y", "--data", "x"), ExitCode.USAGE),
    (("nowhere.invalid", "deploy.py", "-y"), ExitCode.UNREACHABLE),
    (("two.py", "deploy.py", "-y"), ExitCode.UNREACHABLE),
    (("two.py", "failing.py", "-y"), ExitCode.FAILED),
    (("@local", "raising.py", "-y"), ExitCode.DEPLOY),
    (("@local", "raising.py", "--dry"), ExitCode.DEPLOY),
    (("@local", "wrong.py", "-y"), ExitCode.DEPLOY),
    (("@local", "exiting.py", "-y"), ExitCode.DEPLOY),
    (("@local", "unknown_module.py", "-y"), ExitCode.DEPLOY),
    (("@local", "mistyped.py", "-y"), ExitCode.DEPLOY),
    (("@local", "needs_more.py", "-y"), ExitCode.DEPLOY),
    (("@fake/a,@fake/b", "one_of_two.py", "-y"), ExitCode.DEPLOY),
    (("broken_inventory.py", "deploy.py", "-y"), ExitCode.DEPLOY),
    (("@local", "deploy.py", "-y", "--config", "broken_config.py"), ExitCode.DEPLOY),
    (("@local", "deploy.py", "-y", "--config", "needs_more.py"), ExitCode.DEPLOY),
]


@pytest.mark.parametrize(("words", "expected"), CASES, ids=[" ".join(words) for words, _ in CASES])
def test_exit_status(directory: Directory, words: tuple[str, ...], expected: ExitCode):
    ended = directory.run(*words)
    assert ended.code == expected, ended.err + ended.out
    if expected not in (ExitCode.OK, ExitCode.PENDING):
        assert ended.err.strip()
        assert "Traceback" not in ended.err


def test_every_status_has_a_meaning_and_a_case():
    signals = {ExitCode.INTERRUPTED, ExitCode.TERMINATED}  # tests of the terminal see to these
    assert set(MEANINGS) == set(ExitCode)
    assert {code for _, code in CASES} == set(ExitCode) - signals


def test_arguments_of_deploys_are_looked_at_before_anything_is_connected_to(directory: Directory):
    directory.write(ours="from pyinfra.api import deploy\n@deploy()\ndef install(owner):\n    pass\n")
    for words in (("ownr=x",), (), ("a", "b")):
        ended = directory.run("@local", "ours.install", *words, "-y")
        assert ended.code == ExitCode.USAGE
        assert "Connecting" not in ended.err
        assert "install(owner)" in ended.err
    assert "did you mean owner?" in directory.run("@local", "ours.install", "ownr=x", "-y").err
    assert directory.run("@local", "ours.install", "owner=x", "_sudo=true", "-y").code == ExitCode.OK
