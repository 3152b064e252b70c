"""Facts about this machine, read through each shell, against what Python sees."""

from __future__ import annotations

import datetime
import grp
import os
import platform
import pwd
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from pyinfra._lib.packages.choosing import KNOWN, PackageManagerName
from pyinfra.facts import server
from pyinfra.facts._server.accounts import GroupNumbers
from pyinfra.facts._server.clock import Boot
from pyinfra.facts._server.kernel import BuiltinModules
from pyinfra.facts._server.mounts import MountPoint
from pyinfra.facts.server import (
    Arch,
    AuthorizedKeys,
    Command,
    Date,
    EtcHosts,
    Groups,
    Home,
    Hostname,
    Kernel,
    KernelVersion,
    LinuxDistribution,
    LinuxName,
    LoadAverage,
    Mounts,
    Os,
    OsRelease,
    OsVersion,
    Port,
    Processes,
    RebootRequired,
    Sysctl,
    TmpDir,
    Uptime,
    User,
    Users,
    Which,
)
from pyinfra.facts.server import (
    Path as PathFact,
)

from .remote import Remote, counting

pytestmark = pytest.mark.skipif(platform.system() != "Linux", reason="compares with what Linux says")


def test_the_kernel(remote: Remote) -> None:
    assert remote.read(Kernel) == remote.read(Os) == platform.system()
    assert remote.read(KernelVersion) == remote.read(OsVersion) == platform.release()
    assert remote.read(Arch) == platform.machine()
    assert remote.read(Hostname) == platform.node()


def test_the_shell(remote: Remote, tmp_path: Path) -> None:
    assert remote.read(PathFact) == remote.path
    assert remote.lines(TmpDir().command(), TMPDIR=str(tmp_path)) == [str(tmp_path)]
    assert remote.lines(TmpDir().command(), TMPDIR=str(tmp_path / "missing")) == ["/tmp"]
    assert remote.read(Command, "echo a; echo; echo b") == "a\n\nb"
    assert remote.read(User) == pwd.getpwuid(os.geteuid()).pw_name


def test_programs(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\n")
    calls = [
        {"command": name} for name in ("ls", "no-such-program", "cd", str(tmp_path / "tool"), "-v", "", "$(touch x)")
    ]
    found = remote.read_all(Which, *calls, cwd=tmp_path)
    assert found == [shutil.which("ls", path=remote.path), None, "cd", None, None, None, None]
    (tmp_path / "tool").chmod(0o755)
    assert remote.read(Which, str(tmp_path / "tool")) == str(tmp_path / "tool")
    assert remote.read(Which, "no-such-program") is None
    assert not (tmp_path / "x").exists()


def test_accounts(remote: Remote) -> None:
    users = remote.read(Users)
    in_files = [line.split(":")[0] for line in Path("/etc/passwd").read_text().splitlines()]
    assert list(users) == list(dict.fromkeys(in_files))
    shadow = _shadow()
    for name, user in users.items():
        entry = pwd.getpwnam(name)
        primary = grp.getgrgid(entry.pw_gid).gr_name
        assert (user["uid"], user["gid"], user["home"], user["shell"]) == (
            entry.pw_uid,
            entry.pw_gid,
            entry.pw_dir,
            entry.pw_shell,
        )
        assert user["comment"] == (entry.pw_gecos or None)
        assert user["group"] == primary
        assert user["groups"] == [
            group.gr_name for group in grp.getgrall() if name in group.gr_mem and group.gr_name != primary
        ]
        assert user["password"] == shadow.get(name)
    assert remote.read(Groups) == [line.split(":")[0] for line in Path("/etc/group").read_text().splitlines()]


def _shadow() -> dict[str, str]:
    try:
        lines = Path("/etc/shadow").read_text().splitlines()
    except OSError:
        return {}
    return {line.split(":")[0]: line.split(":")[1] for line in lines}


def test_homes(remote: Remote) -> None:
    assert remote.lines(Home().command(), HOME="/some where") == ["/some where"]
    assert remote.read(Home, "root") == pwd.getpwnam("root").pw_dir
    if remote.name != "zsh":  # where an unknown home is an error
        assert remote.read(Home, "no-such-user") is None
    for user in ("x;id", "$(id)", "-", "+", "a b", "0", "a/b", "a\n", "~"):
        with pytest.raises(ValueError, match="user name"):
            Home().command(user)
        with pytest.raises(ValueError, match="user name"):
            AuthorizedKeys().command(user)


def test_authorized_keys(remote: Remote, tmp_path: Path) -> None:
    file = tmp_path / "my keys"
    file.write_text("# a comment\n\n  ssh-ed25519 AAAA bob@x \nno-pty ssh-rsa BBBB\n")
    assert remote.read(AuthorizedKeys, "bob", str(file)) == ["ssh-ed25519 AAAA bob@x", "no-pty ssh-rsa BBBB"]
    assert remote.read(AuthorizedKeys, "bob", str(tmp_path / "missing")) == []
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "authorized_keys").write_text("key\n")
    command = AuthorizedKeys().command("root", "~/.ssh/authorized_keys")
    assert AuthorizedKeys().process(remote.lines(command, HOME=str(tmp_path))) == ["key"]


def test_time_and_load(remote: Remote) -> None:
    now = remote.read(Date)
    assert abs(now.timestamp() - time.time()) < 5
    assert now.tzinfo is not None
    assert abs(remote.read(Uptime) - time.clock_gettime(time.CLOCK_BOOTTIME)) < 5
    assert set(remote.read(LoadAverage)) == {"1", "5", "15"}
    assert isinstance(Date().default(), datetime.datetime)


def test_the_distribution(remote: Remote) -> None:
    release = platform.freedesktop_os_release()
    value = remote.read(LinuxDistribution)
    assert value["release_meta"]["ID"] == release["ID"]
    assert value["major"] == (int(release["VERSION_ID"].split(".")[0]) if "VERSION_ID" in release else None)
    assert LinuxName().process_data(value) == value["name"]
    assert remote.read(OsRelease)["id"] == release["ID"]


def test_mounts(remote: Remote) -> None:
    mounts = remote.read(Mounts)
    with Path("/proc/self/mounts").open() as file:
        entries = [line.split() for line in file]
    # As the kernel writes them: with octal escapes, which plain points do not have.
    for device, point, kind, options, *_ in entries:
        if "\\" not in point + device and [entry[1] for entry in entries].count(point) == 1:
            assert mounts[point]["device"] == device
            assert mounts[point]["type"] == kind
            assert options.split(",")[0] in mounts[point]["options"]


def test_processes(remote: Remote) -> None:
    processes = remote.read(Processes)
    me = processes[os.getpid()]
    assert me["user"][:8] == pwd.getpwuid(os.geteuid()).pw_name[:8]
    assert "pytest" in me["args"] or "python" in me["args"]
    assert me["command"] == Path("/proc/self/comm").read_text().rstrip("\n")
    one = remote.read(Processes, os.getpid())
    assert list(one) == [os.getpid()]
    assert one[os.getpid()]["args"] == me["args"]
    assert remote.read(Processes, 2**22 - 1) == {}


def test_settings_of_the_kernel(remote: Remote) -> None:
    keys = ["kernel.ostype", "net.ipv4.ip_local_port_range", "kernel.pid_max", "kernel.no_such_key"]
    assert remote.read(Sysctl, keys) == {
        "kernel.ostype": "Linux",
        "net.ipv4.ip_local_port_range": [
            int(n) for n in Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
        ],
        "kernel.pid_max": int(Path("/proc/sys/kernel/pid_max").read_text()),
    }
    assert remote.read(Sysctl, "kernel.ostype") == {"kernel.ostype": "Linux"}
    assert remote.read(Sysctl)["kernel.ostype"] == "Linux"
    for key in ("-a", "", "a b", "x=1"):
        with pytest.raises(ValueError, match="kernel setting"):
            Sysctl().command(keys=[key])


def test_kernel_settings_without_the_program(tmp_path: Path) -> None:
    from .remote import only

    remote = only(tmp_path, "grep")
    command = Sysctl().command(["kernel.ostype", "net.ipv4.ip_local_port_range"]).get_raw_value()
    value = Sysctl().process(remote.lines(command.replace(":/sbin:/usr/sbin", "")))
    assert value["kernel.ostype"] == "Linux"
    assert len(value["net.ipv4.ip_local_port_range"]) == 2


def test_hosts(remote: Remote, tmp_path: Path) -> None:
    file = tmp_path / "-hosts"
    file.write_text(
        "127.0.0.1 localhost # here\n\n::1\tlocalhost ip6-localhost\n127.0.0.1 me localhost\nlonely\n# no\n"
    )
    expected = {"127.0.0.1": ["localhost", "me"], "::1": ["localhost", "ip6-localhost"]}
    assert remote.read(EtcHosts, str(file)) == expected
    assert remote.read(EtcHosts, str(tmp_path / "missing")) == {}


def test_the_rest_can_be_read(remote: Remote) -> None:
    assert remote.read(RebootRequired) in (True, False)
    for name in ("KernelModules", "LinuxGui", "SecurityLimits", "Timezone"):
        remote.read(getattr(server, name))


@pytest.mark.skipif(shutil.which("ss") is None, reason="needs ss")
def test_a_port_that_is_listened_on(remote: Remote) -> None:
    import socket

    if remote.name == "busybox":
        pytest.skip("this netstat does not tell programs")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_server(("127.0.0.1", 0)) as closed:
            free = closed.getsockname()[1]
        found = remote.read_all(Port, {"port": port}, {"port": free}, {"port": port, "protocol": "udp"})
    assert found[0][1] == os.getpid()
    assert found[1:] == [(None, None), (None, None)]


def test_processes_that_facts_cost(tmp_path: Path) -> None:
    from pyinfra.facts.files import Directory, File, Link, Sha1File

    log = tmp_path / "log"
    remote = counting(tmp_path / "programs", log)

    def run(command: object) -> list[str]:
        log.write_text("")
        assert remote.run(command).returncode == 0  # type: ignore[arg-type]
        return log.read_text().split()

    assert set(run(Users().command())) <= {"grep", "lastlog"}
    assert len(run(Users().command())) <= 2
    together = remote.lines(Users().batch_command([{}, {}]))
    for told in (Groups(), GroupNumbers(), Users()):
        assert told.batch_process([{}, {}], together) == [told.process(remote.lines(told.command()))] * 2
    for cls in (
        Kernel,
        KernelVersion,
        Hostname,
        LinuxDistribution,
        OsRelease,
        Uptime,
        LoadAverage,
        TmpDir,
        RebootRequired,
    ):
        assert run(cls().command()) == []
    files = [{"path": str(path)} for path in sorted(Path("/etc").iterdir())[:50]]
    assert run(File().batch_command(files)) == ["stat"]
    assert run(Directory().batch_command(files)) == ["stat"]
    links = [tmp_path / "one", tmp_path / "two"]
    for link in links:
        link.symlink_to("x")
    calls = [{"path": str(path)} for path in (*links, "/etc/passwd", "/missing")]
    assert run(Link().batch_command(calls)) == ["stat", "stat"]
    readable = [call for call in files if Path(call["path"]).is_file()]
    assert run(Sha1File().batch_command(readable)) == ["sha1sum"]
    assert run(Which().batch_command([{"command": name} for name in ("ls", "apt", "nope", "grep")])) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second account")
def test_passwords_are_unknown_to_those_who_may_not_read_them() -> None:
    argv = ["sh", "-c", Users().command()]
    done = subprocess.run(argv, user=65534, group=65534, extra_groups=[], capture_output=True, check=True)
    users = Users().process(done.stdout.decode("utf-8", "surrogateescape").splitlines())
    assert users["root"]["uid"] == 0
    assert users["root"]["password"] is None


def test_what_operations_ask_besides(remote: Remote, tmp_path: Path) -> None:
    boot = remote.read(Boot)
    assert boot.split()[0] == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert boot.split()[1] == Path("/proc/1/stat").read_text().rpartition(")")[2].split()[19]
    odd = tmp_path / "it's $(touch x)\nodd"
    odd.mkdir()
    (tmp_path / "-link").symlink_to(odd)
    assert remote.read(MountPoint, path=str(tmp_path / "-link")) == str(odd.resolve())
    assert remote.read(MountPoint, path=str(tmp_path / "none")) == str(tmp_path / "none")
    assert isinstance(remote.read(BuiltinModules), set)
    assert remote.read(PackageManagerName) in (None, *KNOWN)
