"""Packages of npm on a real host, from a registry inside of it; what came of it is read from their own files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra.api import PyinfraError
from pyinfra.facts.npm import NpmPackages
from pyinfra.operations import npm
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .small_languages import install_node, publish_node_packages

LIBRARY, PROJECT = "/usr/local/lib", "/srv/my app"


@pytest.fixture(scope="module")
def shared(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    (host,) = lab.up(1, disk="2g")
    install_node(host, tmp_path_factory.mktemp("node"))
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host) -> Host:
    """A host without packages of ours."""
    shared.sh(f"rm -rf '{PROJECT}' /opt/npm /root/.npm /root/.npmrc; mkdir '{PROJECT}'; cd {LIBRARY}/node_modules && "
              "rm -rf toy @box other; rm -f /usr/local/bin/toy")  # fmt: skip
    publish_node_packages(shared, ("toy", "1.0.0"), ("toy", "1.2.0"), ("@box/other", "0.1.0"))
    return shared


@pytest.fixture
def machine(host: Host) -> Machine:
    return Machine(host.name, host.ssh_data())


def version(host: Host, name: str, where: str = LIBRARY) -> str | None:
    path = host.root / where[1:] / "node_modules" / name / "package.json"
    return str(json.loads(path.read_text())["version"]) if path.exists() else None


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


@pytest.mark.parametrize("directory", [None, PROJECT])
def test_from_nothing_to_installed_and_back(host: Host, machine: Machine, directory: str | None) -> None:
    where = directory or LIBRARY
    meta = machine.apply(npm.packages, packages=["toy@1.0.0", "@box/other"], directory=directory)
    assert shown(meta) == {("package toy", None, "1.0.0"), ("package @box/other", None, "installed")}
    assert (version(host, "toy", where), version(host, "@box/other", where)) == ("1.0.0", "0.1.0")
    same = ["toy", "toy@1.0", "toy@^1.0.0", "toy@~1.0", "toy@1.x", "@box/other@0.1.0"]
    machine.unchanged(npm.packages, packages=same, directory=directory)
    machine.apply(npm.packages, packages="toy@1.2.0", directory=directory, again=False)
    assert version(host, "toy", where) == "1.2.0"
    meta = machine.apply(npm.packages, packages=["@box/other", "toy@1.2.0"], present=False, directory=directory)
    assert shown(meta) == {("package toy", "1.2.0", None), ("package @box/other", "0.1.0", None)}
    assert (version(host, "toy", where), version(host, "@box/other", where)) == (None, None)


def test_the_newest(host: Host, machine: Machine) -> None:
    machine.apply(npm.packages, packages=["toy@1.0.0", "@box/other"], again=False)
    machine.unchanged(npm.packages, packages=["toy@1.0.0", "@box/other"], latest=True)
    meta = machine.apply(npm.packages, packages=["toy", "@box/other"], latest=True)
    assert shown(meta) == {("package toy", "1.0.0", "1.2.0")}
    assert version(host, "toy") == "1.2.0"
    publish_node_packages(host, ("toy", "2.0.0"))
    machine.apply(npm.packages, packages=["toy@latest", "@box/other@latest"])
    assert version(host, "toy") == "2.0.0"


def test_the_newest_that_a_project_takes(host: Host, machine: Machine) -> None:
    machine.apply(npm.packages, packages="toy@1.0.0", directory=PROJECT, again=False)
    (host.root / PROJECT[1:] / "package.json").write_text('{"dependencies": {"toy": "^1.0.0"}}')
    publish_node_packages(host, ("toy", "2.0.0"))
    assert shown(machine.apply(npm.packages, packages="toy", latest=True, directory=PROJECT)) == {
        ("package toy", "1.0.0", "1.2.0")
    }
    assert version(host, "toy", PROJECT) == "1.2.0"
    machine.apply(npm.packages, packages="toy@latest", directory=PROJECT)
    assert version(host, "toy", PROJECT) == "2.0.0"


def test_what_is_only_asked_for_is_installed(host: Host, machine: Machine) -> None:
    (host.root / PROJECT[1:] / "package.json").write_text('{"dependencies": {"toy": "^1.0.0"}}')
    assert machine.fact(NpmPackages, directory=PROJECT) == {}
    machine.apply(npm.packages, packages="toy", directory=PROJECT)
    assert machine.fact(NpmPackages, directory=PROJECT) == {"toy": {"1.2.0"}}


def test_what_fails_says_why(host: Host, machine: Machine) -> None:
    meta = machine.once(npm.packages, packages="nothing-like-it", _ignore_errors=True)
    assert any("404" in line for line in meta.stderr_lines)
    meta = machine.once(npm.packages, packages="toy", directory="/srv/not there", _ignore_errors=True)
    assert meta.did_error()
    assert machine.fact(NpmPackages, directory="/srv/not there") == {}
    (host.root / PROJECT[1:] / "package.json").write_text("no JSON")
    with pytest.raises(PyinfraError) as caught:
        machine.once(npm.packages, packages="toy", directory=PROJECT)
    assert "Failed to parse root package.json" in str(caught.value.details.hint)
    assert "cannot be the name" in str(machine.fails(npm.packages, packages="-g"))


def test_when_nobody_knows_what_is_newest_npm_is_asked(host: Host, machine: Machine) -> None:
    machine.apply(npm.packages, packages="toy", again=False)
    (host.root / "root/.npmrc").write_text("registry=http://127.0.0.1:1/\n")
    assert shown(machine.plan(npm.packages, packages="toy", latest=True)) == {("package toy", "1.2.0", "latest")}
