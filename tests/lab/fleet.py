"""The hosts of a lab as their warden sees them: started in batches, stopped, listed."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.lab import guest, kernel, keys, network, places, seeds
from tests.lab.places import LabError


@dataclass
class Record:
    name: str
    address: str
    kind: str
    index: int
    keeper: int = 0
    public_key: str = ""


class Fleet:
    def __init__(self, lab: str, net: network.Network, router: int) -> None:
        self._lab, self._net, self._router = lab, net, router
        self._state = places.state(lab)
        self._hosts: dict[str, Record] = {}
        self._next = 0
        self._client_key = (self._state / "id.pub").read_text()
        self._user_ca = (self._state / "ca.pub").read_text()
        self._write_client_files()

    def rows(self) -> list[dict[str, Any]]:
        return [asdict(record) for record in self._hosts.values()]

    def address(self, name: str) -> str:
        return self._record(name).address

    def _record(self, name: str) -> Record:
        if name not in self._hosts:
            raise LabError(f"no such host: {name}")
        return self._hosts[name]

    def start(
        self,
        count: int,
        kind: str,
        base: str,
        sshd: Mapping[str, str],
        host_certificate: bool,
        disk: str,
        reboot_delay: float,
    ) -> list[dict[str, Any]]:
        """Start hosts; returns when their processes run, which is before they answer."""
        batch = [self._new_record(kind) for _ in range(count)]
        self._make_keys(batch, host_certificate)
        guests = []
        for record in batch:
            files = tuple(seeds.files(kind, self._identity(record, host_certificate), sshd))
            commands = self._net.host_commands(record.address)
            guests.append(guest.Guest(self._lab, record.name, kind, Path(base), disk, reboot_delay, files, commands))
        self._run_keepers(batch, guests)
        self._hosts.update({record.name: record for record in batch})
        self._write_client_files()
        return [asdict(record) for record in batch]

    def _new_record(self, kind: str) -> Record:
        index, self._next = self._next, self._next + 1
        record = Record(f"h{index + 1}", self._net.address(index), kind, index)
        places.host_state(self._lab, record.name).mkdir(parents=True)
        return record

    def _make_keys(self, batch: Sequence[Record], certificates: bool) -> None:
        def place(record: Record) -> Path:
            return places.host_state(self._lab, record.name) / "key"

        _all([keys.command(place(record), record.name) for record in batch])
        if certificates:
            ca, always = self._state / "ca", "always:forever"
            commands = [
                keys.sign_command(ca, keys.public(place(r)), r.name, [r.name, r.address], always, ["-h"]) for r in batch
            ]
            _all(commands)

    def _identity(self, record: Record, certificate: bool) -> seeds.Identity:
        key = places.host_state(self._lab, record.name) / "key"
        record.public_key = keys.public(key).read_text()
        signed = key.with_name("key-cert.pub").read_text() if certificate else None
        return seeds.Identity(
            record.name, record.address, key.read_text(), record.public_key, signed, self._client_key, self._user_ca
        )

    def _run_keepers(self, batch: Sequence[Record], guests: Sequence[guest.Guest]) -> None:
        ready, tell_ready = os.pipe()
        go, tell_go = os.pipe()
        try:
            for record, one in zip(batch, guests, strict=True):
                record.keeper = kernel.fork(lambda one=one: _keep(one, tell_ready, go))  # type: ignore[misc]
            _await_bytes(ready, len(batch))
            links = "".join(network.link_commands(record.index, record.keeper) for record in batch)
            network.ip(links, namespace_of=self._router)
            os.write(tell_go, b"1" * len(batch))
        except BaseException:
            for record in batch:
                _kill(record.keeper)
            raise
        finally:
            for end in (ready, tell_ready, go, tell_go):
                os.close(end)

    def stop(self, names: Sequence[str]) -> list[str]:
        """End hosts for good, wait until their processes are gone, and return their addresses."""
        records = [self._hosts.pop(self._record(name).name) for name in dict.fromkeys(names)]
        inits = [self._init_of(record) for record in records]
        for record in records:
            _kill(record.keeper)
        self._await_end({record.keeper for record in records} | {init for init in inits if init})
        for record in records:
            shutil.rmtree(places.host_state(self._lab, record.name), ignore_errors=True)
        self._write_client_files()
        return [record.address for record in records]

    def _init_of(self, record: Record) -> int | None:
        try:
            return int((places.host_state(self._lab, record.name) / "pid").read_text())
        except FileNotFoundError:
            return None

    def kill(self) -> None:
        for record in self._hosts.values():
            _kill(record.keeper)

    def reap(self) -> None:
        """Collect children that ended, and forget their process ids, which the kernel may give to others."""
        with contextlib.suppress(ChildProcessError):
            while pid := os.waitpid(-1, os.WNOHANG)[0]:
                for record in self._hosts.values():
                    if record.keeper == pid:
                        record.keeper = 0

    def _await_end(self, pids: set[int]) -> None:
        """All of them are children of this process, or become so when the one between has died."""
        deadline = time.monotonic() + 5
        pids.discard(0)
        while pids and time.monotonic() < deadline:
            self.reap()
            pids = {pid for pid in pids if Path(f"/proc/{pid}").exists()}
            if pids:
                time.sleep(0.002)

    def _write_client_files(self) -> None:
        """known_hosts and ssh_config of all hosts, for OpenSSH's client."""
        known, config = "", ""
        for record in self._hosts.values():
            known += keys.known_hosts_line([record.address, record.name], record.public_key)
            config += f"Host {record.name}\n  HostName {record.address}\n"
        config += f"""\
Host *
  User root
  IdentityFile {self._state}/id
  IdentitiesOnly yes
  UserKnownHostsFile {self._state}/known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
"""
        for name, text in (("known_hosts", known), ("ssh_config", config)):
            new = self._state / f"{name}.new"
            new.write_text(text)
            new.rename(self._state / name)


def _keep(one: guest.Guest, ready: int, go: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    guest.keep(one, ready, go)


def _all(commands: Sequence[Sequence[str]]) -> None:
    """Run commands side by side."""
    running = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for command in commands]
    failed = [process.args for process in running if process.wait()]
    if failed:
        raise LabError(f"failed: {failed[0]!r}")


def _await_bytes(end: int, count: int) -> None:
    deadline = time.monotonic() + 30
    while count > 0:
        if not select.select([end], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise LabError("hosts did not start: their network namespaces are missing")
        count -= len(os.read(end, count))


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        if pid > 0:
            os.kill(pid, signal.SIGKILL)
