"""Services of other init systems than systemd, on hosts that have their programs; judged by these themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.facts.openrc import OpenrcEnabled, OpenrcStatus
from pyinfra.facts.runit import RunitManaged, RunitStatus
from pyinfra.facts.sysvinit import InitdStatus
from pyinfra.operations import openrc, runit, server, sysvinit
from tests.unit.operations.machine import Machine

from .packages import unpack

if TYPE_CHECKING:
    from tests.lab import Host

LSB = """#!/bin/sh
### BEGIN INIT INFO
# Provides: demo
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: demo
### END INIT INFO
echo "$1" >>/run/demo.log
case $1 in
start | restart) touch /run/demo ;;
stop) rm -f /run/demo ;;
reload) ;;
status) [ -e /run/demo ] || exit 3 ;;
*) exit 2 ;;
esac
"""
OPENRC = """#!/sbin/openrc-run
start() { ebegin Starting; touch /run/demo; eend 0; }
stop() { ebegin Stopping; rm -f /run/demo; eend 0; }
"""


def test_init_scripts(fresh_host: Host) -> None:
    host = fresh_host
    host.sh("cat >/etc/init.d/demo; chmod 755 /etc/init.d/demo", input=LSB)
    machine = Machine(host.name, host.ssh_data())
    machine.apply(sysvinit.service, service="demo", enabled=True)
    assert host.sh("ls -d /run/demo /etc/rc[S0-9].d/S??demo").split() == [
        *(f"/etc/rc{level}.d/S01demo" for level in "2345"), "/run/demo",
    ]  # fmt: skip
    assert machine.fact(InitdStatus)["demo"] is True
    for _ in range(2):
        machine.apply(sysvinit.service, service="demo", restarted=True, again=False)
    assert host.sh("grep -c restart /run/demo.log") == "2\n"
    machine.apply(sysvinit.service, service="demo", reloaded=True, again=False)
    machine.apply(sysvinit.service, service="demo", running=False, enabled=False)
    assert host.sh("ls -d /run/demo /etc/rc?.d/S??demo 2>/dev/null || :") == ""
    machine.apply(sysvinit.service, service="demo", running=None, enabled=True)
    assert "S01demo" in host.sh("ls /etc/rc3.d"), "also after it was disabled"
    machine.apply(sysvinit.enable, service="demo", start_priority=7, start_levels=(3,), stop_levels=(6,))
    assert host.sh("readlink /etc/rc3.d/S07demo /etc/rc6.d/K80demo").split() == ["/etc/init.d/demo"] * 2
    with machine.run(FAIL_PERCENT=100) as state:
        meta = next(iter(add_op(state, sysvinit.service, service="nosuch", _ignore_errors=True).values()))
        run_ops(state)
    assert "/etc/init.d/nosuch" in meta.stderr


def test_openrc(fresh_host: Host, tmp_path: Path) -> None:
    host = fresh_host
    unpack(host, tmp_path, "openrc", "librc1", "libeinfo1", "insserv")
    host.sh("mkdir -p /run/openrc /etc/runlevels/default; touch /run/openrc/softlevel")
    for name in ("demo", "other.one"):
        host.sh(f"cat >/etc/init.d/{name}; chmod 755 /etc/init.d/{name}", input=OPENRC)
    host.sh("rc-update -u")
    machine = Machine(host.name, host.ssh_data())
    machine.apply(openrc.service, service="demo", enabled=True)
    assert host.sh("rc-service demo status; ls /etc/runlevels/default").split()[-2:] == ["started", "demo"]
    machine.apply(openrc.service, service="demo", restarted=True, again=False)
    machine.apply(server.service, service="other.one")
    assert machine.fact(OpenrcEnabled)["demo"] is True
    assert machine.fact(OpenrcEnabled)["other.one"] is False
    assert machine.fact(OpenrcStatus)["demo"] is True
    machine.apply(openrc.service, service="demo", running=False, enabled=False)
    assert host.sh("rc-service demo status; ls /etc/runlevels/default", check=False).split()[-1] == "stopped"
    machine.unchanged(openrc.service, service="nosuch", running=False)


def test_runit(fresh_host: Host, tmp_path: Path) -> None:
    host = fresh_host
    unpack(host, tmp_path, "runit")
    host.sh("mkdir -p /etc/sv/demo /var/service; cat >/etc/sv/demo/run; chmod 755 /etc/sv/demo/run; "
            "(setsid runsvdir /var/service >/dev/null 2>&1 </dev/null &)",
            input="#!/bin/sh\necho started >>/run/demo.log\nexec sleep 1000\n")  # fmt: skip
    machine = Machine(host.name, host.ssh_data())
    machine.apply(runit.service, service="demo", enabled=True)
    assert host.sh("sv status /var/service/demo").startswith("run: /var/service/demo: ")
    assert host.sh("readlink /var/service/demo; ls /etc/sv/demo").split()[0] == "/etc/sv/demo"
    assert host.sh("ls /etc/sv/demo/down 2>/dev/null || :") == ""
    assert host.sh("cat /run/demo.log") == "started\n", "it was started once"
    for _ in range(2):
        host.sh("sleep 1.1")  # runsv starts nothing more often than once in a second, and sv does not wait for that
        machine.apply(runit.service, service="demo", restarted=True, again=False)
    assert host.sh("grep -c started /run/demo.log") == "3\n"
    machine.apply(runit.service, service="demo", running=False, enabled=False)
    assert host.sh("sv status /var/service/demo; ls /etc/sv/demo/down").startswith("down: ")
    machine.apply(runit.auto, service="demo")
    machine.apply(runit.auto, service="demo", auto=False)
    assert machine.fact(RunitStatus) == {"demo": False}
    assert machine.fact(RunitManaged) == {"demo"}
    machine.apply(runit.service, service="demo", managed=False)
    assert host.sh("ls /var/service") == ""
    machine.apply(runit.manage, service="demo")
    assert machine.once(runit.wait_runsv, service="demo", timeout=10).did_succeed()
    machine.apply(runit.manage, service="demo", managed=False)
