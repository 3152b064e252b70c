"""The lab itself: hosts are what its README.md says, and faults do what they are called."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab import PASSWORD, Host, Lab, LabError

USERS = ("root", "deploy", "alice", "bob", "fishy", "cshy")


@pytest.fixture(params=["plain", "systemd", "busybox"])
def any_host(request: pytest.FixtureRequest) -> Host:
    """A host of each kind."""
    if request.param == "plain":
        hosts: list[Host] = request.getfixturevalue("plain_hosts")
        return hosts[0]
    host: Host = request.getfixturevalue(f"{request.param}_host")
    return host


def out(host: Host, command: str, user: str = "root", *, password: str | None = None, given: str | None = None) -> str:
    done = host.ssh(command, user, password=password, input=given)
    assert done.returncode == 0, done
    return done.stdout.strip()


def open_session(host: Host, command: str) -> subprocess.Popen[str]:
    """A connection on which `command` has begun: it must print a line first."""
    pipe = subprocess.PIPE
    client = subprocess.Popen(host.ssh_argv(command), stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert client.stdout
    assert client.stdout.readline()
    return client


def eventually(condition: Callable[[], bool], timeout: float = 5) -> bool:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class TestHosts:
    def test_each_is_a_host_of_its_own(self, plain_hosts: list[Host]) -> None:
        assert len({out(host, "hostname") for host in plain_hosts}) == 3
        assert len({out(host, "cat /etc/ssh/ssh_host_ed25519_key.pub") for host in plain_hosts}) == 3
        assert len({host.address for host in plain_hosts}) == 3
        plain_hosts[0].sh("echo mine > /srv/mine")
        assert plain_hosts[1].run(["cat", "/srv/mine"], check=False).returncode != 0

    def test_ten_hosts_answer(self, hosts10: list[Host]) -> None:
        assert len({out(host, "hostname") for host in hosts10}) == 10

    def test_plain_runs_only_sshd(self, fresh_host: Host) -> None:
        assert [(p.pid, p.name) for p in fresh_host.processes() if p.ppid <= 1] == [
            (1, "sh"),
            next((p.pid, "sshd") for p in fresh_host.processes() if p.name == "sshd"),
        ]

    def test_debian_has_many_shells_and_no_python(self, plain_hosts: list[Host]) -> None:
        here = "for p in bash dash fish tcsh csh mksh zsh sudo doas su; do command -v $p >/dev/null || echo no $p; done"
        assert out(plain_hosts[0], here) == ""
        assert plain_hosts[0].sh("ls /usr/bin /usr/local/bin | grep -i python", check=False) == ""

    def test_busybox_has_little(self, busybox_host: Host) -> None:
        for name in ("bash", "python3", "sudo", "doas", "sftp-server", "scp", "systemctl"):
            assert busybox_host.ssh(f"command -v {name}").returncode != 0
        assert "BusyBox" in out(busybox_host, "stat --help 2>&1")
        for user in ("root", "deploy", "alice"):
            assert out(busybox_host, "id -un", user) == user
            assert out(busybox_host, "id -un", user, password=PASSWORD) == user
        assert busybox_host.ssh("id -u", "alice", password="wrong").returncode != 0
        assert out(busybox_host, "su root -c 'id -u'", "alice", given=f"{PASSWORD}\n").splitlines()[-1] == "0"

    def test_systemd_runs(self, systemd_host: Host) -> None:
        assert out(systemd_host, "systemctl is-system-running") == "running"
        assert out(systemd_host, "systemctl is-active ssh cron") == "active\nactive"
        systemd_host.sh("systemctl stop cron")
        assert systemd_host.ssh("systemctl is-active cron").stdout.strip() == "inactive"
        systemd_host.sh("systemctl start cron")

    def test_fresh_host_comes_at_once(self, lab: Lab) -> None:
        lab.remove(lab.take())
        start = time.perf_counter()
        host = lab.take()
        assert time.perf_counter() - start < 10  # nothing is built or installed
        assert out(host, "ls -A /srv") == ""
        lab.remove(host)

    def test_hosts_cannot_move_the_clock(self, systemd_host: Host) -> None:
        before = time.time()
        assert systemd_host.ssh("date -s '2001-01-01'").returncode != 0
        assert systemd_host.run(["date", "-s", "2001-01-01"], check=False).returncode != 0
        assert systemd_host.ssh("timedatectl set-timezone Asia/Tokyo").returncode == 0
        assert abs(time.time() - before) < 60
        systemd_host.sh("timedatectl set-timezone Etc/UTC")

    def test_processes_get_pipe_signals(self, any_host: Host) -> None:
        ignored = int(out(any_host, "grep SigIgn /proc/self/status").split()[1], 16)
        assert not ignored & 1 << (signal.SIGPIPE - 1)

    def test_uptime_starts_at_boot(self, fresh_host: Host) -> None:
        assert float(out(fresh_host, "cat /proc/uptime").split()[0]) < 60


class TestUsers:
    @pytest.mark.parametrize("user", USERS)
    def test_log_in_by_key_and_by_password(self, plain_hosts: list[Host], user: str) -> None:
        assert out(plain_hosts[0], "id -un", user) == user
        assert out(plain_hosts[0], "id -un", user, password=PASSWORD) == user
        assert plain_hosts[0].ssh("true", user, password="wrong").returncode == 255

    @pytest.mark.parametrize("user", ["deploy", "fishy", "cshy"])
    def test_sudo_without_password(self, plain_hosts: list[Host], user: str) -> None:
        assert out(plain_hosts[0], "sudo -n id -u", user) == "0"

    def test_sudo_with_password(self, plain_hosts: list[Host]) -> None:
        assert plain_hosts[0].ssh("sudo -n id -u", "alice").returncode == 1
        assert out(plain_hosts[0], "sudo -S -p '' id -u", "alice", given=f"{PASSWORD}\n") == "0"
        assert plain_hosts[0].ssh("sudo -S -p '' id -u", "alice", input="wrong\n").returncode == 1

    def test_su_with_password_and_no_sudo(self, plain_hosts: list[Host]) -> None:
        assert plain_hosts[0].ssh("sudo -S id -u", "bob", input=f"{PASSWORD}\n").returncode == 1
        assert out(plain_hosts[0], "su -c 'id -u'", "bob", given=f"{PASSWORD}\n") == "0"

    def test_doas(self, plain_hosts: list[Host]) -> None:
        assert out(plain_hosts[0], "doas -n id -u", "deploy") == "0"
        assert plain_hosts[0].ssh("doas -n id -u", "bob").returncode == 1

    def test_unusual_login_shells(self, plain_hosts: list[Host]) -> None:
        assert out(plain_hosts[0], "echo $FISH_VERSION; set x 1 2; count $x", "fishy").endswith("\n2")
        assert out(plain_hosts[0], 'echo $tcsh; if ( 1 == 1 ) echo "is csh"', "cshy").endswith("is csh")


class TestWire:
    def test_rtt(self, lab: Lab, plain_hosts: list[Host]) -> None:
        slow, other, _ = plain_hosts
        lab.rtt(20)
        assert 20 <= min(other.ping() for _ in range(9)) < 30
        assert 20 <= statistics.median(other.ping() for _ in range(9)) < 40
        lab.rtt(100, slow)
        assert 100 <= min(slow.ping() for _ in range(3)) < 130
        assert min(other.ping() for _ in range(3)) < 40

    def test_jitter(self, lab: Lab, plain_hosts: list[Host]) -> None:
        lab.rtt(10, jitter=60)
        times = [plain_hosts[0].ping() for _ in range(20)]
        assert min(times) >= 10
        assert max(times) - min(times) > 10

    def test_loss(self, lab: Lab, plain_hosts: list[Host]) -> None:
        lab.loss(10, plain_hosts[0])
        lost = 0
        for _ in range(60):  # a handshake is two packets until connected, so one in five is late by a second
            try:
                plain_hosts[0].ping(timeout=0.2)
            except TimeoutError:
                lost += 1
        assert 0 < lost < 40

    def test_partition_is_silent(self, lab: Lab, plain_hosts: list[Host]) -> None:
        lab.partition(plain_hosts[0])
        with pytest.raises(TimeoutError):
            plain_hosts[0].ping(timeout=0.5)
        assert plain_hosts[1].ping() > 0
        lab.heal(plain_hosts[0])
        assert plain_hosts[0].ping() > 0

    def test_session_survives_a_short_partition(self, lab: Lab, plain_hosts: list[Host]) -> None:
        with open_session(plain_hosts[0], "echo on; cat") as client:
            lab.partition(plain_hosts[0])
            assert client.stdin
            client.stdin.write("still here\n")
            client.stdin.close()
            time.sleep(0.5)
            lab.heal()
            assert client.stdout
            assert client.stdout.read() == "still here\n"
            assert client.wait(10) == 0

    def test_jump_to_a_host_out_of_reach(self, lab: Lab, plain_hosts: list[Host]) -> None:
        hop, target, _ = plain_hosts
        lab.partition(target)
        jump = f"ssh -F {lab.ssh_config} -W [%h]:%p {hop.name}"
        assert target.ssh("hostname", options=["-o", f"ProxyCommand={jump}"]).stdout.strip() == target.name

    def test_ssh_of_hosts_to_each_other_by_agent(self, lab: Lab, plain_hosts: list[Host]) -> None:
        hop, target, _ = plain_hosts
        agent = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
        env = dict(word.split("=", 1) for word in agent.replace("\n", ";").split(";") if "=" in word)
        try:
            subprocess.run(["ssh-add", "-q", lab.key], env={**os.environ, **env}, check=True)
            far = f"ssh -o StrictHostKeyChecking=no -o BatchMode=yes {target.address} hostname"
            argv = hop.ssh_argv(far, options=["-A"])
            done = subprocess.run(
                argv, env={**os.environ, **env}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
            assert done.stdout.strip() == target.name
            hop.sh("rm -f /root/.ssh/known_hosts*")
        finally:
            os.kill(int(env["SSH_AGENT_PID"]), signal.SIGTERM)

    def test_unknown_addresses_are_an_error(self, lab: Lab, plain_hosts: list[Host]) -> None:
        with pytest.raises(LabError, match="no such host"):
            lab.partition(Host(lab.state, "h999", "198.18.0.1", "plain", 0))


class TestFaults:
    def test_refuse_keeps_sessions(self, any_host: Host) -> None:
        with open_session(any_host, "echo on; cat") as client:
            any_host.refuse()
            with pytest.raises(ConnectionRefusedError):
                any_host.ping()
            assert client.communicate("still here\n", timeout=10)[0] == "still here\n"
        any_host.accept()
        assert out(any_host, "echo back") == "back"

    def test_cut_drops_sessions_at_once(self, any_host: Host) -> None:
        with open_session(any_host, "echo on; exec sleep 100") as client:
            start = time.perf_counter()
            assert any_host.cut() >= 1
            assert client.wait(30) == 255
            assert time.perf_counter() - start < 30
            assert client.stdin
            client.stdin.close()
        any_host.sh("kill $(pidof sleep) 2>/dev/null", check=False)
        assert out(any_host, "echo back") == "back"

    def test_freeze_gives_no_banner(self, any_host: Host) -> None:
        any_host.freeze()
        with socket.create_connection((any_host.address, 22), timeout=1) as connection, pytest.raises(TimeoutError):
            connection.recv(4)
        any_host.thaw()
        assert out(any_host, "echo back") == "back"

    def test_small_is_soon_full(self, any_host: Host) -> None:
        any_host.small("/srv/tiny", "64k")
        done = any_host.ssh("dd if=/dev/zero of=/srv/tiny/file bs=1k count=100")
        assert done.returncode != 0
        assert "No space left on device" in done.stderr
        any_host.unsmall()
        assert any_host.sh("ls /srv/tiny") == ""
        any_host.sh("rmdir /srv/tiny")

    @pytest.mark.parametrize("how", ["method", "ssh"])
    def test_reboot(self, any_host: Host, how: str) -> None:
        any_host.sh("echo kept > /srv/kept; touch /run/lost")
        before = any_host.pid, any_host.boot_id, out(any_host, "cat /proc/sys/kernel/random/boot_id")
        assert before[1] == before[2]
        if how == "ssh":
            pid = any_host.pid
            any_host.ssh("reboot")
            assert eventually(lambda: not Path(f"/proc/{pid}").exists(), 20)
            any_host.wait()
        else:
            any_host.reboot()
        assert any_host.pid != before[0]
        assert out(any_host, "cat /proc/sys/kernel/random/boot_id") == any_host.boot_id != before[1]
        assert out(any_host, "cat /srv/kept; ls /run/lost 2>/dev/null || echo gone") == "kept\ngone"

    def test_power_off(self, lab: Lab) -> None:
        host = lab.up(1)[0]
        host.ssh("poweroff")
        assert eventually(lambda: not (lab.state / "hosts" / host.name / "pid").exists())
        with pytest.raises(LabError, match="not running"):
            host.sh("true")
        lab.remove(host)

    def test_reset_undoes_everything(self, lab: Lab, plain_hosts: list[Host]) -> None:
        for host in plain_hosts:
            host.small("/srv/with space")
            host.refuse()
        lab.rtt(500)
        lab.loss(50)
        lab.partition(*plain_hosts)
        plain_hosts[1].freeze()
        lab.reset()
        for host in plain_hosts:
            assert host.ping() < 100
            assert out(host, "grep -c lab-small /proc/mounts || rmdir '/srv/with space'") == "0"

    def test_leaks_are_seen(self, fresh_host: Host) -> None:
        out(fresh_host, "true")
        assert eventually(lambda: len(fresh_host.processes()) == 2)
        before = fresh_host.snapshot()
        out(fresh_host, "sleep 1000 >/dev/null 2>&1 & touch /tmp/left; mkdir /var/tmp/too")
        leaks = fresh_host.leaks(before, wait=0.3)
        assert [leak.split()[-1] for leak in leaks] == ["/tmp/left", "/var/tmp/too", "1000"]
        fresh_host.sh("pkill sleep; rm /tmp/left; rmdir /var/tmp/too")
        assert fresh_host.leaks(before) == []


class TestKeys:
    def test_user_certificates(self, lab: Lab, plain_hosts: list[Host]) -> None:
        host, key = plain_hosts[0], lab.new_key()
        only = ["-o", "IdentityFile=none", "-i", str(key), "-o", "PasswordAuthentication=no"]
        config = ["-F", "none", "-o", f"UserKnownHostsFile={lab.known_hosts}", "-o", "BatchMode=yes"]

        def login(user: str) -> int:
            argv = ["ssh", *only, *config, "-l", user, host.address, "true"]
            return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode

        assert login("deploy") == 255
        public = key.with_name(key.name + ".pub")
        certificate = lab.sign_user(public, ["deploy"])
        assert (login("deploy"), login("alice")) == (0, 255)
        certificate.unlink()
        lab.sign_user(public, ["deploy"], validity="-2h:-1h")
        assert login("deploy") == 255

    @pytest.mark.parametrize("when", ["at start", "later"])
    def test_host_certificates(self, lab: Lab, when: str) -> None:
        host = lab.up(1, host_certificate=when == "at start")[0]
        by_ca = ["-o", f"UserKnownHostsFile={lab.known_hosts_ca}"]
        if when == "later":
            assert host.ssh("true", options=by_ca).returncode == 255
            lab.sign_host(host)
        assert host.ssh("true", options=by_ca).returncode == 0
        assert host.ssh("true").returncode == 0
        lab.remove(host)

    def test_new_keys(self, lab: Lab, fresh_host: Host) -> None:
        key = lab.new_key("ecdsa", passphrase="open")
        for passphrase, status in (("open", 0), ("", 255)):
            read = ["ssh-keygen", "-y", "-P", passphrase, "-f", str(key)]
            assert subprocess.run(read, capture_output=True, check=False).returncode == status
        plain = lab.new_key("rsa")
        config = ["-F", "none", "-o", f"UserKnownHostsFile={lab.known_hosts}", "-o", "BatchMode=yes"]
        login = ["ssh", *config, "-i", str(plain), "-l", "bob", fresh_host.address, "true"]
        assert subprocess.run(login, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 255
        fresh_host.authorize(plain.with_name(plain.name + ".pub"), "bob")
        assert subprocess.run(login, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0

    def test_sshd_options_of_a_host(self, lab: Lab) -> None:
        host = lab.up(1, sshd={"PasswordAuthentication": "no", "MaxSessions": "1"})[0]
        assert host.ssh("true", password=PASSWORD).returncode == 255
        assert out(host, "sshd -T | grep -i maxsessions") == "maxsessions 1"
        lab.remove(host)
