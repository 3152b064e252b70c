"""opkg on a host with nothing but busybox: a fake of it, which keeps lists and does with them what its manual says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra.facts.opkg import (
    OpkgConf,
    OpkgConfInfo,
    OpkgFeedInfo,
    OpkgFeeds,
    OpkgInstallableArchitectures,
    OpkgPackages,
    OpkgPkgUpgradeInfo,
    OpkgUpgradeablePackages,
)
from pyinfra.operations import opkg, server
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .fake_managers import install_fake, installed, offer, reset

FIRST = (("demo", "1.0-1"), ("other", "2.0-1"), ("dnsmasq-full", "2.90-4"))


@pytest.fixture(scope="module")
def shared(lab: Lab) -> Iterator[Host]:
    (host,) = lab.up(1, "busybox")
    install_fake(host, "opkg")
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host) -> Host:
    reset(shared, *FIRST, fetched=False)
    shared.sh("rm -rf /usr/lib/opkg /etc/opkg /etc/opkg.conf")
    return shared


@pytest.fixture
def machine(host: Host) -> Machine:
    return Machine(host.name, host.ssh_data())


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


def test_from_nothing_to_installed_and_back_with_a_fake(host: Host, machine: Machine) -> None:
    meta = machine.apply(opkg.packages, packages=["demo", "other"])  # lists that are not needed are not fetched
    assert ("package demo", None, "installed") in shown(meta)
    assert installed(host) == {"demo": "1.0-1", "other": "2.0-1"}
    assert machine.fact(OpkgPackages) == {"demo": {"1.0-1"}, "other": {"2.0-1"}}
    meta = machine.apply(opkg.packages, packages=["demo", "absent"], present=False)
    assert shown(meta) == {("package demo", "1.0-1", None)}
    assert installed(host) == {"other": "2.0-1"}


def test_newer_versions_with_a_fake(host: Host, machine: Machine) -> None:
    machine.apply(server.packages, packages=["demo", "other"])
    offer(host, ("demo", "1.1-1"), ("other", "2.0-1"))
    machine.unchanged(opkg.packages, packages=["demo"], latest=True, update=False)
    machine.apply(opkg.update, again=False)
    assert machine.fact(OpkgUpgradeablePackages) == {"demo": OpkgPkgUpgradeInfo("1.0-1", "1.1-1")}
    meta = machine.apply(opkg.packages, packages=["demo", "other"], latest=True, update=False)
    assert shown(meta) == {("package demo", "1.0-1", "1.1-1")}
    offer(host, ("demo", "1.2-1"), ("other", "2.0-1"))
    machine.apply(opkg.packages, packages=["demo", "other"], latest=True, again=False)
    assert installed(host) == {"demo": "1.2-1", "other": "2.0-1"}


def test_what_another_package_provides_with_a_fake(host: Host, machine: Machine) -> None:
    machine.apply(opkg.packages, packages=["dnsmasq-full"])
    (host.root / "usr/lib/opkg").mkdir(parents=True)
    (host.root / "usr/lib/opkg/status").write_text(
        "Package: dnsmasq-full\nVersion: 2.90-4\nProvides: dnsmasq\nStatus: install user installed\n"
    )
    machine.unchanged(opkg.packages, packages=["dnsmasq", "dnsmasq-full"])


def test_configuration(host: Host, machine: Machine) -> None:
    (host.root / "etc/opkg").mkdir()
    (host.root / "etc/opkg.conf").write_text(
        "dest root /\ndest ram /tmp\nlists_dir ext /var/opkg-lists\noption overlay_root /overlay\n"
        "option check_signature\narch all 1\n# no\n"
    )
    (host.root / "etc/opkg/distfeeds.conf").write_text("src/gz base https://example.org/base\n")
    (host.root / "etc/opkg/customfeeds.conf").write_text("# a comment\nsrc own file:///srv/own")
    assert machine.fact(OpkgConf) == OpkgConfInfo(
        {"root": "/", "ram": "/tmp"}, "/var/opkg-lists",
        {"overlay_root": "/overlay", "check_signature": True}, {"all": 1},
    )  # fmt: skip
    assert machine.fact(OpkgFeeds) == {
        "base": OpkgFeedInfo("https://example.org/base", "src/gz", "distribution"),
        "own": OpkgFeedInfo("file:///srv/own", "src", "custom"),
    }
    assert machine.fact(OpkgInstallableArchitectures) == {"all": 1, "noarch": 1, "x86_64": 10}


def test_what_fails_says_why_with_a_fake(host: Host, machine: Machine) -> None:
    meta = machine.once(opkg.packages, packages=["nothing-like-it"], _ignore_errors=True)
    assert any("Cannot install package nothing-like-it" in line for line in meta.stderr_lines)
    assert "cannot be asked for a version" in str(machine.fails(opkg.packages, packages=["demo=1"]))
