"""Flatpaks on a real host, from a repository inside of it; what came of it is read from where they are put."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra.facts.flatpak import FlatpakPackage, FlatpakPackages
from pyinfra.operations import flatpak
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .small_languages import install, publish_flatpaks

TOY, OTHER, PLATFORM = "org.example.Toy", "org.example.Other", "org.example.Platform"


@pytest.fixture(scope="module")
def shared(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    (host,) = lab.up(1, disk="2g")
    install(host, tmp_path_factory.mktemp("flatpak"), "flatpak")
    publish_flatpaks(host, (TOY, "stable"), (OTHER, "stable"), (OTHER, "beta"))
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host) -> Host:
    """A host without flatpaks."""
    shared.sh("flatpak uninstall -y --all --noninteractive", check=False)
    return shared


@pytest.fixture(params=["root", "deploy"])
def machine(request: pytest.FixtureRequest, host: Host) -> Machine:
    if request.param == "root":
        return Machine(host.name, host.ssh_data())
    return Machine(host.name, host.ssh_data("deploy"), _sudo=True)


def branches(host: Host, name: str, kind: str = "app") -> list[str]:
    folder = host.root / "var/lib/flatpak" / kind / name
    arches = [path for path in folder.glob("*") if path.is_dir() and not path.is_symlink()]
    return sorted(branch.name for arch in arches for branch in arch.iterdir())


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


def test_from_nothing_to_installed_and_back(host: Host, machine: Machine) -> None:
    assert machine.fact(FlatpakPackages) == []
    meta = machine.apply(flatpak.packages, packages=[TOY, f"{OTHER}//beta"], remote="toys")
    assert shown(meta) == {(f"package {TOY}", None, "installed"), (f"package {OTHER}//beta", None, "installed")}
    assert (branches(host, TOY), branches(host, OTHER), branches(host, PLATFORM, "runtime")) == (
        ["stable"], ["beta"], ["1"],
    )  # fmt: skip
    assert sorted(machine.fact(FlatpakPackages)) == [OTHER, PLATFORM, TOY]
    arch = host.sh("flatpak --default-arch").strip()
    machine.unchanged(flatpak.packages, packages=[TOY, f"{TOY}//stable", f"app/{TOY}/{arch}/stable", f"{PLATFORM}//1"])
    machine.unchanged(flatpak.packages, packages=[f"{TOY}//beta", "org.example.Nothing"], present=False)
    machine.apply(flatpak.packages, packages=TOY, present=False)
    assert (branches(host, TOY), branches(host, OTHER)) == ([], ["beta"])


def test_branches(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    machine.apply(flatpak.packages, packages=f"{OTHER}//beta")
    machine.apply(flatpak.packages, packages=f"{OTHER}//stable")
    assert branches(host, OTHER) == ["beta", "stable"]
    machine.apply(flatpak.packages, packages=f"{OTHER}//beta", present=False)
    assert branches(host, OTHER) == ["stable"]


def test_what_is_known_of_one(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    machine.apply(flatpak.packages, packages=TOY)
    arch = host.sh("flatpak --default-arch").strip()
    assert machine.fact(FlatpakPackage, package=TOY) == {"id": TOY, "ref": f"app/{TOY}/{arch}/stable"}
    assert machine.fact(FlatpakPackage, package="org.example.Nothing") == {}
    assert machine.fact(FlatpakPackage, package="--user") == {}


def test_what_fails_says_why(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    meta = machine.once(flatpak.packages, packages="org.example.Nothing", remote="toys", _ignore_errors=True)
    assert any("org.example.Nothing" in line for line in meta.stderr_lines)
    assert machine.once(flatpak.packages, packages=OTHER, _ignore_errors=True).did_error()  # which branch is not told
    assert "cannot be the name" in str(machine.fails(flatpak.packages, packages=TOY, remote="-y"))
