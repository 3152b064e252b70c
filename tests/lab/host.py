"""One host of a lab, seen from here: its data for an inventory, the independent judge, and its faults."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.lab import places, processes, recipe, seeds
from tests.lab.places import LabError
from tests.lab.processes import Process

_SCRATCH = ("tmp", "var/tmp", "dev/shm")
_REFUSING = "run/sshd.off"
_SMALL = "lab-small"  # source of the tiny file systems, by which they are found again


@dataclass(frozen=True)
class Snapshot:
    processes: frozenset[Process]
    files: frozenset[str]


class Host:
    def __init__(self, lab_state: Path, name: str, address: str, kind: str, keeper: int) -> None:
        self.name, self.address, self.kind = name, address, kind
        self._keeper = keeper
        self._lab_state = lab_state
        self._state = lab_state / "hosts" / name
        self._frozen = self._state / "frozen"  # marks it, also for other processes

    def __repr__(self) -> str:
        return f"<{self.kind} host {self.name} {self.address}>"

    @property
    def pid(self) -> int:
        """Of its PID 1, as this machine sees it; changes with each boot."""
        try:
            return int((self._state / "pid").read_text())
        except FileNotFoundError:
            raise LabError(f"{self.name} is not running:\n{self.console()}") from None

    @property
    def root(self) -> Path:
        """Its root file system. Absolute symbolic links below it lead into this machine: mind them."""
        return Path(f"/proc/{self.pid}/root")

    @property
    def boot_id(self) -> str:
        return (self._state / "boot_id").read_text().strip()

    def console(self) -> str:
        """What was printed while it started."""
        try:
            return (self._state / "console.log").read_text(errors="replace")[-4000:]
        except FileNotFoundError:
            return "it has been removed"

    def ssh_data(self, user: str = "root", *, password: bool = False) -> dict[str, object]:
        """Host data for an inventory."""
        secret = {"ssh_password": recipe.PASSWORD} if password else {"ssh_key": str(self._lab_state / "id")}
        return {
            "ssh_hostname": self.address,
            "ssh_user": user,
            "ssh_known_hosts_file": str(self._lab_state / "known_hosts"),
            "ssh_strict_host_key_checking": "yes",
            **secret,
        }

    # -- the independent judge

    def run(
        self, argv: Sequence[str], *, check: bool = True, input: str | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run a program in the host as root, not over ssh."""
        # Without the rights that a host lacks too: a date set in here would be the whole machine's.
        weak = ["setpriv", "--bounding-set=-sys_time,-sys_module,-sys_rawio"]
        enter = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--time", "--root", "--wd"]
        clean = ["env", "-i", f"PATH={places.PATH}", "HOME=/root", "USER=root", "LANG=C.UTF-8", "TERM=dumb"]
        command = [*weak, "nsenter", "-t", str(self.pid), *enter, *clean, *argv]
        given = {"input": input} if input is not None else {"stdin": subprocess.DEVNULL}
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command, **given, capture_output=True, text=True, errors="replace", timeout=timeout, check=False
        )
        if check and done.returncode:
            raise LabError(f"{self.name}: {shlex.join(argv)} gave {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def sh(self, script: str, *, check: bool = True, input: str | None = None) -> str:
        """Run a shell script in the host as root, not over ssh, and return what it printed."""
        return self.run(["sh", "-c", script], check=check, input=input).stdout

    def processes(self) -> list[Process]:
        return processes.of_host(self.pid)

    def snapshot(self) -> Snapshot:
        files: set[str] = set()
        root = self.root
        for scratch in _SCRATCH:
            for folder, folders, names in os.walk(root / scratch):
                inside = f"/{Path(folder).relative_to(root)}"
                files.update(f"{inside}/{name}" for name in (*folders, *names))
        return Snapshot(frozenset(self.processes()), frozenset(files))

    def leaks(self, before: Snapshot, wait: float = 3) -> list[str]:
        """Processes and scratch files that were not there before, once they had `wait` seconds to go."""
        deadline = time.monotonic() + wait
        while True:
            now = self.snapshot()
            more = [f"file {path}" for path in now.files - before.files]
            more += [
                f"process {p.pid} {p.name} ({p.state}): {' '.join(p.argv)}" for p in now.processes - before.processes
            ]
            if not more or time.monotonic() > deadline:
                return sorted(more)
            time.sleep(0.05)

    # -- OpenSSH's client

    def ssh(
        self,
        command: str,
        user: str = "root",
        *,
        password: str | None = None,
        options: Sequence[str] = (),
        input: str | None = None,
        timeout: float = 30,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command over ssh, by key or by password."""
        if password is None:
            return _run(self.ssh_argv(command, user, options), None, input, timeout)
        only = ["-o", "PreferredAuthentications=password", "-o", "NumberOfPasswordPrompts=1", "-o", "BatchMode=no"]
        with tempfile.TemporaryDirectory() as folder:  # ssh asks a program for the password when told to
            asked = Path(folder) / "askpass"
            asked.write_text(f"#!/bin/sh\necho {shlex.quote(password)}\n")
            asked.chmod(0o700)
            env = {**os.environ, "SSH_ASKPASS": str(asked), "SSH_ASKPASS_REQUIRE": "force"}
            return _run(self.ssh_argv(command, user, [*only, *options]), env, input, timeout)

    def ssh_argv(self, command: str, user: str = "root", options: Sequence[str] = ()) -> list[str]:
        """The command line of OpenSSH's client; `options` come first, as ssh takes the first value that it meets."""
        config = str(self._lab_state / "ssh_config")
        return ["ssh", *options, "-o", "BatchMode=yes", "-F", config, "-l", user, self.name, command]

    def authorize(self, public_key: Path, user: str = "root") -> None:
        """Let a key open a user."""
        home = seeds.homes(self.kind)[user][0]
        self.sh(f"cat >> /{home}/.ssh/authorized_keys", input=public_key.read_text())

    def install_certificate(self, certificate: str) -> None:
        self.sh(f"cat > /{seeds.HOST_CERTIFICATE}", input=certificate)
        self.sh(f"echo HostCertificate /{seeds.HOST_CERTIFICATE} > /etc/ssh/sshd_config.d/20-certificate.conf")
        self.refuse()  # a reload would do for sshd, but one cannot tell when it is done
        self.accept()

    def ping(self, timeout: float = 5) -> float:
        """Milliseconds that a TCP connect takes, which is one round trip."""
        start = time.perf_counter()
        with socket.create_connection((self.address, 22), timeout=timeout):
            return (time.perf_counter() - start) * 1000

    def wait(self, timeout: float = 30) -> None:
        """Wait until its sshd listens, and with systemd until the host is up entirely."""
        self._until(self._listening, timeout, "sshd does not listen")
        if self.kind == "systemd":
            self.run(["systemctl", "is-system-running", "--wait"], check=False, timeout=timeout)

    def _listening(self) -> bool:
        try:
            return processes.listens(int((self._state / "pid").read_text()), 22)
        except (FileNotFoundError, ProcessLookupError):
            return False

    def _until(self, condition: Callable[[], bool], timeout: float, problem: str) -> None:
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline or not Path(f"/proc/{self._keeper}").exists():
                raise LabError(f"{self.name}: {problem} (waited {timeout:g} s at most):\n{self.console()}")
            time.sleep(0.005)

    # -- faults

    def refuse(self) -> None:
        """Stop sshd: connections are refused; those that are open stay."""
        (self.root / _REFUSING).touch()
        if self.kind == "systemd":
            self.run(["systemctl", "stop", "ssh"])
        else:
            for process in self.processes():
                if process.ppid == 1 and process.name in ("sshd", "dropbear"):
                    os.kill(process.outer_pid, signal.SIGTERM)
        self._until(lambda: not self._listening(), 5, "sshd still listens")

    def accept(self) -> None:
        """Undo `refuse()`."""
        (self.root / _REFUSING).unlink(missing_ok=True)
        if self.kind == "systemd":
            self.run(["systemctl", "start", "ssh"])
        self._until(self._listening, 10, "sshd does not listen")

    def cut(self) -> int:
        """Kill the server's process of every open connection; returns how many processes that were."""
        sessions = processes.ssh_sessions(self.processes())
        for process in sessions:
            _signal(process, signal.SIGKILL)
        return len(sessions)

    def freeze(self) -> None:
        """Stop every process: connections are made by the kernel, and then nothing answers."""
        self._frozen.touch()
        for process in self.processes():
            _signal(process, signal.SIGSTOP)

    def thaw(self) -> None:
        self._frozen.unlink(missing_ok=True)
        for process in self.processes():
            _signal(process, signal.SIGCONT)

    def small(self, path: str, size: str = "64k") -> None:
        """Mount a tiny file system at a path, so that it is soon full."""
        self.run(["mkdir", "-p", path])
        self.run(["mount", "-t", "tmpfs", "-o", f"size={size}", _SMALL, path])

    def unsmall(self) -> None:
        """Undo `small()` everywhere."""
        mounts = [line.split() for line in Path(f"/proc/{self.pid}/mounts").read_text().splitlines()]
        for source, path, *_ in reversed(mounts):
            if source == _SMALL:
                self.run(["umount", "-l", path.encode().decode("unicode_escape")])

    def reboot(self, wait: bool = True, timeout: float = 30) -> None:
        """Reboot it from within, in the way of its kind."""
        before = self.pid
        command = ["systemctl", "reboot"] if self.kind == "systemd" else ["reboot"]
        self.run(command, check=False, timeout=timeout)  # the command may die with the host
        if wait:
            self._until(lambda: not Path(f"/proc/{before}").exists(), timeout, "is still up")
            self.wait(timeout)

    def reset(self) -> None:
        """Undo the host's own faults, those that another process made too, and wait until it answers."""
        self._until((self._state / "pid").exists, 30, "is not up")
        if self._frozen.exists():
            self.thaw()
        if (self.root / _REFUSING).exists():
            self.accept()
        self.unsmall()
        self._until(self._listening, 30, "sshd does not listen")


def _run(
    argv: list[str], env: dict[str, str] | None, given: str | None, timeout: float
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, env=env, input=given or "", capture_output=True, text=True, errors="replace", timeout=timeout, check=False
    )


def _signal(process: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.outer_pid, number)
