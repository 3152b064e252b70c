"""Programs of Rust on a real host, from a registry inside of it; what came of it is what they print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra.facts.cargo import CargoPackages
from pyinfra.operations import cargo
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .small_languages import install, publish_crates


@pytest.fixture(scope="module")
def shared(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    (host,) = lab.up(1, disk="4g")
    install(host, tmp_path_factory.mktemp("cargo"), "cargo")
    publish_crates(host, ("toy", "1.0.0"), ("toy", "1.2.0"), ("toy", "2.0.0-beta.1"), ("other", "0.3.0"))
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host) -> Host:
    """A host without programs of ours."""
    shared.sh("rm -rf /root/.cargo/bin /root/.cargo/.crates* /home/deploy/.cargo/bin /home/deploy/.cargo/.crates*")
    return shared


def prints(host: Host, program: str, home: str) -> str | None:
    done = host.run(["sh", "-c", f"{home}/.cargo/bin/{program}"], check=False)
    return done.stdout.strip() or None


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


def test_from_nothing_to_installed_and_back(host: Host) -> None:
    home = "/home/deploy"
    machine = Machine(host.name, host.ssh_data("deploy"))
    meta = machine.apply(cargo.packages, packages=["toy@1.0.0", "other"])
    assert shown(meta) == {("package toy", None, "1.0.0"), ("package other", None, "installed")}
    assert (prints(host, "toy", home), prints(host, "other", home)) == ("1.0.0", "0.3.0")
    assert machine.fact(CargoPackages) == {"toy": {"1.0.0"}, "other": {"0.3.0"}}
    machine.unchanged(cargo.packages, packages=["toy", "toy@1.0.0", "toy@^1", "other@~0.3"])
    machine.apply(cargo.packages, packages="toy@^1.1")
    assert prints(host, "toy", home) == "1.2.0"
    machine.apply(cargo.packages, packages="toy@2.0.0-beta.1")
    assert machine.fact(CargoPackages)["toy"] == {"2.0.0-beta.1"}
    assert shown(machine.apply(cargo.packages, packages=["toy", "other@0.3.0"], present=False)) == {
        ("package toy", "2.0.0-beta.1", None),
        ("package other", "0.3.0", None),
    }
    assert prints(host, "toy", home) is None


def test_the_newest(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    before = host.snapshot()
    machine.apply(cargo.packages, packages=["toy@1.0.0", "other"], again=False)
    meta = machine.apply(cargo.packages, packages=["toy", "other"], latest=True)
    assert shown(meta) == {("package toy", "1.0.0", "1.2.0")}
    assert prints(host, "toy", "/root") == "1.2.0"
    machine.unchanged(cargo.packages, packages=["other", "toy@1.2.0"], latest=True)
    assert host.leaks(before) == []
    # What is not known is left to cargo.
    index = host.root / "opt/crates/index/3/t/toy"
    hidden = index.rename(index.with_suffix(".away"))
    assert shown(machine.plan(cargo.packages, packages="toy", latest=True)) == {("package toy", "1.2.0", "latest")}
    hidden.rename(index)


def test_what_fails_says_why(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    meta = machine.once(cargo.packages, packages="nothing-like-it", _ignore_errors=True)
    assert any("could not find `nothing-like-it`" in line for line in meta.stderr_lines)
    assert "cannot be the name" in str(machine.fails(cargo.packages, packages="--git=x"))
