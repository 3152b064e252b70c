"""The end of a lab, expected or not: nothing of it is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab import Host, Lab, network, places, roots
from tests.system.test_lab import eventually


class TestEnd:
    def test_down_leaves_nothing(self) -> None:
        lab = Lab()
        hosts = [*lab.up(2), *lab.up(1, "systemd"), *lab.up(1, "busybox")]
        tun = network.Network(int((lab.state / "slot").read_text())).tun
        pids = [process.outer_pid for host in hosts for process in host.processes()]
        assert Path("/sys/class/net", tun).exists()
        assert len(pids) > 10
        lab.down()
        assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
        assert traces(lab.name, tun) == []

    def test_two_labs_side_by_side(self, lab: Lab, plain_hosts: list[Host]) -> None:
        with Lab() as other:
            host = other.up(1)[0]
            assert host.name == "h1"
            assert host.address not in {h.address for h in lab.hosts}
            other.rtt(80)
            assert host.ping() >= 80
            assert min(plain_hosts[0].ping() for _ in range(3)) < 80
        assert plain_hosts[0].ping() > 0

    @pytest.mark.parametrize("victim", ["owner", "warden"])
    def test_killed(self, victim: str) -> None:
        """Whichever process is killed, hosts end; files go at the latest with the next lab."""
        program = "import sys; from tests.lab import Lab; lab = Lab(sys.argv[1]); lab.up(2); lab.up(1, 'systemd')\n"
        program += "print(lab._warden.pid, lab.hosts[0].pid, flush=True); sys.stdin.read()"
        name = f"killed-{os.getpid()}"
        argv = [sys.executable, "-c", program, name]
        pipe = subprocess.PIPE
        with subprocess.Popen(argv, cwd=places.PROJECT, stdin=pipe, stdout=pipe, text=True) as owner:
            assert owner.stdout
            warden, init = map(int, owner.stdout.readline().split())
            tun = network.Network(int((places.state(name) / "slot").read_text())).tun
            os.kill(owner.pid if victim == "owner" else warden, signal.SIGKILL)
            assert eventually(lambda: not Path(f"/proc/{init}").exists())
            if victim == "warden":
                owner.kill()
                with Lab() as next_one:
                    next_one.start()
            assert eventually(lambda: not traces(name, tun)), traces(name, tun)

    def test_interrupted_build_is_no_root(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LAB_CACHE", str(tmp_path / "cache"))

        def broken(root: Path) -> None:
            (root / "half").touch()
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            roots.built("toy", "recipe 1", broken)
        first = roots.built("toy", "recipe 1", lambda root: (root / "whole").touch())
        assert [path.name for path in first.iterdir()] == ["whole"]
        assert roots.built("toy", "recipe 1", broken) == first
        assert roots.built("toy", "recipe 2", lambda root: None) != first
        assert sorted(path.name for path in first.parent.iterdir() if path.name != ".lock") == sorted(
            path.name for path in first.parent.glob("toy-*")
        )

    def test_by_hand(self) -> None:
        env = {**os.environ, "LAB_NAME": f"hand-{os.getpid()}"}

        def lab(*words: str) -> str:
            argv = [sys.executable, "-m", "tests.lab", *words]
            done = subprocess.run(argv, env=env, cwd=places.PROJECT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done
            return done.stdout

        lab("up", "--hosts", "2", "--rtt", "5")
        try:
            assert lab("list").split()[0::3] == ["h1", "h2"]
            assert lab("exec", "h1", "hostname; id -u") == "h1\n0\n"
            assert lab("ssh", "h2", "hostname") == "h2\n"
            lab("small", "h1", "/srv/tiny")
            lab("refuse", "h1")
            lab("partition", "h2")
            lab("reset")
            assert lab("ssh", "h1", "hostname") == "h1\n"
            assert '"ssh_hostname": "198.1' in lab("inventory")
        finally:
            lab("down")
        assert not places.state(env["LAB_NAME"]).exists()


def traces(name: str, tun: str) -> list[str]:
    """What a lab of this name left on the machine."""
    found = [str(path) for path in (places.state(name), Path("/sys/class/net", tun)) if path.exists()]
    for top in (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified")):
        found += map(str, top.glob(f"pyinfra-lab-{name}"))
    found += [line for line in Path("/proc/self/mounts").read_text().splitlines() if f"/{name}/" in line]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name != str(os.getpid()):
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            found += [f"process {entry.name}"] if name.encode() in words and b"tests.lab.warden" in words else []
    return found
