"""What goes wrong on real hosts and networks: it is reported at once, nothing is left behind, the others go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from io import BytesIO
from pathlib import Path

import pytest

from pyinfra._core.events import OperationHostEnded
from pyinfra.api.command import FileUploadCommand
from pyinfra.api.operation import add_op, operation
from pyinfra.api.operations import run_ops
from tests.lab import Host, Lab

from .runs import run_on, shell

ALL_BYTES = bytes(range(256))


def only(result: dict) -> object:
    (meta,) = result.values()
    return meta


def names(host: Host, text: str) -> list[str]:
    """Processes of a host whose command line holds a text."""
    return [" ".join(process.argv) for process in host.processes() if text in " ".join(process.argv)]


def test_all_bytes_survive(plain_hosts: list[Host]):
    octal = "".join(f"\\0{byte:03o}" for byte in ALL_BYTES)
    with run_on(plain_hosts[:1]) as state:
        meta = only(add_op(state, shell, f"printf '%b' '{octal}'; echo; echo after"))
        run_ops(state)
    *lines, after = meta.stdout_lines
    assert "\n".join(lines).encode("utf-8", "surrogateescape") == ALL_BYTES
    assert after == "after"


def test_bad_utf_8_followed_by_much_more_does_not_hang(plain_hosts: list[Host]):
    with run_on(plain_hosts[:1]) as state:
        meta = only(add_op(state, shell, "printf '\\377\\n'; yes | head -c 8000000; echo end"))
        run_ops(state)
    assert meta.stdout_lines[-1] == "end"
    assert len(meta.stdout_lines) == 4_000_002


def test_100_mb_without_a_newline_is_linear_and_bounded(plain_hosts: list[Host], tmp_path: Path):
    program = tmp_path / "big.py"
    program.write_text(
        "import re, time\n"
        "from pyinfra.api import Config, Inventory, State\n"
        "from pyinfra.api.connect import connect_all\n"
        "from pyinfra.api.operation import add_op\n"
        "from pyinfra.api.operations import run_ops\n"
        "from tests.system.runs import shell\n"
        f"state = State(Inventory(([('big', {plain_hosts[0].ssh_data()!r})], {{}})), Config())\n"
        "connect_all(state)\n"
        "(meta,) = add_op(state, shell, 'head -c 100000000 /dev/zero | tr \"\\\\0\" x; echo; echo end').values()\n"
        "began = time.monotonic()\n"
        "run_ops(state)\n"
        # not ru_maxrss: that begins with the memory of whoever started this program
        "peak = re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]\n"
        "print(time.monotonic() - began, int(peak) / 1024)\n"
        "print(meta.stdout_lines[-1], 'left out' in meta.stderr)\n"
    )
    ran = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True, env=_environment())
    numbers, text = ran.stdout.splitlines()
    seconds, megabytes = map(float, numbers.split())
    assert seconds < 60  # a minute would be quadratic
    assert megabytes < 100
    assert text == "end True"


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


@pytest.mark.parametrize("user", ["root", "deploy"])
def test_a_timeout_leaves_no_process(fresh_host: Host, user: str):
    before = fresh_host.snapshot()
    with run_on([fresh_host], user, SUDO=True) as state:
        meta = only(add_op(state, shell, "sleep 4711 | cat", _timeout=1, _ignore_errors=True))
        after = only(add_op(state, shell, "echo goes on"))
        run_ops(state)
        assert meta.did_error
        assert after.stdout == "goes on"
        assert names(fresh_host, "4711") == []
    assert fresh_host.leaks(before) == []


@pytest.mark.parametrize("user", ["root", "deploy"])
@pytest.mark.parametrize("delay", [0.0, 0.05, 0.15, 0.3, 0.5, 1.0])
def test_ctrl_c_leaves_no_process_and_no_file_and_ends_at_once(
    fresh_host: Host, tmp_path: Path, user: str, delay: float
):
    big = tmp_path / "big"
    big.write_bytes(b"x" * 30_000_000)
    program = tmp_path / "interrupted.py"
    program.write_text(
        "import signal, sys\n"
        "from pyinfra.api import Config, Inventory, State\n"
        "from pyinfra.api.connect import connect_all\n"
        "from pyinfra.api.operation import add_op\n"
        "from pyinfra.api.operations import run_ops\n"
        "from pyinfra.operations import files, server\n"
        # whoever runs the tests in the background of a shell has the signal ignored
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "try:\n"
        "    print('begun', flush=True)\n"
        f"    state = State(Inventory(([('h', {fresh_host.ssh_data(user)!r})], {{}})), Config(SUDO=True))\n"
        "    connect_all(state)\n"
        f"    add_op(state, files.put, src={str(big)!r}, dest='/srv/big')\n"
        "    add_op(state, server.shell, commands=['sleep 4712 & sleep 4712'])\n"
        "    run_ops(state)\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(130)\n"
    )
    before = fresh_host.snapshot()
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 130  # two tenths of a second on an idle machine
    assert fresh_host.leaks(before) == []
    assert fresh_host.sh("find /srv -name '.pyinfra*'; test ! -e /srv/big || wc -c < /srv/big").strip() in (
        "",
        "30000000",
    )


def test_a_killed_connection_is_reported_at_once_and_the_others_go_on(plain_hosts: list[Host]):
    one, two, _ = plain_hosts
    with run_on([one, two]) as state:
        meta = add_op(state, shell, "echo $$; sleep 4")
        later = add_op(state, shell, "echo later")
        ended: list[str] = []
        state.events.subscribe(lambda event: ended.append(event.host), OperationHostEnded)
        threading.Timer(1, one.cut).start()
        run_ops(state)
        first, second = state.inventory
        assert list(state.failed_hosts) == [first]
        assert "connection lost" in state.failures[-1].message
        assert ended[0] == first.name
        assert not later[first].is_complete()
        assert later[second].stdout == "later"
        assert meta[second].did_change


def test_a_connection_that_is_lost_between_operations_is_opened_again(plain_hosts: list[Host]):
    with run_on(plain_hosts[:1]) as state:
        first = only(add_op(state, shell, "echo first"))
        run_ops(state)
        plain_hosts[0].cut()
        time.sleep(0.3)
        second = only(add_op(state, shell, "echo second"))
        run_ops(state)
        assert (first.stdout, second.stdout) == ("first", "second")


def test_a_half_open_connection_is_given_up_and_the_others_go_on(lab: Lab, plain_hosts: list[Host], tmp_path: Path):
    config = tmp_path / "config"
    config.write_text("Host *\n  ServerAliveInterval 1\n  ServerAliveCountMax 2\n")
    one, two, _ = plain_hosts
    with run_on([one, two], data={"ssh_config_file": str(config)}) as state:
        lab.partition(one)
        add_op(state, shell, "echo hello")
        run_ops(state)
        first, second = state.inventory
        assert list(state.failed_hosts) == [first]
        assert "no answer" in state.failures[-1].message or "connection lost" in state.failures[-1].message
        assert state.results[second].success_ops == 1
        lab.heal()


@operation()
def put(content: bytes, dest: str):
    yield FileUploadCommand(BytesIO(content), dest)


@pytest.mark.parametrize("user", ["root", "deploy"])
@pytest.mark.parametrize("size", [90_000, 1_000_000])
def test_a_full_disk_leaves_the_old_file_whole(fresh_host: Host, user: str, size: int):
    fresh_host.small("/mnt/tiny", "64k")
    fresh_host.sh("chmod 777 /mnt/tiny; seq 1 2000 > /mnt/tiny/file")
    old = fresh_host.sh("cksum /mnt/tiny/file; ls -a /mnt/tiny")
    with run_on([fresh_host], user) as state:
        meta = only(add_op(state, put, b"y" * size, "/mnt/tiny/file", _ignore_errors=True, _sudo=user == "deploy"))
        run_ops(state)
    assert meta.did_error
    assert "No space left on device" in state_message(state)
    assert fresh_host.sh("cksum /mnt/tiny/file; ls -a /mnt/tiny") == old


def state_message(state) -> str:
    """Everything that was said about failures, ignored ones too."""
    texts = [failure.message for failure in state.failures]
    for ops in state.ops.values():
        texts.extend(data.operation_meta.stderr for data in ops.values())
        texts.extend(str(data.operation_meta.failure) for data in ops.values())
    return "\n".join(texts)


def test_an_exception_in_one_hosts_operation_fails_that_host_only(plain_hosts: list[Host]):
    from pyinfra import host
    from pyinfra.api import OperationError

    @operation()
    def picky():
        yield "echo begun"
        if host.name == plain_hosts[1].name:
            raise OperationError("not here")

    with run_on(plain_hosts) as state:
        result = add_op(state, picky)
        after = add_op(state, shell, "echo after")
        run_ops(state)
    assert [h.name for h in state.failed_hosts] == [plain_hosts[1].name]
    assert sum(bool(m.did_succeed) for m in result.values() if m.is_complete()) == 2
    assert sum(m.is_complete() for m in after.values()) == 2


def test_secrets_are_in_no_list_of_arguments(plain_hosts: list[Host]):
    canary = "canary-4713"
    with run_on(plain_hosts[:1], "alice", data={"_sudo": True, "_sudo_password": "secret"}) as state:
        add_op(state, shell, "sleep 0.7", _env={"TOKEN": canary})
        seen: list[str] = []
        watcher = threading.Timer(0.3, lambda: seen.extend(" ".join(p.argv) for p in plain_hosts[0].processes()))
        watcher.start()
        run_ops(state)
        watcher.join()
    assert any("sleep 0.7" in line for line in seen)
    assert not [line for line in seen if canary in line or "secret" in line]
