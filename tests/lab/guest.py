"""The inside of one host: its namespaces, its mounts, its boots and reboots.

Three processes keep a host. The keeper owns the network namespace and the root file system, which outlive reboots. For
each boot it forks a supervisor, which makes the other namespaces and waits for their first process, the host's PID 1.
When one of the three dies, those below it are killed by the kernel, so ending the keeper ends the host.
"""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.lab import kernel, places

_REBOOT = 3  # exit status of the supervisor when the host asked to be booted again
_CAP_SYS_MODULE, _CAP_SYS_RAWIO, _CAP_SYS_TIME = 16, 17, 25
_DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
_DEVICE_LINKS = {
    "ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2",
}  # fmt: skip
_QUIET = kernel.NOSUID | kernel.NODEV | kernel.NOEXEC


@dataclass(frozen=True)
class SeedFile:
    """A file that differs from host to host, written before the first boot."""

    path: str
    text: str
    mode: int = 0o644
    owner: int = 0


@dataclass(frozen=True)
class Guest:
    lab: str
    name: str
    kind: str
    base: Path
    disk: str
    reboot_delay: float
    files: Sequence[SeedFile]
    network: str  # commands for `ip -batch` in the host's network namespace

    @property
    def state(self) -> Path:
        return places.host_state(self.lab, self.name)

    @property
    def root(self) -> Path:
        return self.state / "fs/root"


def keep(guest: Guest, ready: int, go: int) -> None:
    """Be the keeper. Tells `ready` when the network namespace is there, and waits on `go` for its links."""
    os.setsid()
    with (guest.state / "console.log").open("wb") as log, Path(os.devnull).open("rb") as nothing:
        for number, file in enumerate((nothing, log, log)):
            os.dup2(file.fileno(), number)
    kernel.unshare(kernel.NEWNET | kernel.NEWNS)
    os.write(ready, b"1")
    if not os.read(go, 1):
        return
    subprocess.run(["ip", "-batch", "-"], input=guest.network, text=True, check=True)
    _make_root(guest)
    cgroup = cgroup_of(guest.lab, guest.name) if guest.kind == "systemd" else None
    while True:
        supervisor = kernel.fork(lambda: _supervise(guest, cgroup))
        status = os.waitpid(supervisor, 0)[1]
        (guest.state / "pid").unlink(missing_ok=True)
        if os.waitstatus_to_exitcode(status) != _REBOOT:
            return
        time.sleep(guest.reboot_delay)


def cgroup_of(lab: str, host: str = "") -> Path | None:
    """The place of a host in the version 2 tree of control groups, which is not the top one in hybrid set-ups."""
    for top in (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup")):
        if (top / "cgroup.procs").exists():
            return top / f"pyinfra-lab-{lab}" / host
    return None


def _make_root(guest: Guest) -> None:
    kernel.mount("none", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
    fs = guest.state / "fs"
    fs.mkdir()
    kernel.mount("tmpfs", fs, "tmpfs", data=f"size={guest.disk},mode=755")
    for name in ("upper", "work", "root"):
        (fs / name).mkdir(mode=0o755)
    kernel.mount("overlay", guest.root, "overlay", data=f"lowerdir={guest.base},upperdir={fs}/upper,workdir={fs}/work")
    for file in guest.files:
        path = guest.root / file.path
        for folder in [p for p in reversed(path.parents) if not p.exists()]:
            folder.mkdir(mode=0o700 if folder.name == ".ssh" else 0o755)
            os.chown(folder, file.owner, file.owner)
        path.write_text(file.text)
        path.chmod(file.mode)
        os.chown(path, file.owner, file.owner)


def _supervise(guest: Guest, cgroup: Path | None) -> None:
    if cgroup:
        cgroup.mkdir(parents=True, exist_ok=True)
        (cgroup / "cgroup.procs").write_text(str(os.getpid()))
    kernel.unshare(kernel.NEWPID | kernel.NEWUTS | kernel.NEWIPC | kernel.NEWCGROUP | kernel.NEWTIME)
    # A time namespace of its own gives each boot an uptime that starts at zero.
    uptime = int(time.clock_gettime(time.CLOCK_BOOTTIME))
    Path("/proc/self/timens_offsets").write_text(f"boottime -{uptime} 0\n")
    running, started = os.pipe()  # closed by exec, when the new root is in place
    init = kernel.fork(lambda: _boot(guest))
    os.close(started)
    os.read(running, 1)
    _publish(guest.state / "pid", init)
    status = os.waitpid(init, 0)[1]
    # reboot(2) in a PID namespace ends its init with SIGHUP, halt and poweroff with SIGINT
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGHUP:
        sys.exit(_REBOOT)


def _publish(place: Path, pid: int) -> None:
    new = place.with_suffix(".new")
    new.write_text(str(pid))
    new.rename(place)


def _boot(guest: Guest) -> None:
    """Be the host's PID 1: put up its file systems and become its init."""
    kernel.as_if_fresh()
    kernel.unshare(kernel.NEWNS)  # only here: pivot_root moves every process in the mount namespace
    socket.sethostname(guest.name)
    kernel.mount(guest.root, guest.root, flags=kernel.BIND)
    os.chdir(guest.root)
    _mount_proc(guest)
    kernel.mount("sysfs", "sys", "sysfs", kernel.RDONLY | _QUIET)
    _make_devices()
    kernel.mount("run", "run", "tmpfs", kernel.NOSUID | kernel.NODEV, "mode=755")
    for folder in ("run/lock", "run/sshd"):
        Path(folder).mkdir()
    if guest.kind == "systemd":
        kernel.mount("cgroup2", "sys/fs/cgroup", "cgroup2", _QUIET)
        Path("run/lab-booted").touch()  # lets package scripts start services, see policy-rc.d
    Path(".old").mkdir()
    kernel.pivot_root(".", ".old")
    os.chdir("/")
    kernel.detach("/.old")
    Path("/.old").rmdir()
    # A guest that sets the time zone would move the clock of the whole machine; modules and raw I/O are not its own.
    for capability in (_CAP_SYS_TIME, _CAP_SYS_MODULE, _CAP_SYS_RAWIO):
        kernel.drop_from_bounding_set(capability)
    nothing = os.open("/dev/null", os.O_RDONLY)
    os.dup2(nothing, 0)
    if guest.kind == "systemd":
        os.execve("/sbin/init", ["/sbin/init"], {"container": "lab", "PATH": places.PATH})
    os.execve("/bin/sh", ["/bin/sh", "/etc/lab-init"], {"PATH": places.PATH})


def _mount_proc(guest: Guest) -> None:
    kernel.mount("proc", "proc", "proc", _QUIET)
    # Settings of the kernel that have no namespace would reach the machine: only net.* may be written.
    kernel.mount("proc/sys", "proc/sys", flags=kernel.BIND)
    kernel.mount("proc/sys/net", "proc/sys/net", flags=kernel.BIND)
    kernel.mount("none", "proc/sys", flags=kernel.REMOUNT | kernel.BIND | kernel.RDONLY | _QUIET)
    # Binds below /proc/sys come after its own, which is not recursive.
    boot_id = guest.state / "boot_id"
    boot_id.write_text(f"{uuid.uuid4()}\n")
    kernel.mount(boot_id, "proc/sys/kernel/random/boot_id", flags=kernel.BIND)


def _make_devices() -> None:
    kernel.mount("dev", "dev", "tmpfs", kernel.NOSUID, "mode=755,size=4m")
    os.umask(0)
    for name, (major, minor) in _DEVICES.items():
        os.mknod(f"dev/{name}", 0o666 | stat.S_IFCHR, os.makedev(major, minor))
    # A node of its own, not a link to null: systemd changes the mode of the console, and would shut null to others.
    os.mknod("dev/console", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    os.umask(0o022)
    for folder in ("pts", "shm", "mqueue"):
        Path("dev", folder).mkdir()
    kernel.mount("devpts", "dev/pts", "devpts", 0, "newinstance,ptmxmode=666,mode=620,gid=5")
    kernel.mount("shm", "dev/shm", "tmpfs", kernel.NOSUID | kernel.NODEV, "mode=1777")
    for name, target in _DEVICE_LINKS.items():
        Path("dev", name).symlink_to(target)
