"""Gems on a real host, from a source inside of it; what came of it is asked of Ruby."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra.api.deploy import add_deploy
from pyinfra.api.operations import run_ops
from pyinfra.facts.gem import GemPackages
from pyinfra.operations import apt, gem
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .small_languages import install, publish_gems


@pytest.fixture(scope="module")
def shared(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    (host,) = lab.up(1, disk="2g")
    install(host, tmp_path_factory.mktemp("ruby"), "ruby")
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host) -> Host:
    """A host without gems of ours."""
    shared.sh("gem uninstall -aIx toy other >/dev/null 2>&1; rm -rf /opt/gems", check=False)
    publish_gems(shared, ("toy", "1.0"), ("toy", "1.1"), ("other", "0.9"))
    return shared


@pytest.fixture(params=["root", "deploy"])
def machine(request: pytest.FixtureRequest, host: Host) -> Machine:
    if request.param == "root":
        return Machine(host.name, host.ssh_data())
    return Machine(host.name, host.ssh_data("deploy"), _sudo=True)


def versions(host: Host, name: str) -> list[str]:
    script = f'puts Gem::Specification.find_all_by_name("{name}").map {{ |s| s.version.to_s }}.sort'
    return host.run(["ruby", "-e", script]).stdout.split()


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


def test_from_nothing_to_installed_and_back(host: Host, machine: Machine) -> None:
    meta = machine.apply(gem.packages, packages=["toy", "other:0.9", "bundler"])
    assert shown(meta) == {("package toy", None, "installed"), ("package other", None, "0.9")}
    assert (versions(host, "toy"), versions(host, "other")) == (["1.1"], ["0.9"])
    assert host.run(["toy"]).stdout == "1.1\n"
    assert shown(machine.apply(gem.packages, packages=["toy", "absent"], present=False)) == {
        ("package toy", "1.1", None)
    }
    assert versions(host, "toy") == []
    assert host.run(["sh", "-c", "command -v toy"], check=False).returncode


def test_versions_stay_beside_each_other(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    machine.apply(gem.packages, packages="toy:1.0", again=False)
    machine.apply(gem.packages, packages="toy:1.1", again=False)
    assert versions(host, "toy") == ["1.0", "1.1"]
    machine.unchanged(gem.packages, packages=["toy", "toy:1.0", "toy:1.1"], latest=True)
    assert machine.fact(GemPackages)["toy"] == {"1.0", "1.1"}
    machine.apply(gem.packages, packages="toy:1.0", present=False)
    assert versions(host, "toy") == ["1.1"]
    machine.apply(gem.packages, packages="toy:1.0", again=False)
    machine.apply(gem.packages, packages="toy", present=False)
    assert versions(host, "toy") == []


def test_the_newest(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    machine.apply(gem.packages, packages=["toy", "other"], latest=True)
    publish_gems(host, ("toy", "2.0.0"))
    assert shown(machine.apply(gem.packages, packages=["toy", "other"], latest=True)) == {
        ("package toy", "1.1", "2.0.0")
    }
    assert versions(host, "toy") == ["1.1", "2.0.0"]


def test_when_nobody_knows_what_is_newest_gem_is_asked(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    machine.apply(gem.packages, packages="toy", again=False)
    host.sh("mv /opt/gems /opt/away; rm -rf /root/.local/share/gem")
    meta = machine.plan(gem.packages, packages="toy", latest=True)
    assert meta.will_change
    assert shown(meta) == {("package toy", "1.1", "latest")}


def test_a_deploy_from_ruby_to_its_gems(lab: Lab, host: Host) -> None:
    """Whether gems are there can only be asked once there is something to ask; it is planned all the same."""
    fresh = lab.take()
    for folder in ("repository", "gems"):
        shutil.copytree(host.root / "opt" / folder, fresh.root / "opt" / folder)
    for name in ("etc/gemrc", "etc/apt/sources.list"):
        shutil.copy(host.root / name, fresh.root / name)

    def deploy() -> None:
        apt.packages(packages=["ruby"], update=True, no_recommends=True)
        gem.packages(packages=["toy", "bundler"], latest=True)

    with Machine(fresh.name, fresh.ssh_data()).run(FAIL_PERCENT=0) as state:
        add_deploy(state, deploy)
        (only,) = state.inventory
        first, second = (data.operation_meta for data in state.ops[only].values())
        assert (bool(first.will_change), bool(second.will_change)) == (True, True)
        run_ops(state)
        assert second.did_succeed(), second.stderr
    assert versions(fresh, "toy") == ["1.1"]
    assert fresh.run(["toy"]).stdout == "1.1\n"
    Machine(fresh.name, fresh.ssh_data()).unchanged(gem.packages, packages=["toy", "bundler"])
    lab.remove(fresh)


def test_what_fails_says_why(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    meta = machine.once(gem.packages, packages="nothing-like-it", _ignore_errors=True)
    assert any("Could not find a valid gem" in line for line in meta.stderr_lines)
    machine.apply(gem.packages, packages="other", again=False)
    publish_gems(host, ("toy", "3.0"), more='s.add_dependency "other"')
    machine.apply(gem.packages, packages="toy:3.0", again=False)
    meta = machine.once(gem.packages, packages="other", present=False, _ignore_errors=True)
    assert meta.did_error()  # it asks, and nobody says yes
    assert versions(host, "other") == ["0.9"]
    assert "cannot be the name" in str(machine.fails(gem.packages, packages=["--all"]))


def test_facts(host: Host) -> None:
    script = "Gem::Specification.each { |s| puts s.name + ' ' + s.version.to_s }"
    found: dict[str, set[str]] = {}
    for line in host.run(["ruby", "-e", script]).stdout.splitlines():
        name, version = line.split()
        found.setdefault(name, set()).add(version)
    assert Machine(host.name, host.ssh_data()).fact(GemPackages) == found
