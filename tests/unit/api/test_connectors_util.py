"""What connectors of other packages are built from: command lines are run by a real shell, with stubs for sudo."""

import getpass
import os
import queue
import stat
import subprocess
import time
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest

import pyinfra
from pyinfra.api import Config, HiddenValue, PyinfraError, StringCommand
from pyinfra.connectors import util
from pyinfra.connectors.util import (
    CommandOutput,
    OutputLine,
    extract_control_arguments,
    make_unix_command,
    make_unix_command_for_host,
    read_buffer,
    read_output_buffers,
    remove_any_sudo_askpass_file,
    run_local_process,
    write_stdin,
)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({}, "sh -c uptime"),
        ({"_shell_executable": None}, "uptime"),
        ({"_shell_executable": "bash -l"}, "bash -l -c uptime"),
        ({"_shell_executable": False}, "sh -c uptime"),
        ({"_chdir": "/a b"}, "sh -c 'cd '\"'\"'/a b'\"'\"' && uptime'"),
        ({"_env": {"K": "V"}}, "sh -c 'export K=V && uptime'"),
        ({"_env": {"K": "a b"}, "_shell_executable": None}, "export 'K=a b' && uptime"),
        ({"_sudo": True}, "sudo -H -n sh -c uptime"),
        ({"_sudo": True, "_shell_executable": None}, "sudo -H -n sh -c uptime"),
        (
            {"_sudo": True, "_sudo_user": "app", "_use_sudo_login": True, "_preserve_sudo_env": True},
            "sudo -H -n -i -E -u app sh -c uptime",
        ),
        ({"_su_user": "app"}, "su app -c 'sh -c uptime'"),
        (
            {"_su_user": "app", "_use_su_login": True, "_preserve_su_env": True, "_su_shell": "zsh"},
            "su -l -m -s $(command -v zsh) app -c 'sh -c uptime'",
        ),
        ({"_doas": True, "_doas_user": "app"}, "doas -n -u app sh -c uptime"),
        ({"_dzdo": True, "_dzdo_user": "app"}, "dzdo -H -n -u app sh -c uptime"),
        (
            {"_sudo": True, "_doas": True, "_dzdo": True, "_su_user": "a"},
            "doas -n dzdo -H -n sudo -H -n su a -c 'sh -c uptime'",
        ),
        (
            {"_sudo": True, "_sudo_password": "pw", "_sudo_askpass_path": "/t/askpass"},
            "env SUDO_ASKPASS=/t/askpass sudo -H -A -k sh -c uptime",
        ),
        (
            {"_su_user": "app", "_su_password": "pw", "_su_askpass_path": "/t/askpass"},
            "/t/askpass | su app -c 'sh -c uptime'",
        ),
        (
            {"_sudo": True, "_su_user": "app", "_su_password": "pw", "_su_askpass_path": "/t/a"},
            "sudo -H -n sh -c '/t/a | su app -c '\"'\"'sh -c uptime'\"'\"''",
        ),
        ({"_retries": 3, "_retry_delay": 1, "_retry_until": None, "_temp_dir": "/x"}, "sh -c uptime"),
    ],
)
def test_command_lines(arguments, line):
    assert make_unix_command(StringCommand("uptime"), **arguments).get_raw_value() == line


@pytest.mark.parametrize("arguments", [{"_sudo": True, "_sudo_password": "x"}, {"_su_user": "a", "_su_password": "x"}])
def test_passwords_never_get_on_a_command_line(arguments):
    with pytest.raises(PyinfraError, match="cannot be put on a command line"):
        make_unix_command(StringCommand("uptime"), **arguments)


def test_what_runs_is_what_was_meant(tmp_path):
    odd = tmp_path / "it's $(odd)"
    odd.mkdir()
    command = make_unix_command(
        StringCommand("printf", "'%s\\n'", '"$PWD"', '"$K"'), _env={"K": "a 'b' $(c)"}, _chdir=str(odd)
    )
    status, output = run_local_process(command.get_raw_value())
    assert status == 0
    assert output.stdout_lines == [str(odd), "a 'b' $(c)"]


def test_hidden_environment_is_masked():
    command = make_unix_command(StringCommand("x"), _env={"K": HiddenValue("pw")})
    assert "pw" in command.get_raw_value()
    assert "pw" not in str(command)


class Connector:
    """A blocking connector as other packages write them."""

    def __init__(self, host, path):
        self.host, self.path, self.lines = host, path, []

    def run_shell_command(self, command, print_output=False, print_input=False, **arguments):
        control = extract_control_arguments(arguments)
        made = make_unix_command_for_host(self.host.state, self.host, command, **arguments).get_raw_value()
        self.lines.append(made)
        line = f"PATH={self.path}:$PATH; {made}"
        status, output = run_local_process(line, stdin=control.get("_stdin"), timeout=control.get("_timeout"))
        return status == 0, output


@pytest.fixture
def host(tmp_path):
    stubs = tmp_path / "bin"
    stubs.mkdir()
    (stubs / "sudo").write_text('#!/bin/sh\nprintf "%s\\n" "$("$SUDO_ASKPASS")"\n')
    (stubs / "su").write_text('#!/bin/sh\nread -r line; printf "su %s\\n" "$line"\n')
    for stub in stubs.iterdir():
        stub.chmod(0o755)
    host = SimpleNamespace(
        name="h", print_prefix="[h] ", connector_data={}, state=SimpleNamespace(config=Config(TEMP_DIR=str(tmp_path)))
    )
    host.connector = Connector(host, stubs)
    yield host
    remove_any_sudo_askpass_file(host)


SECRET = 'it\'s $(a) "secret" é'


def test_sudo_password_is_handed_over_out_of_sight(host):
    ok, output = host.connector.run_shell_command(StringCommand("id"), _sudo=True, _sudo_password=SECRET)
    assert ok
    assert output.stdout_lines == [SECRET]
    assert "secret" not in "".join(host.connector.lines)
    (script,) = host.connector_data.values()
    directory = Path(script).parent
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "password").stat().st_mode) == 0o600
    host.connector.run_shell_command(StringCommand("id"), _sudo=True, _sudo_password=HiddenValue(SECRET))
    assert len(host.connector_data) == 1  # sent once
    remove_any_sudo_askpass_file(host)
    assert not directory.exists()
    assert not host.connector_data


def test_su_password(host):
    _, output = host.connector.run_shell_command(StringCommand("id"), _su_user="app", _su_password=SECRET)
    assert output.stdout_lines == [f"su {SECRET}"]
    assert "secret" not in "".join(host.connector.lines)


def test_a_connector_without_stdin_is_told(host):
    host.connector.run_shell_command = lambda *args, **kwargs: (False, CommandOutput([]))
    with pytest.raises(PyinfraError, match="could not be handed"):
        make_unix_command_for_host(host.state, host, StringCommand("id"), _sudo=True, _sudo_password="x")


REFUSED = CommandOutput([OutputLine("stderr", "sudo: a password is required")])


def test_programs_are_not_asked_for_passwords(host, monkeypatch):
    monkeypatch.setattr(util, "getpass", lambda _: pytest.fail("asked"))
    assert util.execute_command_with_sudo_retry(host, {}, lambda: (1, REFUSED)) == (1, REFUSED)


def test_people_are(host, monkeypatch):
    monkeypatch.setattr(pyinfra, "is_cli", True)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(util, "getpass", lambda _: SECRET)
    results = iter([(1, REFUSED), (0, CommandOutput([]))])
    assert util.execute_command_with_sudo_retry(host, {}, lambda: next(results))[0] == 0
    assert host.connector_data["prompted_sudo_password"] == HiddenValue(SECRET)
    _, output = host.connector.run_shell_command(StringCommand("id"), _sudo=True)
    assert output.stdout_lines == [SECRET]
    assert getpass


def test_control_arguments():
    arguments = {"_sudo": True, "_timeout": 3, "_stdin": "x"}
    assert extract_control_arguments(arguments) == {"_timeout": 3, "_stdin": "x"}
    assert arguments == {"_sudo": True}


# -- local processes -----------------------------------------------------------------------


def test_streams_and_bytes():
    status, output = run_local_process("printf 'ok\\n\\377\\nafter\\n'; echo no >&2; exit 3")
    assert status == 3
    assert output.stdout_lines == ["ok", "\udcff", "after"]
    assert output.stderr_lines == ["no"]


def test_large_output_and_input():
    text = "x" * 3_000_000
    status, output = run_local_process("cat; cat >&2", stdin=[text, b"y\n"])
    assert status == 0
    assert output.stdout_lines == [text, "y"]
    assert run_local_process("exit 0", stdin=[text])[0] == 0


def test_a_timeout_kills_the_children_too(tmp_path):
    mark = tmp_path / "pid"
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        run_local_process(f"(sleep 30 & echo $! >{mark}; wait); true", timeout=0.3)
    assert time.monotonic() - began < 20
    time.sleep(0.05)
    with pytest.raises(ProcessLookupError):
        _alive(int(mark.read_text()))


def _alive(pid):
    os.kill(pid, 0)
    state = Path(f"/proc/{pid}/stat").read_text().split()[2]
    if state == "Z":
        raise ProcessLookupError


def test_a_child_that_stays_does_not_hold_us(monkeypatch):
    monkeypatch.setattr("pyinfra._engine.controller.processes._AFTER_END", 0.2)
    began = time.monotonic()
    status, output = run_local_process("echo started; sleep 30 &")
    assert time.monotonic() - began < 20
    assert (status, output.stdout_lines) == (0, ["started"])


def test_printing(monkeypatch):
    printed = []
    monkeypatch.setattr("pyinfra._engine.controller.styling._echo", lambda message, **_: printed.append(message))
    run_local_process("printf 'a\\033[31m\\nb'", print_output=True, print_prefix="> ")
    assert printed == ["> a\\x1b[31m", "> b"]


@pytest.mark.parametrize("stdin", ["a\nb", ["a", "b"], ("a", b"b\n"), StringIO("a\nb"), BytesIO(b"a\nb")])
def test_write_stdin(stdin):
    process = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    write_stdin(stdin, process.stdin)
    assert process.stdout.read() == b"a\nb\n"
    process.stdout.close()
    process.wait()


def test_read_output_buffers():
    output = read_output_buffers([b"a\n", b"\xff\n"], ["b\n"], None, False, "")
    assert output.stdout_lines == ["a", "\udcff"]
    assert output.stderr_lines == ["b"]

    def never():
        yield "a"
        time.sleep(0.5)

    with pytest.raises(TimeoutError):
        read_output_buffers(never(), [], 0.1, False, "")

    def breaks():
        yield "a"
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        read_output_buffers(breaks(), [], None, False, "")
    lines = queue.Queue()
    read_buffer("stdout", ["x\n"], lines)
    assert lines.get() == OutputLine("stdout", "x")
