"""The command line that a failure offers to run it again."""

from __future__ import annotations

import shlex

import pytest

from pyinfra_cli.run.rerun import rerun_with


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["inventory.py", "deploy.py"], "pyinfra --limit=web1 inventory.py deploy.py"),
        (["inventory.py", "deploy.py", "--limit", "web*", "-y"], "pyinfra --limit=web1 inventory.py deploy.py -y"),
        (["--limit=web*", "a,b", "files.file", "path=a b"], "pyinfra --limit=web1 a,b files.file 'path=a b'"),
        (["a", "exec", "--", "echo", "--limit", "x"], "pyinfra --limit=web1 a exec -- echo --limit x"),
        (["a", "d.py", "--ssh-password", "s3cret"], "pyinfra --limit=web1 a d.py"),
        (["a", "d.py", "--ssh-password=s3cret"], "pyinfra --limit=web1 a d.py"),
        (["a", "d.py", "--data", "app_token=s3cret"], "pyinfra --limit=web1 a d.py"),
        (["a", "d.py", "--data=n=1", "--data", "password=s3cret"], "pyinfra --limit=web1 a d.py --data=n=1"),
        (["a", "server.user", "bob", "password=s3cret"], "pyinfra --limit=web1 a server.user bob password=..."),
    ],
)
def test_command_line(arguments: list[str], expected: str):
    assert rerun_with(arguments)(["web1"]) == expected


def test_hostile_names_stay_one_word():
    hosts = ["-rf", "a b", "$(reboot)"]
    words = shlex.split(rerun_with(["a", "d.py"])(hosts))
    assert words == ["pyinfra", "--limit=-rf", "--limit=a b", "--limit=$(reboot)", "a", "d.py"]
