"""apk on a host with nothing but busybox: a fake of it, which keeps lists and does with them what its manual says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra.facts.apk import ApkPackages
from pyinfra.operations import apk, server
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .fake_managers import install_fake, installed, offer, reset

FIRST = (("demo", "1.0-r0"), ("demo", "1.1-r0"), ("other", "2.0-r1"))


@pytest.fixture(scope="module")
def shared(lab: Lab) -> Iterator[Host]:
    (host,) = lab.up(1, "busybox")
    install_fake(host, "apk")
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host) -> Host:
    reset(shared, *FIRST)
    return shared


@pytest.fixture
def machine(host: Host) -> Machine:
    return Machine(host.name, host.ssh_data())


def world(host: Host) -> list[str]:
    return (host.root / "etc/apk/world").read_text().split()


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


def test_from_nothing_to_installed_and_back_with_a_fake(host: Host, machine: Machine) -> None:
    meta = machine.apply(apk.packages, packages=["demo=1.0-r0", "other"])
    assert shown(meta) == {("package demo", None, "1.0-r0"), ("package other", None, "installed")}
    assert installed(host) == {"demo": "1.0-r0", "other": "2.0-r1"}
    assert machine.fact(ApkPackages) == {"demo": {"1.0-r0"}, "other": {"2.0-r1"}}
    machine.apply(apk.packages, packages="demo=1.1-r0")
    machine.apply(apk.packages, packages=["demo", "absent"], present=False)
    assert (installed(host), world(host)) == ({"other": "2.0-r1"}, ["other"])


def test_what_is_asked_for_in_other_words_with_a_fake(host: Host, machine: Machine) -> None:
    machine.apply(apk.packages, packages=["demo"])
    machine.apply(apk.packages, packages=["demo@edge"])
    assert world(host) == ["demo@edge"]
    machine.unchanged(apk.packages, packages=["demo"])
    machine.apply(apk.packages, packages=["demo@edge", "other@edge"], present=False)
    assert (installed(host), world(host)) == ({}, [])


def test_newer_versions_with_a_fake(host: Host, machine: Machine) -> None:
    machine.apply(apk.packages, packages=["demo", "other"], latest=True)
    machine.unchanged(apk.upgrade)
    offer(host, ("demo", "1.2-r0"), ("other", "2.1-r0"), ("new", "1-r0"))
    machine.unchanged(apk.packages, packages=["demo"], latest=True)  # nobody fetched the lists
    machine.apply(apk.update, again=False)
    meta = machine.apply(apk.packages, packages="demo", latest=True)
    assert shown(meta) == {("package demo", "1.1-r0", "1.2-r0")}
    assert shown(machine.apply(apk.upgrade, available=True)) == {("package other", "2.0-r1", "2.1-r0")}
    assert installed(host) == {"demo": "1.2-r0", "other": "2.1-r0"}
    offer(host, ("demo", "2-r0"), ("new", "1-r0"))
    machine.apply(apk.packages, packages=["new"], update=True, upgrade=True, again=False)
    assert installed(host) == {"demo": "2-r0", "other": "2.1-r0", "new": "1-r0"}


def test_whatever_manages_packages_with_a_fake(host: Host, machine: Machine) -> None:
    machine.apply(server.packages, packages=["demo"])
    assert installed(host) == {"demo": "1.1-r0"}


def test_what_fails_says_why_with_a_fake(host: Host, machine: Machine) -> None:
    meta = machine.once(apk.packages, packages=["nothing-like-it"], _ignore_errors=True)
    assert any("nothing-like-it (no such package)" in line for line in meta.stderr_lines)
    assert installed(host) == {}
