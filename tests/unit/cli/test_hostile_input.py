"""Deploy files, names, outputs and streams that mean no good."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .command import Directory, directory

__all__ = ["directory"]

INSTANT = {"PYINFRA_FAKE_DELAY": "0", "PYINFRA_FAKE_DELAY_JITTER": "0"}


def process(directory: Directory, *words: str, **streams: object) -> subprocess.CompletedProcess[str]:
    """The command as a process."""
    command = [sys.executable, "-m", "pyinfra", *words]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **streams}
    environ = {**os.environ, **INSTANT}
    return subprocess.run(command, cwd=directory.path, env=environ, text=True, check=False, **streams)  # type: ignore[call-overload,no-any-return]


# -- deploy files --------------------------------------------------------------------------


def test_loops_and_branches_that_differ_from_host_to_host_keep_the_order_of_the_program(directory: Directory):
    directory.write(
        inventory='hosts = ["@fake/a", "@fake/b", "@fake/c"]\n',
        deploy="""
from pyinfra import host
from pyinfra.operations import server
WORK = {"@fake/a": [1, 2, 3], "@fake/b": [3, 1], "@fake/c": []}
def step(name):
    server.shell(name=name, commands="true")
for n in WORK[host.name]:
    if n != 2:
        step(f"odd {n}")
    for m in range(n):
        step(f"inner {n}.{m}")
step("middle")
while_count = len(WORK[host.name])
while while_count:
    step(f"down {while_count}")
    while_count -= 1
[step(f"comprehension {n}") for n in WORK[host.name]]
step("last")
""",
    )
    ended = directory.run("inventory.py", "deploy.py", "-y", "--json")
    assert ended.code == 0, ended.err
    operations = ended.json["results"]["operations"]
    for host, work in (("@fake/a", [1, 2, 3]), ("@fake/b", [3, 1]), ("@fake/c", [])):
        expected = [
            text for n in work for text in [*([f"odd {n}"] if n != 2 else []), *[f"inner {n}.{m}" for m in range(n)]]
        ]
        expected += ["middle", *[f"down {n}" for n in range(len(work), 0, -1)]]
        expected += [*[f"comprehension {n}" for n in work], "last"]
        assert sum(host in operation["by_host"] for operation in operations) == len(expected)
    order = [operation["names"] for operation in operations]
    assert order.index(["middle"]) < order.index(["last"]) == len(order) - 1
    assert len(order[order.index(["middle"])]) == 1


def test_code_that_changes_the_process(directory: Directory):
    directory.write(
        deploy="""
import os, sys, threading
from pyinfra import host
from pyinfra.operations import server
print("printed", host.name)
sys.stdout.write("no newline")
threading.Thread(target=lambda: threading.Event().wait(30), daemon=True).start()
os.environ["SEEN"] = "1"
server.shell(name="Go on", commands="true")
"""
    )
    ended = directory.run("@fake/a,@fake/b", "deploy.py", "-y", "--json")
    assert ended.code == 0
    assert ended.json["results"]["totals"]["success"] == 2
    assert "printed @fake/a" in ended.err


HOSTILE = "x\\n--> Results\\x1b[2J\\u202e; rm -rf /"


def test_names_cannot_pass_for_lines_of_ours(directory: Directory):
    directory.write(deploy=f'from pyinfra.operations import server\nserver.shell(name="{HOSTILE}", commands="true")\n')
    ended = directory.run("@fake/a", "deploy.py", "-y", "-vvv")
    assert ended.code == 0
    text = ended.out + ended.err
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.count("\n--> Results\n") == ended.out.count("\n--> Results\n") == 1


def test_output_cannot_pass_for_lines_of_ours(directory: Directory):
    directory.write(
        deploy="""
from pyinfra.operations import server
server.shell(name="Say", commands=r"printf -- '--> Results\\n    [1/1] All fine\\033[2J\\r\\n\\377\\n\\nend'")
"""
    )
    ended = directory.run("@local", "deploy.py", "-y", "-vvv")
    lines = ended.err.splitlines()
    assert "[@local] --> Results" in lines
    assert "[@local] end" in lines
    assert "--> Results" not in lines
    assert "\x1b" not in ended.err
    assert any(line.startswith("[@local]     [1/1] All fine\\x1b[2J") for line in lines)


@pytest.mark.parametrize("name", ["-y", "--dry", "a b", "a;reboot", "$(reboot)", "a\nb", "a\x1b[31m", "x" * 5000, "…"])
def test_names_of_hosts(directory: Directory, name: str):
    directory.write(inventory=f"hosts = [({('@fake/' + name)!r}, {{}})]\n")
    ended = directory.run("inventory.py", "server.shell", "uptime", "-y")
    assert ended.code in (0, 2), ended.err
    assert "\x1b" not in ended.out + ended.err
    assert "Traceback" not in ended.err
    if ended.code == 0:
        again = directory.run("inventory.py", "server.shell", "uptime", "-y", f"--limit=@fake/{name}")
        assert again.code == 0, again.err


@pytest.mark.parametrize(
    "content", [b"\x00\x01\xff", b"", b"\xef\xbb\xbfhosts = ['@fake/a']\n", b"hosts = ['@fake/a'\n"]
)
def test_inventories_of_bytes(directory: Directory, content: bytes):
    (directory.path / "inventory.py").write_bytes(content)
    ended = directory.run("inventory.py", "server.shell", "uptime", "-y")
    assert ended.code in (0, 2, 4)
    assert (ended.code == 0) == (b"hosts = ['@fake/a']" in content)
    assert "Traceback" not in ended.err


def test_files_that_cannot_be_read(directory: Directory):
    (directory.path / "link.py").symlink_to("nowhere.py")
    (directory.path / "folder.py").mkdir()
    for words in (("link.py", "exec", "--", "true"), ("@local", "link.py", "-y"), ("@local", "folder.py", "-y"),
                  ("folder.py", "exec", "--", "true")):  # fmt: skip
        ended = directory.run(*words)
        assert ended.code in (2, 4), words
        assert "Traceback" not in ended.err
        assert ".py" in ended.err


# -- secrets -------------------------------------------------------------------------------


def test_secrets_are_shown_nowhere(directory: Directory):
    directory.write(
        deploy="""
from io import StringIO
from pyinfra.api import HiddenValue, StringCommand, operation
from pyinfra.operations import files, server
@operation()
def connect(address, password):
    yield StringCommand("echo", HiddenValue(password), ">/dev/null; false")
files.template(StringIO("pw={{ password }}\\nport={{ port }}\\n"), "there", password="s3cr3t-1", port=1)
server.shell(name="Env", commands="true", _env={"A": HiddenValue("s3cr3t-2")})
connect("host", password="s3cr3t-3", _ignore_errors=True)
"""
    )
    words = ("--data", "app_token=s3cr3t-4", "--ssh-password", "s3cr3t-5")
    for options in (["-vvv", "--diff"], ["--json"], ["--output", "jsonl"], ["--junit", "report.xml"], ["--debug"]):
        (directory.path / "there").unlink(missing_ok=True)
        ended = directory.run("@local", "deploy.py", "-y", *words, *options)
        assert ended.code == 0, ended.err
        assert "s3cr3t" not in ended.out + ended.err
    assert "s3cr3t" not in (directory.path / "report.xml").read_text()
    assert "s3cr3t" not in directory.run("@local", "debug-inventory", *words).out
    assert "s3cr3t-1" in (directory.path / "there").read_text()


# -- streams -------------------------------------------------------------------------------


def test_a_reader_that_leaves(directory: Directory):
    directory.write(hosts=f"hosts = {[f'@fake/{n}' for n in range(3000)]!r}\n")
    done = subprocess.run(
        f"{sys.executable} -m pyinfra hosts.py debug-inventory | head -n 1", shell=True, cwd=directory.path,
        env={**os.environ, **INSTANT}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_disk_that_is_full(directory: Directory):
    with Path("/dev/full").open("w") as full:
        done = process(directory, "@local", "fact", "server.Os", "--json", stdout=full)
    assert done.returncode != 0
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


# -- much ----------------------------------------------------------------------------------


def test_operations_of_one_line_cost_linear_time(directory: Directory):
    def cost(count: int) -> float:
        directory.write(
            deploy=f"from pyinfra.operations import server\nfor n in range({count}):\n    server.shell(commands='x')\n"
        )
        began = time.process_time()
        assert directory.run("@fake/a", "deploy.py", "-y", "--output", "quiet").code == 0
        return time.process_time() - began

    cost(10)
    assert cost(2000) < 10 * cost(500) + 0.5  # four times as many; quadratic would be sixteen


def test_a_thousand_hosts_are_readable(directory: Directory):
    directory.write(
        hosts=f"hosts = {[f'@fake/{n}' for n in range(1000)]!r}\n",
        deploy="from pyinfra.operations import server\nfor n in range(20):\n    server.shell(f'step {n}')\n",
    )
    ended = directory.run("hosts.py", "deploy.py", "-y")
    assert ended.code == 0
    assert len((ended.out + ended.err).splitlines()) < 120
    assert max(map(len, (ended.out + ended.err).splitlines())) <= 80
