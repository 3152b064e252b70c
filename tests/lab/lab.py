"""A lab: several hosts behind a wire, for as long as the process that wants them lives."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from tests.lab import keys, link, needs, places, stale
from tests.lab.busybox import ensure_busybox
from tests.lab.debian import ensure_base
from tests.lab.host import Host
from tests.lab.places import LabError

Kind = Literal["plain", "systemd", "busybox"]
DISK = "512m"
REBOOT_DELAY = 0.3  # seconds that a rebooting host is away
_SPARES = 2
_numbers = itertools.count(1)


class Lab:
    """Starts on first use; everything it made goes with `down()`, or when this process ends in whatever way."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name or f"p{os.getpid()}-{next(_numbers)}"
        self.hosts: list[Host] = []
        self._warden: subprocess.Popen[bytes] | None = None
        self._running = False
        self._spares: list[Host] = []
        self._serial = itertools.count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.down()

    @classmethod
    def attach(cls, name: str) -> Lab:
        """A lab that another process started."""
        lab = cls(name)
        lab._running = True
        lab.hosts = [lab._host(row) for row in lab._ask("list")["hosts"]]
        return lab

    def start(self, *, stay: bool = False) -> None:
        """Start the lab, without hosts, unless it runs; with `stay` it outlives this process."""
        if self._running:
            return
        if reason := needs.why_not():
            raise LabError(reason)
        self._warden = link.start_warden(self.name, None if stay else os.getpid())
        self._running = True

    def _ask(self, do: str, **fields: Any) -> dict[str, Any]:
        self.start()
        return link.ask(self.name, do, **fields)

    def _host(self, row: Mapping[str, Any]) -> Host:
        return Host(self.state, row["name"], row["address"], row["kind"], row["keeper"])

    # -- hosts

    def up(
        self,
        count: int = 1,
        kind: Kind = "plain",
        *,
        sshd: Mapping[str, str] | None = None,
        host_certificate: bool = False,
        disk: str = DISK,
        reboot_delay: float = REBOOT_DELAY,
        wait: bool = True,
    ) -> list[Host]:
        """Add hosts. `sshd` has sshd_config keywords that win over the lab's own; `disk` is the room to write."""
        if kind == "busybox" and (sshd or host_certificate):
            raise LabError("dropbear has neither sshd_config nor certificates")
        self.start()
        more = {"sshd": dict(sshd or {}), "host_certificate": host_certificate}
        hosts = self._begin(count, kind, **more, disk=disk, reboot_delay=reboot_delay)
        self.hosts.extend(hosts)
        for host in hosts if wait else ():
            host.wait()
        return hosts

    def _begin(self, count: int, kind: Kind, **more: Any) -> list[Host]:
        base = ensure_busybox() if kind == "busybox" else ensure_base()
        rows = self._ask("up", count=count, kind=kind, base=str(base), **more)["hosts"]
        return [self._host(row) for row in rows]

    def take(self) -> Host:
        """An untouched plain host. A few are kept in store, so it is there at once."""
        self.start()
        if len(self._spares) <= _SPARES:
            usual = {"sshd": {}, "host_certificate": False, "disk": DISK, "reboot_delay": REBOOT_DELAY}
            self._spares += self._begin(_SPARES + 1 - len(self._spares), "plain", **usual)
        host = self._spares.pop(0)
        host.wait()
        self.hosts.append(host)
        return host

    def remove(self, *hosts: Host) -> None:
        """End hosts for good."""
        self._ask("remove", names=[host.name for host in hosts])
        gone = {host.name for host in hosts}
        self.hosts = [host for host in self.hosts if host.name not in gone]

    def down(self) -> None:
        """End the lab: when this returns, its processes, namespaces, mounts and files are gone."""
        if not self._running:
            return
        self._running = False
        self.hosts, self._spares = [], []
        try:
            link.ask(self.name, "down")
        except LabError:  # the warden was killed: the kernel has ended the rest, the files remain
            pass
        finally:
            if self._warden:
                self._warden.wait()
            stale.sweep()

    # -- the wire

    def rtt(self, ms: float, host: Host | None = None, *, jitter: float = 0) -> None:
        """Set the round-trip time of all hosts, or of one; up to `jitter` ms more, at random."""
        self._ask("rule", host=host.name if host else None, rtt_ms=ms, jitter_ms=jitter)

    def loss(self, percent: float, host: Host | None = None) -> None:
        """Lose packets at random, in each direction."""
        self._ask("rule", host=host.name if host else None, loss_pct=percent)

    def partition(self, *hosts: Host) -> None:
        """Make packets from and to the hosts vanish without any error. Hosts still reach each other."""
        self._ask("partition", hosts=[host.name for host in hosts])

    def heal(self, *hosts: Host) -> None:
        """Undo `partition()`, without arguments for all."""
        self._ask("heal", hosts=[host.name for host in hosts])

    def reset(self) -> None:
        """Undo every fault of the wire and of every host, and wait until all answer again."""
        if not self._running:
            return
        self._ask("calm")
        for host in self.hosts:
            host.reset()

    # -- keys

    @property
    def state(self) -> Path:
        return places.state(self.name)

    @property
    def key(self) -> Path:
        return self._file("id")

    @property
    def ca(self) -> Path:
        return self._file("ca")

    @property
    def known_hosts(self) -> Path:
        return self._file("known_hosts")

    @property
    def known_hosts_ca(self) -> Path:
        return self._file("known_hosts_ca")

    @property
    def ssh_config(self) -> Path:
        return self._file("ssh_config")

    def _file(self, name: str) -> Path:
        self.start()
        return self.state / name

    def new_key(self, kind: str = "ed25519", passphrase: str = "") -> Path:
        """A private key that opens nothing yet; its public half has .pub appended."""
        path = self._file(f"key{next(self._serial)}")
        keys.make(path, path.name, kind, passphrase)
        return path

    def sign_user(
        self, public_key: Path, principals: Sequence[str], *, validity: str = "-5m:+1h", options: Sequence[str] = ()
    ) -> Path:
        """A certificate with which the key opens the users `principals`; `options` as for `ssh-keygen -O`."""
        words = [word for option in options for word in ("-O", option)]
        return keys.sign(self.ca, public_key, "lab-user", principals, validity, words)

    def sign_host(self, host: Host) -> None:
        """Give a host a certificate of its key, and let its sshd present it from now on."""
        public_key = keys.public(places.host_state(self.name, host.name) / "key")
        signed = keys.sign(self.ca, public_key, host.name, [host.name, host.address], "always:forever", ["-h"])
        host.install_certificate(signed.read_text())
