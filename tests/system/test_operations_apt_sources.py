"""Sources of apt on real hosts, with a signed repository; what came of it is asked of apt."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import PyinfraError
from pyinfra.api.deploy import add_deploy
from pyinfra.api.operations import run_ops
from pyinfra.facts.apt import AptSources
from pyinfra.operations import apt
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .signing_keys import bring_keys, gpg_here, made_keys
from .small_debs import FOLDER, build, publish

LINE = "deb [arch=amd64 signed-by=/etc/apt/keyrings/small.gpg] https://deb.example.org/debian bookworm main contrib"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with made_keys(tmp_path_factory.mktemp("gnupg")) as keys:
        yield keys


@pytest.fixture(scope="module")
def shared(lab: Lab) -> Iterator[Host]:
    (host,) = lab.up(1)
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host) -> Host:
    shared.sh("rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/keyrings; touch /etc/apt/sources.list")
    return shared


@pytest.fixture(params=["root", "deploy"])
def machine(request: pytest.FixtureRequest, host: Host) -> Machine:
    return as_user(host, request.param)


def as_user(host: Host, user: str = "root") -> Machine:
    if user == "root":
        return Machine(host.name, host.ssh_data())
    return Machine(host.name, host.ssh_data(user), _sudo=True)


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes
            if change.attribute == "present"}  # fmt: skip


def test_a_repository(host: Host, machine: Machine) -> None:
    host.sh("printf '# mine' > /etc/apt/sources.list")
    other = LINE.replace(" contrib", "")
    assert shown(machine.apply(apt.repo, src=LINE)) == {
        ("repository deb https://deb.example.org/debian bookworm main contrib", None, True),
    }  # fmt: skip
    machine.apply(apt.repo, src=other, filename="small")
    assert host.sh("cat /etc/apt/sources.list") == f"# mine\n{LINE}\n"
    assert host.sh("cat /etc/apt/sources.list.d/small.list") == f"{other}\n"
    assert host.sh("stat -c %a /etc/apt/sources.list.d/small.list") == "644\n"
    machine.unchanged(apt.repo, src=LINE.replace(" [", "  [ ").replace("] ", " ]\t"), filename="elsewhere")
    machine.unchanged(apt.repo, src=other, present=False, filename="elsewhere")
    machine.apply(apt.repo, src=other, present=False)
    assert host.sh("cat /etc/apt/sources.list /etc/apt/sources.list.d/small.list") == f"# mine\n{LINE}\n"
    machine.apply(apt.repo, src=LINE, present=False)
    assert machine.fact(AptSources) == []
    # One that is commented out is none.
    host.sh(f"echo '# {LINE}' > /etc/apt/sources.list")
    machine.apply(apt.repo, src=LINE)
    assert host.sh("cat /etc/apt/sources.list") == f"# {LINE}\n{LINE}\n"
    for src in ("deb https://x", "http://x y z", "deb http://x y z\ndeb http://u v w"):
        assert "no line of sources.list" in str(machine.fails(apt.repo, src=src))
    assert "is called" in str(machine.fails(apt.repo, src=LINE, filename="../x"))


def test_stanzas(host: Host, machine: Machine) -> None:
    wanted: dict[str, Any] = {
        "uris": "https://a.example https://b.example",
        "suites": ["stable"],
        "components": "main contrib",
        "architectures": "amd64",
        "signed_by": "/etc/apt/keyrings/a.gpg",
    }
    meta = machine.apply(apt.sources_file, filename="small", **wanted)
    assert len(shown(meta)) == 3, "a file, and two repositories"
    assert host.sh("cat /etc/apt/sources.list.d/small.sources; stat -c %a /etc/apt/sources.list.d/small.sources") == (
        "Types: deb\nURIs: https://a.example https://b.example\nSuites: stable\nComponents: main contrib\n"
        "Architectures: amd64\nSigned-By: /etc/apt/keyrings/a.gpg\n644\n"
    )
    repo = {"type": "deb", "url": "https://a.example", "distribution": "stable", "components": ["main", "contrib"],
            "options": {"arch": "amd64", "signed-by": "/etc/apt/keyrings/a.gpg"}}  # fmt: skip
    assert machine.fact(AptSources) == [repo, {**repo, "url": "https://b.example"}]
    machine.unchanged(apt.sources_file, filename="elsewhere", **wanted)
    machine.apply(apt.sources_file, filename="small", **{**wanted, "uris": "https://a.example"})
    line = "deb [arch=amd64 signed-by=/etc/apt/keyrings/a.gpg] https://a.example stable main contrib"
    machine.unchanged(apt.repo, src=line)
    assert "line by line" in str(machine.fails(apt.repo, src=line, present=False))
    assert "'https://a.example/dists/stable/InRelease'" in host.sh("apt-get update --print-uris")
    machine.apply(apt.sources_file, filename="small", present=False)
    assert machine.fact(AptSources) == []
    assert "suites" in str(machine.fails(apt.sources_file, filename="x", uris="http://x"))


def test_an_archive_of_somebody(host: Host) -> None:
    """There is no Launchpad here: a program in its place writes what the real one writes."""
    program = host.root / "usr/bin/apt-add-repository"
    program.write_text('#!/bin/sh\ncase $* in *--remove*) rm /etc/apt/sources.list.d/ppa.list;; *) echo "deb https://'
                       'ppa.launchpadcontent.net/deadsnakes/ppa/ubuntu jammy main" >/etc/apt/sources.list.d/ppa.list;; '
                       "esac\n")  # fmt: skip
    program.chmod(0o755)
    machine = as_user(host)
    machine.apply(apt.ppa, src="ppa:deadsnakes/ppa")
    machine.unchanged(apt.ppa, src="ppa:deadsnakes")
    machine.unchanged(apt.ppa, src="ppa:deadsnakes/other", present=False)
    machine.apply(apt.ppa, src="ppa:deadsnakes/ppa", present=False)
    program.unlink()


def test_a_signed_repository(host: Host, keys: dict[str, str], tmp_path: Path) -> None:
    """From its key to a package in one deploy, without gpg: apt itself checks the signature."""
    bring_keys(host, keys)
    publish(host, build(tmp_path, "signed", "1"), sources=False)
    folder = host.root / FOLDER
    index = (folder / "Packages").read_bytes()
    (folder / "Packages.gz").write_bytes(gzip.compress(index, mtime=0))
    release = host.sh(f"apt-ftparchive release /{FOLDER} 2>/dev/null || :") or _release(index)
    (folder / "Release").write_text(release)
    signed = gpg_here(keys["home"], "--clearsign", "-u", keys["one"], given=release.encode())
    (folder / "InRelease").write_bytes(signed)

    def deploy(key: str) -> None:
        apt.key(src=f"/opt/keys/{key}.asc", dest="small.gpg", keyid=keys[key])
        apt.sources_file(filename="small", uris=f"file:/{FOLDER}", suites="./", signed_by="/etc/apt/keyrings/small.gpg")
        apt.packages(packages=["signed"], update=True, cache_time=3600)

    for key, changed in (("one", [True, True, True]), ("one", [False, False, False])):
        with as_user(host).run(FAIL_PERCENT=0) as state:
            add_deploy(state, deploy, key)
            run_ops(state)
            (only,) = state.inventory
            assert [data.operation_meta.did_change() for data in state.ops[only].values()] == changed
    host.sh("apt-get -qq -y purge signed; rm /etc/apt/keyrings/small.gpg; rm -rf /var/lib/apt/lists/*")
    with as_user(host).run(FAIL_PERCENT=100) as state:
        add_deploy(state, deploy, "two")
        with pytest.raises(PyinfraError, match="No hosts"):
            run_ops(state)
    assert host.run(["dpkg", "-l", "signed"], check=False).stdout.find("ii  signed") == -1


def _release(index: bytes) -> str:
    digest = hashlib.sha256(index).hexdigest()
    return f"Suite: ./\nDate: Thu, 01 Jan 2026 00:00:00 UTC\nSHA256:\n {digest} {len(index)} Packages\n"
