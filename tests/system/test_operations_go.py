"""Programs of Go on a real host, from a proxy inside of it; what came of it is what they print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra.facts.go import GoPackages
from pyinfra.operations import go
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .small_languages import install, publish_modules

HAMMER, BIG, TOY = "example.com/tools/cmd/hammer", "example.com/big/v2", "example.com/toy"
COMMIT = "v0.0.0-20240102030405-abcdef123456"


@pytest.fixture(scope="module")
def shared(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    (host,) = lab.up(1, disk="4g")
    install(host, tmp_path_factory.mktemp("go"), "golang-go")
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host) -> Host:
    """A host without programs of ours."""
    shared.sh("rm -rf /root/go /home/deploy/go /opt/modules /srv/bin; mkdir -p /opt/modules")
    publish_modules(shared, (TOY, "v1.0.0"), (TOY, "v1.2.0"), (TOY, COMMIT), (BIG, "v2.0.1"))
    publish_modules(shared, ("example.com/tools", "v0.1.0"), programs=["cmd/hammer", "cmd/saw"])
    return shared


def prints(host: Host, path: str) -> str | None:
    return host.run([path], check=False).stderr.strip() if (host.root / path[1:]).exists() else None


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


def test_from_nothing_to_installed_and_back(host: Host) -> None:
    home = "/home/deploy"
    machine = Machine(host.name, host.ssh_data("deploy"))
    assert machine.fact(GoPackages) == {}
    meta = machine.apply(go.packages, packages=[f"{TOY}@v1.0.0", HAMMER, BIG])
    assert shown(meta) == {
        (f"package {TOY}", None, "v1.0.0"),
        (f"package {HAMMER}", None, "installed"),
        (f"package {BIG}", None, "installed"),
    }
    found = {name: prints(host, f"{home}/go/bin/{name}") for name in ("toy", "hammer", "big")}
    assert found == {"toy": "v1.0.0", "hammer": "v0.1.0", "big": "v2.0.1"}
    assert machine.fact(GoPackages) == {TOY: {"v1.0.0"}, "example.com/tools": {"v0.1.0"}, BIG: {"v2.0.1"}}
    machine.unchanged(go.packages, packages=[TOY, f"{TOY}@v1.0", f"{BIG}@v2", f"{HAMMER}@latest"])
    machine.apply(go.packages, packages=[BIG, f"{HAMMER}@v0.1.0", "example.com/tools/cmd/saw"], present=False)
    assert sorted(path.name for path in (host.root / home[1:] / "go/bin").iterdir()) == ["toy"]


def test_the_newest(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    machine.apply(go.packages, packages=[f"{TOY}@v1.0.0", HAMMER])
    meta = machine.apply(go.packages, packages=[TOY, HAMMER, f"{BIG}@v2.0.1"], latest=True)
    assert shown(meta) == {(f"package {TOY}", "v1.0.0", "v1.2.0"), (f"package {BIG}", None, "v2.0.1")}
    publish_modules(host, ("example.com/tools", "v0.2.0"), programs=["cmd/hammer"])
    assert shown(machine.apply(go.packages, packages=[f"{HAMMER}@latest"])) == {
        (f"package {HAMMER}", "v0.1.0", "v0.2.0")
    }
    assert prints(host, "/root/go/bin/hammer") == "v0.2.0"


def test_commits_and_a_place_of_its_own(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    host.sh("echo GOBIN=/srv/bin >> /root/.config/go/env")
    machine.apply(go.packages, packages=f"{TOY}@{COMMIT}")
    assert prints(host, "/srv/bin/toy") == COMMIT
    machine.unchanged(go.packages, packages=f"{TOY}@abcdef123456")
    (host.root / "srv/bin/README").write_text("no program\n")
    machine.apply(go.packages, packages=TOY, present=False)
    assert [path.name for path in (host.root / "srv/bin").iterdir()] == ["README"]


def test_when_nobody_knows_what_is_newest_go_is_asked(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    machine.apply(go.packages, packages=[TOY, HAMMER])
    host.sh("rm -r /opt/modules/example.com/toy; rm -rf /root/go/pkg")
    meta = machine.plan(go.packages, packages=[TOY, HAMMER], latest=True)
    assert shown(meta) == {(f"package {TOY}", "v1.2.0", "latest")}


def test_what_fails_says_why(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    meta = machine.once(go.packages, packages="example.com/nothing-like-it", _ignore_errors=True)
    assert any("example.com/nothing-like-it" in line for line in meta.stderr_lines)
    for wrong in ("./here", "/srv/x", "-n", "example.com/"):
        assert machine.fails(go.packages, packages=wrong).details.argument == "packages"  # type: ignore[union-attr]
