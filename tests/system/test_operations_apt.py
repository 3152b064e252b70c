"""Packages on real hosts, from a repository inside of them; what came of it is asked of dpkg and apt themselves."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api.deploy import add_deploy
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.facts.apt import AptPackages, AptSources, SimulateOperationWillChange
from pyinfra.facts.deb import DebArch, DebPackage, DebPackages
from pyinfra.operations import apt, files
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .debian_repository import fetch, serve
from .runs import run_on, trips
from .signing_keys import serving
from .small_debs import FOLDER, build, publish

STAMP = "/var/lib/apt/periodic/update-success-stamp"


@pytest.fixture(scope="module")
def debs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("debs")
    made = [
        build(folder, "demo", "1.0", {"/etc/demo.conf": "one\n", "/usr/bin/demo": "1.0"}),
        build(folder, "demo", "1.1", {"/etc/demo.conf": "two\n", "/usr/bin/demo": "1.1"}),
        build(folder, "demo", "1:2.0", {"/etc/demo.conf": "three\n", "/usr/bin/demo": "2.0"}),
        build(folder, "other", "1", Depends="helper"),
        build(folder, "other", "2", Depends="helper"),
        build(folder, "helper", "1"),
        build(folder, "mailer-a", "1", Provides="mailer"),
        build(folder, "mailer-b", "1", Provides="mailer, real (= 9)"),
        build(folder, "real", "1"),
        build(folder, "broken", "1", Postinst="exit 3"),
        build(
            folder, "curious", "1", Postinst='[ "$DEBIAN_FRONTEND" = noninteractive ]; read answer && exit 9; exit 0'
        ),
    ]
    return {deb.name.split("_all")[0]: deb for deb in made}


FIRST = ("demo_1.0", "other_1", "helper_1", "mailer-a_1", "mailer-b_1", "real_1", "broken_1", "curious_1")


@pytest.fixture(scope="module")
def shared(lab: Lab) -> Iterator[Host]:
    (host,) = lab.up(1)
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host, debs: dict[str, Path]) -> Host:
    """A host on which none of our packages is installed, and that knows the first of them."""
    names = sorted({name.partition("_")[0] for name in debs})
    shared.sh(f"dpkg --purge --force-all {' '.join(names)} 2>/dev/null; apt-mark unhold demo; "
              f"rm -rf {STAMP} /etc/apt/sources.list.d/* /etc/apt/keyrings/*", check=False)  # fmt: skip
    publish(shared, *(debs[name] for name in FIRST))
    shared.sh("apt-get update")
    return shared


@pytest.fixture
def machine(host: Host) -> Machine:
    """For what is done with sudo; everything else is done as root."""
    return as_user(host, "deploy")


def as_user(host: Host, user: str = "root") -> Machine:
    if user == "root":
        return Machine(host.name, host.ssh_data())
    return Machine(host.name, host.ssh_data(user), _sudo=True)


def version(host: Host, package: str) -> str | None:
    done = host.run(["dpkg-query", "-W", "-f=${db:Status-Abbrev}${Version}", package], check=False)
    return done.stdout[3:] if done.stdout.startswith(("ii ", "hi ")) else None


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


def test_from_nothing_to_installed_and_back(host: Host, machine: Machine) -> None:
    meta = machine.apply(apt.packages, packages=["demo", "other", "bash"])
    assert shown(meta) == {("package demo", None, "installed"), ("package other", None, "installed")}
    assert (version(host, "demo"), version(host, "helper")) == ("1.0", "1")
    meta = machine.apply(apt.packages, packages=["other", "nothing-like-it"], present=False)
    assert shown(meta) == {("package other", "1", None)}
    assert version(host, "other") is None
    machine.apply(apt.packages, packages="demo", present=False)
    assert host.sh("cat /etc/demo.conf") == "one\n", "configuration files stay"
    machine.apply(apt.packages, packages="demo", present=False, purge=True)
    assert host.sh("ls /etc/demo.conf 2>/dev/null || :") == ""
    machine.unchanged(apt.packages, packages=None)
    machine.unchanged(apt.packages, packages=[])


def test_versions(host: Host, debs: dict[str, Path]) -> None:
    machine = as_user(host)
    publish(host, *(debs[name] for name in ("demo_1.0", "demo_1.1", "demo_1%3a2.0")))
    host.sh("apt-get update")
    assert shown(machine.apply(apt.packages, packages="demo=1.0")) == {("package demo", None, "1.0")}
    assert shown(machine.apply(apt.packages, packages="demo=1.1")) == {("package demo", "1.0", "1.1")}
    machine.unchanged(apt.packages, packages=["demo", "demo=1.*"])
    machine.unchanged(apt.packages, packages="demo=1.0", present=False)
    meta = machine.once(apt.packages, packages="demo=1.0", _ignore_errors=True)
    assert meta.did_error()
    assert any("downgrade" in line.lower() for line in meta.stderr_lines)
    machine.apply(apt.packages, packages="demo=1.0", allow_downgrades=True)
    assert host.sh("cat /etc/demo.conf") == "one\n"
    assert shown(machine.apply(apt.packages, packages="demo", latest=True)) == {("package demo", "1.0", "1:2.0")}
    assert version(host, "demo") == "1:2.0"
    arch = host.sh("dpkg --print-architecture").strip()
    machine.unchanged(apt.packages, packages=[f"bash:{arch}"], latest=True)
    machine.apply(apt.packages, packages="demo=1:2.0", present=False)


def test_a_changed_configuration_file_is_kept(host: Host, debs: dict[str, Path]) -> None:
    machine = as_user(host)
    machine.apply(apt.packages, packages="demo")
    host.sh("echo mine > /etc/demo.conf")
    publish(host, debs["demo_1.1"])
    machine.apply(apt.packages, packages="demo=1.1", update=True, cache_time=60)
    assert host.sh("cat /etc/demo.conf") == "mine\n"


def test_what_is_held_stays(host: Host, debs: dict[str, Path]) -> None:
    machine = as_user(host)
    machine.apply(apt.packages, packages="demo")
    host.sh("apt-mark hold demo")
    publish(host, debs["demo_1.1"])
    host.sh("apt-get update")
    machine.unchanged(apt.packages, packages="demo", latest=True)
    machine.unchanged(apt.upgrade)


def test_names_that_are_only_provided(host: Host) -> None:
    machine = as_user(host)
    machine.apply(apt.packages, packages="mailer-b")
    machine.unchanged(apt.packages, packages="mailer")
    machine.unchanged(apt.packages, packages="mailer", present=False)
    # A package of its own is installed although another one provides it.
    machine.apply(apt.packages, packages="real")
    assert version(host, "real") == "1"


def test_alternatives(host: Host) -> None:
    machine = as_user(host)
    meta = machine.apply(apt.packages, packages=["demo", ["mailer-a", "mailer-b"]])
    assert ("package mailer-a", None, "installed") in shown(meta)
    assert (version(host, "mailer-a"), version(host, "mailer-b")) == ("1", None)
    machine.unchanged(apt.packages, packages=[["nothing-like-it", "mailer-a"]])
    machine.apply(apt.packages, packages=[["nothing-like-it", "mailer-a"]], present=False)
    assert version(host, "mailer-a") is None


def test_what_fails_says_why(host: Host) -> None:
    machine = as_user(host)
    machine.apply(apt.packages, packages="curious")
    meta = machine.once(apt.packages, packages="nothing-like-it", _ignore_errors=True)
    assert "E: Unable to locate package nothing-like-it" in meta.stderr_lines
    assert machine.once(apt.packages, packages="broken", _ignore_errors=True).did_error()
    assert "cannot be the name" in str(machine.fails(apt.packages, packages=["-y"]))


def test_lists(host: Host, machine: Machine) -> None:
    meta = machine.apply(apt.update, cache_time=3600)
    assert shown(meta) == {("apt", None, "fetched")}
    assert abs(int(host.sh(f"stat -c %Y {STAMP}")) - time.time()) < 60
    machine.apply(apt.update, again=False)  # asked for without a time: always
    host.sh(f"touch -d '59 minutes ago' {STAMP}; touch -d '2 hours ago' /etc/apt/sources.list /etc/apt/sources.list.d")
    for zone in ("Asia/Tokyo", "America/Los_Angeles"):
        host.sh(f"ln -sfn /usr/share/zoneinfo/{zone} /etc/localtime")
        machine.unchanged(apt.update, cache_time=3600)
    assert machine.plan(apt.update, cache_time=59 * 60).will_change
    assert machine.plan(apt.update, cache_time=0).will_change
    machine.unchanged(apt.packages, update=True, cache_time=3600)
    # Sources that changed since then are looked into, whatever the time.
    host.sh("touch /etc/apt/sources.list.d/new.list")
    machine.apply(apt.packages, packages="demo", update=True, cache_time=3600)
    assert "cache_time" in str(machine.fails(apt.update, cache_time="1h"))


def test_lists_that_could_not_be_fetched_are_not_new(host: Host) -> None:
    """apt-get only warns of it, and of what it did fetch it makes use."""
    machine = as_user(host)
    host.sh("echo 'deb [trusted=yes] http://127.0.0.1:1/ ./' >> /etc/apt/sources.list")
    meta = machine.once(apt.packages, packages="demo", update=True, cache_time=3600)
    assert any("Failed to fetch http://127.0.0.1:1" in line for line in meta.stderr_lines)
    assert version(host, "demo") == "1.0"
    assert host.sh(f"ls {STAMP} 2>/dev/null || :") == ""
    assert machine.plan(apt.update, cache_time=3600).will_change


def test_lists_and_an_upgrade_in_one_deploy(host: Host, debs: dict[str, Path]) -> None:
    """What the upgrade will do is known once the lists are there."""
    as_user(host).apply(apt.packages, packages=["demo", "other"])
    publish(host, debs["demo_1.1"], debs["helper_1"], debs["other_2"])

    def deploy() -> None:
        apt.update()
        apt.upgrade()
        apt.packages(packages="demo", latest=True)

    with as_user(host).run(FAIL_PERCENT=0) as state:
        add_deploy(state, deploy)
        run_ops(state)
        (only,) = state.inventory
        metas = [data.operation_meta for data in state.ops[only].values()]
        assert [meta.did_change() for meta in metas] == [True, True, False]
    assert (version(host, "demo"), version(host, "other")) == ("1.1", "2")


def test_what_newer_lists_offer_is_installed_at_once(host: Host, debs: dict[str, Path]) -> None:
    machine = as_user(host)
    machine.apply(apt.packages, packages=["demo", "other"])
    publish(host, debs["demo_1.1"], debs["helper_1"], debs["other_2"])
    machine.apply(apt.packages, packages="demo", latest=True, update=True, cache_time=60)
    assert (version(host, "demo"), version(host, "other")) == ("1.1", "1")
    publish(host, debs["demo_1%3a2.0"], debs["helper_1"], debs["other_2"])
    machine.apply(apt.packages, update=True, upgrade=True, cache_time=60)
    assert (version(host, "demo"), version(host, "other")) == ("1:2.0", "2")


@pytest.mark.parametrize("operation", [apt.upgrade, apt.dist_upgrade])
def test_upgrading(host: Host, machine: Machine, debs: dict[str, Path], operation: Any) -> None:
    machine.apply(apt.packages, packages=["demo", "other"])
    machine.unchanged(operation)
    publish(host, debs["demo_1.1"], debs["helper_1"], debs["other_2"])
    host.sh("apt-get update")
    assert machine.fact(SimulateOperationWillChange, command="upgrade") == {
        "upgraded": 2, "newly_installed": 0, "removed": 0, "not_upgraded": 0,
    }  # fmt: skip
    assert shown(machine.apply(operation)) == {("package demo", "1.0", "1.1"), ("package other", "1", "2")}
    assert (version(host, "demo"), version(host, "other")) == ("1.1", "2")
    machine.apply(apt.packages, packages="other", present=False)
    assert shown(machine.apply(operation, auto_remove=True)) == {("package helper", "1", None)}


@contextmanager
def held_lock(host: Host, path: str, seconds: float) -> Iterator[None]:
    """Have a process of the host hold a lock as apt does, for a while."""
    program = """use Fcntl; open(F, "+>>", $ARGV[0]) or die;
        my $lock = pack("ssqqlx4", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $lock) or die;
        $| = 1; print "held\n"; sleep $ARGV[1]"""
    command = ["nsenter", "-t", str(host.pid), "-a", "perl", "-e", program, path, str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield


@pytest.mark.parametrize(
    ("lock", "operation", "arguments"),
    [
        ("/var/lib/dpkg/lock-frontend", apt.packages, {"packages": "demo"}),
        ("/var/cache/apt/archives/lock", apt.packages, {"packages": "demo"}),
        ("/var/lib/apt/lists/lock", apt.update, {}),
    ],
)
def test_somebody_else_is_waited_for(host: Host, lock: str, operation: Any, arguments: Any) -> None:
    with held_lock(host, lock, 2):
        meta = as_user(host).once(operation, **arguments)
    assert meta.did_succeed(), meta.stderr
    assert any("Waiting for" in line and lock in line and "(perl)" in line for line in meta.stdout_lines)


def test_a_file(host: Host, machine: Machine, debs: dict[str, Path]) -> None:
    for name in ("other_2", "demo_1.1", "demo_1.0"):
        (host.root / f"tmp/{name}.deb").write_bytes(debs[name].read_bytes())
    assert machine.fact(DebPackage, package="/tmp/demo_1.1.deb") == {"name": "demo", "version": "1.1"}
    assert machine.fact(DebPackage, package="demo") == {}
    assert shown(machine.apply(apt.deb, src="/tmp/other_2.deb")) == {("package other", None, "2")}
    assert (version(host, "other"), version(host, "helper")) == ("2", "1")
    for name in ("demo_1.1", "demo_1.0"):
        machine.apply(apt.deb, src=f"/tmp/{name}.deb")
        assert version(host, "demo") == name.partition("_")[2]
    assert machine.fact(DebPackage, package="demo") == {"name": "demo", "version": "1.0"}
    machine.apply(apt.deb, src="/tmp/demo_1.0.deb", present=False)
    host.sh("rm /tmp/*.deb")
    assert version(host, "demo") is None
    assert machine.once(apt.deb, src="/tmp/not-there.deb", _ignore_errors=True).did_error()


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_a_file_somewhere_else(host: Host, debs: dict[str, Path], scheme: str) -> None:
    machine = as_user(host, "deploy")
    before = host.snapshot()
    publish(host, debs["helper_1"], debs["other_1"], debs["other_2"])
    host.sh("apt-get update")
    with serving(host.root / FOLDER, {}) as server:
        place = f"file:///{FOLDER}" if scheme == "file" else f"http://{server.address(host)}"
        for number in ("1", "2"):
            url = f"{place}/other_{number}_all.deb"
            assert {(name, then) for name, _, then in shown(machine.apply(apt.deb, src=url))} == {
                ("package other", number),
            }  # fmt: skip
            assert version(host, "other") == number
        machine.apply(apt.deb, src=url, present=False)
        assert machine.once(apt.deb, src=f"{place}/none_1_all.deb", _ignore_errors=True).did_error()
    assert host.leaks(before) == []


def test_a_file_that_is_brought_first(host: Host, debs: dict[str, Path]) -> None:
    """When the deploy is planned nobody has the file yet."""

    def deploy() -> None:
        files.put(src=str(debs["demo_1.1"]), dest="/opt/brought.deb")
        apt.deb(src="/opt/brought.deb")
        apt.packages(packages="demo")

    for changed in ([True, True, False], [False, False, False]):
        with as_user(host).run(FAIL_PERCENT=0) as state:
            add_deploy(state, deploy)
            run_ops(state)
            (only,) = state.inventory
            assert [data.operation_meta.did_change() for data in state.ops[only].values()] == changed
        assert version(host, "demo") == "1.1"
    host.sh("rm /opt/brought.deb")


def test_packages_of_debian(fresh_host: Host, tmp_path: Path) -> None:
    """Real ones, of which one asks questions."""
    serve([fresh_host], fetch(fresh_host, tmp_path, "jq", "popularity-contest"))
    machine = as_user(fresh_host, "deploy")
    wanted: dict[str, Any] = {
        "packages": ["jq", "popularity-contest"],
        "update": True,
        "cache_time": 3600,
        "no_recommends": True,
    }
    machine.apply(apt.packages, **wanted)
    assert version(fresh_host, "jq")
    assert version(fresh_host, "popularity-contest")
    assert fresh_host.sh("echo '[1, 2]' | jq add") == "3\n"
    machine.apply(apt.packages, packages=["jq", "popularity-contest"], present=False, purge=True)
    assert version(fresh_host, "jq") is None
    machine.apply(apt.upgrade, auto_remove=True)  # what jq needed
    assert version(fresh_host, "libjq1") is None


def test_facts(host: Host) -> None:
    machine = as_user(host)
    native = host.sh("dpkg --print-architecture").strip()
    assert machine.fact(DebArch) == native
    listed = dict(line.split() for line in host.sh("dpkg-query -W -f='${Package} ${Version}\n'").splitlines())
    assert {name: {found} for name, found in listed.items()} == machine.fact(DebPackages)
    names = host.sh("apt list --installed 2>/dev/null").splitlines()
    assert {line.partition("/")[0] for line in names if "/" in line} == set(machine.fact(AptPackages))
    assert machine.fact(AptSources) == [
        {"type": "deb", "url": f"file:/{FOLDER}", "distribution": "./", "components": [],
         "options": {"trusted": "yes"}},
    ]  # fmt: skip


def test_round_trips(host: Host) -> None:
    """One list for all packages of all operations, and nothing at all while they run."""
    machine = as_user(host)
    machine.once(apt.packages, packages=["demo", "other"], update=True, cache_time=3600)

    def deploy() -> None:
        apt.packages(packages=["demo", "other"], update=True, cache_time=3600)
        apt.packages(packages=["bash", "nothing-like-it"], present=False, _if=lambda: False)
        apt.packages(packages=["demo=1.0", ["bash", "dash"]])  # type: ignore[list-item]
        apt.packages(packages=["demo"], latest=True, upgrade=True)

    with run_on([host]) as state:
        (before,) = trips(state)
        add_op(state, apt.packages, packages=["demo", "other", "bash"], latest=True)
        assert trips(state) == [before + 1]
        run_ops(state)
        assert trips(state) == [before + 1]
    with run_on([host]) as state:
        (before,) = trips(state)
        add_deploy(state, deploy)
        assert trips(state) == [before + 1]
        run_ops(state)
        assert trips(state) == [before + 1]


def test_one_list_for_everything(host: Host) -> None:
    """The list of packages is asked for once, and once more after something was installed that may bring others."""
    asked = host.root / "root/asked"
    counting = host.root / "usr/local/bin/dpkg-query"
    counting.write_text(
        '#!/bin/sh\ncase $2 in *Status*) echo asked >>/root/asked;; esac; exec /usr/bin/dpkg-query "$@"'
    )
    counting.chmod(0o755)

    def deploy() -> None:
        for name in ("demo", "helper", "bash", "dash", "other"):
            apt.packages(packages=[name, "coreutils"])
        apt.packages(packages="nothing-like-it", present=False)

    for most in (4, 1):  # three times something is installed
        asked.unlink(missing_ok=True)
        with run_on([host], FAIL_PERCENT=0) as state:
            add_deploy(state, deploy)
            assert len(asked.read_text().splitlines()) == 1
            run_ops(state)
        assert len(asked.read_text().splitlines()) <= most
    counting.unlink()
    asked.unlink()


def test_a_deploy_from_a_repository_to_its_packages(host: Host, debs: dict[str, Path]) -> None:
    """Each operation is planned on what those before it promise; what was planned is what happens."""
    host.sh("rm /etc/apt/sources.list; apt-get update")

    def deploy() -> None:
        apt.repo(src=f"deb [trusted=yes] file:/{FOLDER} ./", filename="small")
        apt.packages(packages=["demo"], update=True, cache_time=3600)
        apt.packages(packages=["demo", "other"], no_recommends=True)
        apt.packages(packages=["demo"], present=False)

    with as_user(host).run(FAIL_PERCENT=0) as state:
        add_deploy(state, deploy)
        (only,) = state.inventory
        metas = [data.operation_meta for data in state.ops[only].values()]
        assert [bool(meta.will_change) for meta in metas] == [True] * 4
        run_ops(state)
        assert [meta.did_change() for meta in metas] == [True] * 4
    assert (version(host, "demo"), version(host, "other")) == (None, "1")
