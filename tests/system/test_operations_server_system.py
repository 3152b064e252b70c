"""Time zones, locales, packages and restarts of real systems."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from pyinfra.api.deploy import add_deploy
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.facts.server import Locales, Timezone
from pyinfra.operations import server
from tests.unit.operations.machine import Machine

from . import small_debs
from .packages import unpack

if TYPE_CHECKING:
    from tests.lab import Host, Lab

ZONES = Path("/usr/share/zoneinfo")


def give_zones(host: Host) -> None:
    """Have a host know two time zones."""
    for zone in ("Europe/Oslo", "Etc/UTC"):
        if not (ZONES / zone).exists():
            pytest.skip("no time zones here")
        place = host.root / "usr/share/zoneinfo" / zone
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            shutil.copy(ZONES / zone, place)


@pytest.mark.parametrize("kind", ["plain", "busybox"])
def test_a_time_zone(kind: str, request: pytest.FixtureRequest) -> None:
    host: Host = request.getfixturevalue("busybox_host" if kind == "busybox" else "fresh_host")
    machine = Machine(host.name, host.ssh_data())
    give_zones(host)
    host.sh("rm -f /etc/localtime /etc/timezone; cp /usr/share/zoneinfo/Etc/UTC /etc/localtime")
    machine.apply(server.timezone, timezone="Europe/Oslo")
    assert host.sh("readlink /etc/localtime; cat /etc/timezone").split() == [
        "/usr/share/zoneinfo/Europe/Oslo",
        "Europe/Oslo",
    ]
    assert host.sh("ls /etc/localtime.* 2>/dev/null || :") == ""
    if kind == "plain":
        assert host.sh("date -d 2026-01-01 +%z").strip() == "+0100"
    machine.apply(server.timezone, timezone="Etc/UTC")
    assert machine.fact(Timezone) == "Etc/UTC"
    with machine.run(FAIL_PERCENT=100) as state:
        (meta,) = add_op(state, server.timezone, timezone="Europe/Atlantis", _ignore_errors=True).values()
        run_ops(state)
    assert not meta.did_succeed()
    assert "there is no time zone Europe/Atlantis" in meta.stderr
    assert machine.fact(Timezone) == "Etc/UTC"
    host.sh("rm -f /etc/localtime /etc/timezone")
    assert machine.fact(Timezone) == "UTC", "as without any"


def test_a_time_zone_with_systemd(systemd_host: Host) -> None:
    machine = Machine(systemd_host.name, systemd_host.ssh_data())
    give_zones(systemd_host)
    meta = machine.apply(server.timezone, timezone="Europe/Oslo")
    assert [str(command) for command in meta.commands] == ["timedatectl set-timezone Europe/Oslo"]
    assert systemd_host.sh("timedatectl show -p Timezone --value").strip() == "Europe/Oslo"
    machine.apply(server.timezone, timezone="Etc/UTC")


def test_locales(fresh_host: Host, tmp_path: Path) -> None:
    host = fresh_host
    machine = Machine(host.name, host.ssh_data())
    unpack(host, tmp_path, "locales")
    host.sh("cat >/etc/locale.gen", input="# nn_NO ISO-8859-1\n# nn_NO.UTF-8 UTF-8\n# C.UTF-8 UTF-8\n")
    machine.apply(server.locale, locale="nn_NO.UTF-8")
    assert "nn_NO.utf8" in host.sh("locale -a").split()
    assert "nn_NO.UTF-8" in machine.fact(Locales)
    assert host.sh("cat /etc/locale.gen").splitlines()[1] == "nn_NO.UTF-8 UTF-8"
    machine.apply(server.locale, locale="nn_NO.utf8", present=False)
    assert "nn_NO.utf8" not in host.sh("locale -a").split()
    error = machine.fails(server.locale, locale="nn_NA.UTF-8")
    assert "did you mean nn_NO.UTF-8" in str(error)


def test_a_locale_whose_package_an_earlier_operation_installs(fresh_host: Host, tmp_path: Path) -> None:
    """At the time of planning nobody knows its line."""
    host = fresh_host
    generator = "#!/bin/sh\ntrue\n"
    deb = small_debs.build(tmp_path, "tiny-locales", "1", {"/etc/locale.gen": "# xx_XX.UTF-8 UTF-8\n",
                                                          "/usr/sbin/tiny-gen": generator})  # fmt: skip
    small_debs.publish(host, deb)
    host.sh("printf '#!/bin/sh\\ntouch /run/generated\\n' >/usr/sbin/locale-gen; chmod 755 /usr/sbin/locale-gen; "
            "rm -rf /etc/locale.gen; apt-get -q update")  # fmt: skip
    machine = Machine(host.name, host.ssh_data())

    def deploy() -> None:
        server.packages(packages="tiny-locales")
        server.locale(locale="xx_XX.UTF-8")

    with machine.run(FAIL_PERCENT=0) as state:
        add_deploy(state, deploy)
        run_ops(state)
        metas = [data.operation_meta for data in state.ops[next(iter(state.inventory))].values()]
    assert [meta.did_succeed() for meta in metas] == [True, True], [meta.stderr for meta in metas]
    assert host.sh("cat /etc/locale.gen; ls /run/generated") == "xx_XX.UTF-8 UTF-8\n/run/generated\n"
    with machine.run(FAIL_PERCENT=100) as state:
        host.sh("rm /etc/locale.gen")
        (meta,) = add_op(state, server.locale, locale="yy_YY.UTF-8", _ignore_errors=True).values()
        run_ops(state)
    assert 'is the package "locales" installed?' in meta.stderr


def test_packages_of_whatever_manager_there_is(fresh_host: Host, tmp_path: Path) -> None:
    host = fresh_host
    debs = [small_debs.build(tmp_path, name, "1") for name in ("tiny-a", "tiny-b")]
    small_debs.publish(host, *debs)
    # Debian has packages of other managers: they look after nothing here.
    host.sh("apt-get -q update; for p in zypper apk dnf pacman; do ln -s /bin/false /usr/local/bin/$p; done")
    machine = Machine(host.name, host.ssh_data())
    meta = machine.apply(server.packages, packages=["tiny-a", "tiny-b"])
    assert host.sh("dpkg-query -Wf '${Package} ${Version}\n' 'tiny-*'") == "tiny-a 1\ntiny-b 1\n"
    assert [(change.resource, change.after) for change in meta.plan.changes]
    machine.apply(server.packages, packages="tiny-a", present=False)
    assert host.run(["dpkg", "-s", "tiny-a"], check=False).returncode


def test_no_package_manager(busybox_host: Host) -> None:
    machine = Machine(busybox_host.name, busybox_host.ssh_data())
    assert "no package manager" in str(machine.fails(server.packages, packages="curl"))


# -- restarts ------------------------------------------------------------------------------


@pytest.mark.parametrize("user", ["root", "deploy"])
def test_a_restart(fresh_host: Host, user: str) -> None:
    host = fresh_host
    before = host.boot_id
    machine = Machine(host.name, host.ssh_data(user), **({"_sudo": True} if user == "deploy" else {}))
    with machine.run(FAIL_PERCENT=0) as state:
        arguments = {**machine.arguments, "delay": 0, "interval": 0.2, "reboot_timeout": 50}
        calls = [
            (server.shell, {"commands": "touch /run/before; cat /proc/sys/kernel/random/boot_id"}),
            (server.reboot, arguments),
            (server.shell, {"commands": "cat /proc/sys/kernel/random/boot_id; id -un", **machine.arguments}),
        ]
        metas = [next(iter(add_op(state, operation, **given).values())) for operation, given in calls]
        assert [meta.will_change for meta in metas] == [True] * 3
        run_ops(state)
    assert [meta.did_succeed() for meta in metas] == [True] * 3, metas[1].stderr
    assert metas[0].stdout == before
    assert metas[2].stdout_lines == [host.boot_id, "root"]
    assert host.boot_id != before


def test_who_may_not_restart_a_host(fresh_host: Host) -> None:
    host = fresh_host
    before = host.boot_id
    machine = Machine(host.name, host.ssh_data("deploy"))
    with machine.run(FAIL_PERCENT=100) as state:
        (meta,) = add_op(state, server.reboot, delay=0, reboot_timeout=30, _ignore_errors=True).values()
        run_ops(state)
    assert not meta.did_succeed()
    assert "only root may restart the host" in meta.stderr
    assert host.boot_id == before


def test_a_host_that_does_not_come_back(fresh_host: Host) -> None:
    host = fresh_host
    host.sh("printf '#!/bin/sh\\n' >/usr/local/sbin/reboot; chmod 755 /usr/local/sbin/reboot")
    machine = Machine(host.name, host.ssh_data())
    with machine.run(FAIL_PERCENT=100) as state:
        given = {"delay": 0, "interval": 0.2, "reboot_timeout": 2, "_ignore_errors": True}
        (meta,) = add_op(state, server.reboot, **given).values()
        run_ops(state)
        assert not meta.did_succeed()
        assert "not back after 2 seconds: it has not been restarted yet" in str(meta.failure)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", ["systemd", "busybox"])
def test_a_restart_of_another_kind(kind: Literal["systemd", "busybox"], lab: Lab) -> None:
    (host,) = lab.up(1, kind)
    try:
        user: dict[str, Any] = {"_sudo": True} if kind == "systemd" else {}
        machine = Machine(host.name, host.ssh_data("deploy" if user else "root"), **user)
        before = host.boot_id
        meta = machine.once(server.reboot, delay=1, interval=0.5, reboot_timeout=90)
        assert meta.did_succeed(), meta.failure
        assert host.boot_id != before
    finally:
        lab.remove(host)
