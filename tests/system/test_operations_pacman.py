"""Packages of pacman on a real host, from a repository inside of it; what came of it is asked of pacman itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.facts.pacman import PacmanPackages, PacmanUnpackGroup
from pyinfra.operations import pacman
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .small_languages import install
from .small_pacman import configure, publish

FIRST = [("demo", "1.0-1"), ("other", "2.0-1"), ("libx", "1-1"), ("tool-a", "1-1"), ("tool-b", "1-1"), ("vi", "9-1")]
MORE: dict[str, dict[str, str]] = {
    "tool_a": {"group": "tools"}, "tool_b": {"group": "tools"}, "vi": {"provides": "editor"},
    "other": {"depend": "libx"},
}  # fmt: skip


@pytest.fixture(scope="module")
def shared(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    (host,) = lab.up(1, disk="1g")
    install(host, tmp_path_factory.mktemp("pacman"), "pacman-package-manager")
    configure(host)
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host) -> Host:
    """A host without packages of pacman."""
    shared.sh("p=$(pacman -Qq) && pacman --noconfirm -R $p", check=False)
    publish(shared, *FIRST, **MORE)
    shared.sh("rm -f /var/cache/pacman/pkg/*; pacman -Syy")
    return shared


@pytest.fixture(params=["root", "deploy"])
def machine(request: pytest.FixtureRequest, host: Host) -> Machine:
    if request.param == "root":
        return Machine(host.name, host.ssh_data())
    return Machine(host.name, host.ssh_data("deploy"), _sudo=True)


def files(host: Host) -> dict[str, str]:
    folder = host.root / "usr/share/small"
    return {file.name: file.read_text().strip() for file in folder.iterdir()} if folder.exists() else {}


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


def test_from_nothing_to_installed_and_back(host: Host, machine: Machine) -> None:
    meta = machine.apply(pacman.packages, packages=["demo", "other=2.0"])
    assert shown(meta) == {("package demo", None, "installed"), ("package other", None, "2.0")}
    assert files(host) == {"demo": "1.0-1", "other": "2.0-1", "libx": "1-1"}
    assert host.sh("pacman -Q demo") == "demo 1.0-1\n"
    machine.unchanged(pacman.packages, packages=["demo", "other=2.0-1", "other>=1", "small/demo"])
    assert shown(machine.apply(pacman.packages, packages=["demo", "absent"], present=False)) == {
        ("package demo", "1.0-1", None)
    }
    assert files(host) == {"other": "2.0-1", "libx": "1-1"}


def test_groups(host: Host, machine: Machine) -> None:
    assert machine.fact(PacmanUnpackGroup, package="tools") == ["tool-a", "tool-b"]
    assert machine.fact(PacmanUnpackGroup, package="demo") == ["demo"]
    assert machine.fact(PacmanUnpackGroup, package="nothing") == []
    host.sh("pacman --noconfirm -S tool-b")
    meta = machine.apply(pacman.packages, packages=["tools"])
    assert shown(meta) == {("package tool-a", None, "installed")}
    assert files(host) == {"tool-a": "1-1", "tool-b": "1-1"}
    meta = machine.apply(pacman.packages, packages=["tools"], present=False)
    assert shown(meta) == {("package tool-a", "1-1", None), ("package tool-b", "1-1", None)}
    assert files(host) == {}


def test_what_another_package_provides(host: Host, machine: Machine) -> None:
    meta = machine.apply(pacman.packages, packages="editor")
    assert shown(meta) == {("package editor", None, "installed")}
    assert files(host) == {"vi": "9-1"}
    machine.unchanged(pacman.packages, packages=["editor", "vi"])


def test_newer_versions(host: Host, machine: Machine) -> None:
    machine.apply(pacman.packages, packages=["demo", "other"])
    machine.unchanged(pacman.upgrade)
    publish(host, ("demo", "1:1.0-1"), ("other", "2.1-1"), ("libx", "1-1"), ("liby", "3-1"), other={"depend": "liby"})
    machine.unchanged(pacman.upgrade)  # nobody fetched the lists
    machine.apply(pacman.update, again=False)
    meta = machine.apply(pacman.packages, packages="other=2.1-1")
    assert shown(meta) == {("package other", "2.0-1", "2.1-1")}
    meta = machine.apply(pacman.upgrade)
    assert shown(meta) == {("package demo", "1.0-1", "1:1.0-1")}
    assert files(host) == {"demo": "1:1.0-1", "other": "2.1-1", "libx": "1-1", "liby": "3-1"}
    publish(host, ("demo", "1:1.1-1"), ("other", "3-1"), ("new", "1-1"))
    meta = machine.apply(pacman.packages, packages=["new"], update=True, upgrade=True, again=False)
    assert meta.plan.promises
    assert files(host)["demo"] == "1:1.1-1"
    assert machine.fact(PacmanPackages)["new"] == {"1-1"}
    machine.unchanged(pacman.packages, packages=["new"], upgrade=True)


def test_an_upgrade_is_planned_exactly(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    machine.apply(pacman.packages, packages=["demo", "other"])
    publish(host, ("demo", "2-1"), ("other", "3-1"), ("libx", "1-1"), ("liby", "3-1"), other={"depend": "liby"})
    host.sh("pacman -Sy")
    meta = machine.plan(pacman.packages, packages="demo", upgrade=True)
    told = {("package demo", "1.0-1", "2-1"), ("package other", "2.0-1", "3-1"), ("package liby", None, "3-1")}
    assert shown(meta) == told
    assert shown(machine.apply(pacman.packages, packages="demo", upgrade=True)) == told
    assert files(host) == {"demo": "2-1", "other": "3-1", "liby": "3-1", "libx": "1-1"}


def test_lists_that_are_fetched_by_the_same_run_count(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    machine.apply(pacman.packages, packages="demo")
    publish(host, ("demo", "2-1"))
    with machine.run() as state:
        add_op(state, pacman.update)
        (upgrade,) = add_op(state, pacman.upgrade).values()
        run_ops(state)
        assert upgrade.did_change()
    assert files(host) == {"demo": "2-1"}


def test_what_fails_says_why(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    meta = machine.once(pacman.packages, packages="nothing-like-it", _ignore_errors=True)
    assert any("target not found: nothing-like-it" in line for line in meta.stderr_lines)
    machine.apply(pacman.packages, packages="other")
    meta = machine.once(pacman.packages, packages="libx", present=False, _ignore_errors=True)
    assert meta.did_error()
    assert files(host) == {"other": "2.0-1", "libx": "1-1"}
    assert "cannot be the name" in str(machine.fails(pacman.packages, packages=["--root=/x"]))


def test_facts(host: Host) -> None:
    host.sh("pacman --noconfirm -S demo other")
    listed = dict(line.split() for line in host.sh("pacman -Q").splitlines())
    assert Machine(host.name, host.ssh_data()).fact(PacmanPackages) == {name: {one} for name, one in listed.items()}
