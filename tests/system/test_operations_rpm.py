"""dnf, yum, zypper and rpm on a real host, from a repository inside of it; what came of it is asked of rpm itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra.api.deploy import add_deploy
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.facts.dnf import DnfDisabledModules, DnfEnabledModules, DnfRepositories
from pyinfra.facts.rpm import RpmPackage, RpmPackageProvides, RpmPackages
from pyinfra.facts.yum import YumRepositories
from pyinfra.facts.zypper import ZypperRepositories
from pyinfra.operations import dnf, yum, zypper
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .runs import run_on, trips
from .small_rpms import FOLDER, OFFERED, build, install, publish, versions

PACKAGES = [
    ("demo", "1.0", ""),
    ("demo", "1.1", ""),
    ("demo", "2.0", "Epoch: 1"),
    ("other", "1", "Requires: helper"),
    ("other", "2", "Requires: helper"),
    ("helper", "1", ""),
    ("mailer-a", "1", "Provides: mailer"),
    ("mailer-b", "1", "Provides: mailer = 3"),
]
FIRST = ("demo-1.0-1", "other-1-1", "helper-1-1", "mailer-a-1-1", "mailer-b-1-1")
ALL = (*FIRST, "demo-1.1-1", "demo-2.0-1", "other-2-1")

every_manager = pytest.mark.parametrize(
    "manager", [dnf, yum, zypper], ids=["dnf", "yum that is dnf by another name", "zypper"]
)
both = pytest.mark.parametrize("manager", [dnf, zypper], ids=["dnf", "zypper"])


@pytest.fixture(scope="module")
def shared(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    (host,) = lab.up(1, disk="1g")
    install(host, tmp_path_factory.mktemp("debs"))
    build(host, [*PACKAGES, ("keeper", "1", "")])
    host.sh(f"rpm -i {FOLDER}/keeper-1-1.noarch.rpm")
    yield host
    lab.remove(host)


@pytest.fixture
def host(shared: Host) -> Host:
    """A host on which one package of rpm is installed, as zypper does without none, and that knows some more."""
    shared.sh("p=$(rpm -qa | grep -v keeper); [ -z \"$p\" ] || rpm -e --allmatches --nodeps $p; "
              "rm -f /etc/yum.repos.d/* /etc/zypp/repos.d/* /etc/dnf/modules.d/*")  # fmt: skip
    publish(shared, *FIRST)
    return shared


@pytest.fixture
def machine(host: Host) -> Machine:
    return Machine(host.name, host.ssh_data())


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


@every_manager
def test_from_nothing_to_installed_and_back(host: Host, machine: Machine, manager: Any) -> None:
    if manager is yum:
        machine = Machine(host.name, host.ssh_data("deploy"), _sudo=True)
    meta = machine.apply(manager.packages, packages=["demo", "other"])
    assert shown(meta) == {("package demo", None, "installed"), ("package other", None, "installed")}
    assert versions(host) == {"demo": "1.0-1", "other": "1-1", "helper": "1-1"}
    meta = machine.apply(manager.packages, packages=["other", "nothing-like-it"], present=False)
    assert shown(meta) == {("package other", "1-1", None)}
    machine.apply(manager.packages, packages="demo", present=False)
    assert not {"demo", "other"} & set(versions(host))
    machine.unchanged(manager.packages)


@both
def test_versions(host: Host, machine: Machine, manager: Any) -> None:
    publish(host, *ALL)
    assert shown(machine.apply(manager.packages, packages="demo=1.0")) == {("package demo", None, "1.0")}
    assert shown(machine.apply(manager.packages, packages="demo=1.1")) == {("package demo", "1.0-1", "1.1")}
    same = ["demo=1.1-1", "demo=1.*", "demo-1.1", "demo-1.1-1.noarch", "demo.noarch", "demo>=1.1", "demo=0:1.1"]
    machine.unchanged(manager.packages, packages=same)
    machine.unchanged(manager.packages, packages=["demo=1.0", "demo<1.1"], present=False)
    meta = machine.apply(manager.packages, packages=["demo", "other"], latest=True)
    assert shown(meta) == {("package demo", "1.1-1", "1:2.0-1"), ("package other", None, "installed")}
    assert versions(host)["demo"] == "1:2.0-1"
    machine.apply(manager.packages, packages="demo=1.0")
    assert versions(host)["demo"] == "1.0-1"
    machine.apply(manager.packages, packages="demo-1.1-1")
    assert versions(host)["demo"] == "1.1-1"
    machine.apply(manager.packages, packages="demo>1.1")
    assert versions(host)["demo"] == "1:2.0-1"
    machine.unchanged(manager.packages, packages=["demo=1.0", "demo-2:2.0", "dem*<1"], present=False)
    machine.apply(manager.packages, packages="demo=2.0", present=False)
    assert "demo" not in versions(host)


@both
def test_upgrades(host: Host, machine: Machine, manager: Any) -> None:
    machine.apply(manager.packages, packages=["demo", "other"])
    machine.unchanged(manager.update)
    publish(host, "demo-1.1-1", "other-2-1", "helper-1-1")
    meta = machine.apply(manager.packages, packages="demo", latest=True)
    assert shown(meta) == {("package demo", "1.0-1", "1.1-1")}
    assert versions(host)["other"] == "1-1"
    assert shown(machine.apply(manager.update)) == {("package other", "1-1", "2-1")}
    publish(host, *ALL)
    meta = machine.once(manager.packages, packages=["demo", "mailer-a"], update=True, clean=True)
    assert meta.did_succeed(), meta.stderr
    assert versions(host) == {"demo": "1:2.0-1", "other": "2-1", "helper": "1-1", "mailer-a": "1-1"}
    machine.unchanged(manager.packages, packages=["demo", "mailer-a"], update=True, latest=True)


@both
def test_names_that_are_only_provided(host: Host, machine: Machine, manager: Any) -> None:
    machine.apply(manager.packages, packages="mailer-b")
    machine.unchanged(manager.packages, packages=["mailer", "mailer=3", "/usr/share/mailer-b/version"])
    machine.unchanged(manager.packages, packages=[["nothing-like-it", "mailer"]])
    assert shown(machine.apply(manager.packages, packages="mailer", present=False)) == {
        ("package mailer-b", "1-1", None)
    }
    if manager is not zypper:  # which knows few files of what is not installed
        machine.apply(manager.packages, packages="/usr/share/demo/version")
        assert set(versions(host)) == {"demo"}


@both
def test_patterns(host: Host, machine: Machine, manager: Any) -> None:
    machine.apply(manager.packages, packages="mail*-[ab]")
    assert set(versions(host)) == {"mailer-a", "mailer-b"}
    machine.apply(manager.packages, packages="mail*", present=False)
    assert versions(host) == {}
    machine.unchanged(manager.packages, packages="@nothing", present=False)


@both
def test_what_fails_says_why(machine: Machine, manager: Any) -> None:
    meta = machine.once(manager.packages, packages="nothing-like-it", _ignore_errors=True)
    assert meta.did_error()
    assert "nothing-like-it" in meta.stdout + meta.stderr
    for bad in ("-y", "!demo", "", "a b", "x\0"):
        assert "cannot be the name" in str(machine.fails(manager.packages, packages=[bad]))


@both
def test_a_file(host: Host, machine: Machine, manager: Any) -> None:
    path = f"{FOLDER}/demo-{{}}-1.noarch.rpm"
    assert shown(machine.apply(manager.rpm, src=path.format("1.1"))) == {("package demo", None, "1.1-1")}
    machine.apply(manager.rpm, src=path.format("1.0"))
    machine.apply(manager.rpm, src=f"file://{path.format('2.0')}")
    assert versions(host) == {"demo": "1:2.0-1"}
    machine.unchanged(manager.packages, packages=path.format("2.0"))
    unsigned = "--allow-unsigned-rpm" if manager is zypper else None
    machine.apply(manager.packages, packages=path.format("1.1"), extra_install_args=unsigned)
    assert shown(machine.apply(manager.rpm, src=path.format("1.1"), present=False)) == {("package demo", "1.1-1", None)}
    assert versions(host) == {}
    assert machine.once(manager.rpm, src=f"{FOLDER}/other-1-1.noarch.rpm", _ignore_errors=True).did_error()
    assert machine.once(manager.rpm, src="/not/there.rpm", _ignore_errors=True).did_error()
    assert "nobody knows" in str(machine.fails(manager.rpm, src="/not/there.rpm", present=False))


@every_manager
def test_repositories(host: Host, machine: Machine, manager: Any) -> None:
    fact, folder = {
        dnf: (DnfRepositories, "/etc/yum.repos.d"),
        yum: (YumRepositories, "/etc/yum.repos.d"),
        zypper: (ZypperRepositories, "/etc/zypp/repos.d"),
    }[manager]
    host.sh(f"rm {folder}/*")
    settings: dict[str, Any] = {"baseurl": f"file://{OFFERED}", "gpgcheck": False, "description": "ours: é $releasever"}
    machine.apply(manager.repo, src="mine", **settings)
    (found,) = machine.fact(fact)
    assert found == found | {
        "repoid": "mine", "name": "ours: é $releasever", "filename": f"{folder}/mine.repo",
        "baseurl": f"file://{OFFERED}", "enabled": "1", "gpgcheck": "0",
    }  # fmt: skip
    machine.apply(manager.packages, packages="demo")
    host.sh(f"mv {folder}/mine.repo /opt/from-there.repo")
    machine.apply(manager.repo, src="file:///opt/from-there.repo")
    assert machine.fact(fact)[0]["filename"] == f"{folder}/from-there.repo"
    assert host.sh(f"stat -c %a {folder}/from-there.repo; ls {folder} | wc -l").split() == ["644", "1"]
    machine.apply(manager.repo, src="from-there", **{**settings, "enabled": False})
    assert machine.fact(fact)[0]["enabled"] == "0"
    machine.apply(manager.repo, src="from-there", present=False)
    assert machine.fact(fact) == []
    host.sh("echo '<html>' >/opt/page.repo")
    meta = machine.once(manager.repo, src="file:///opt/page.repo", _ignore_errors=True)
    assert meta.did_error()
    assert "there is no repository" in meta.stderr
    assert host.sh(f"ls {folder}") == ""


@both
def test_keys_and_signed_packages(host: Host, machine: Machine, manager: Any) -> None:
    host.sh("rm -rf /opt/signed /root/.gnupg; mkdir /opt/signed; "
            "gpg --batch --quiet --passphrase '' --quick-gen-key 'signer <s@x>' rsa2048 sign 2>&1; "
            f"gpg --armor --export signer >/opt/signed/KEY; cp {OFFERED}/demo-1.0-1.noarch.rpm /opt/signed; "
            "rpmsign --define '_gpg_name signer' --define '__gpg /usr/bin/gpg' --addsign /opt/signed/*.rpm; "
            "cd /opt/signed && createrepo_c -q . && gpg --batch --detach-sign --armor repodata/repomd.xml && "
            "cp KEY repodata/repomd.xml.key")  # fmt: skip
    host.sh("rm /etc/yum.repos.d/* /etc/zypp/repos.d/*; gpgconf --kill all")
    machine.once(manager.repo, src="signed", baseurl="file:///opt/signed", gpgcheck=True)
    if manager is not zypper:  # which takes the key out of a repository when it installs
        assert machine.once(manager.packages, packages="demo", _ignore_errors=True).did_error()
    meta = machine.apply(manager.key, src="/opt/signed/KEY")
    assert [change.resource.partition(" ")[0] for change in meta.plan.changes] == ["key"]
    machine.unchanged(manager.key, src="file:///opt/signed/KEY")
    assert "signer <s@x>" in host.sh("rpm -q gpg-pubkey --queryformat '%{SUMMARY}'")
    machine.apply(manager.packages, packages="demo")
    assert machine.once(manager.key, src="/opt/no-key", _ignore_errors=True).did_error()


def test_facts(host: Host, machine: Machine) -> None:
    publish(host, *ALL)
    machine.apply(dnf.packages, packages=["mailer-a", "demo"])
    assert machine.fact(RpmPackages) == {"demo": {"2.0-1"}, "mailer-a": {"1-1"}, "keeper": {"1-1"}}
    assert machine.fact(RpmPackage, package="demo") == {"name": "demo", "version": "2.0-1"}
    assert machine.fact(RpmPackage, package="nothing") is None
    assert machine.fact(RpmPackage, package=f"{FOLDER}/demo-1.1-1.noarch.rpm") == {"name": "demo", "version": "1.1-1"}
    assert machine.fact(RpmPackage, package="/etc/passwd") is None
    assert machine.fact(RpmPackageProvides, package="mailer") == [["mailer-a", "1-1"], ["mailer-b", "1-1"]]
    assert machine.fact(RpmPackageProvides, package="nothing") == []


def test_modules(host: Host, machine: Machine) -> None:
    for stream in ("1", "2"):
        document = (f"---\ndocument: modulemd\nversion: 2\ndata:\n  name: tool\n  stream: '{stream}'\n  version: 1\n"
                    "  context: abcd1234\n  arch: noarch\n  summary: x\n  description: x\n"
                    "  license:\n    module: [MIT]\n...\n")  # fmt: skip
        (host.root / f"tmp/{stream}.yaml").write_text(document)
    host.sh(f"cat /tmp/1.yaml /tmp/2.yaml >/tmp/modules.yaml; modifyrepo_c --mdtype=modules /tmp/modules.yaml "
            f"{OFFERED}/repodata >/dev/null 2>&1")  # fmt: skip
    machine.apply(dnf.module, module="tool", stream="1")
    assert machine.fact(DnfEnabledModules) == {"tool": "1"}
    machine.apply(dnf.module, module="tool", stream="2")
    assert host.sh("dnf -q module list --enabled 2>/dev/null | grep -o 'tool *2 \\[e\\]'").split()[0] == "tool"
    machine.apply(dnf.module, module="tool", enabled=False)
    assert (machine.fact(DnfEnabledModules), machine.fact(DnfDisabledModules)) == ({}, ["tool"])


def test_round_trips(host: Host, machine: Machine) -> None:
    """One list for all packages of all operations, and nothing at all while they run."""
    machine.once(dnf.packages, packages=["demo", "other", "mailer-a"])

    def deploy() -> None:
        dnf.packages(packages=["demo", "other"])
        dnf.packages(packages=["mailer", "/usr/share/demo/version"])
        dnf.packages(packages=["demo=1.0"], latest=True, update=True)
        dnf.rpm(src=f"{FOLDER}/demo-1.0-1.noarch.rpm")

    with run_on([host]) as state:
        (before,) = trips(state)
        add_op(state, dnf.packages, packages=["demo", "mailer", "other"], latest=True)
        assert trips(state) == [before + 1]
        add_deploy(state, deploy)
        run_ops(state)
        assert trips(state) == [before + 2]


@both
def test_a_deploy_from_a_repository_to_its_packages(host: Host, machine: Machine, manager: Any) -> None:
    """Each operation is planned on what those before it promise; what was planned is what happens."""
    host.sh("rm /etc/yum.repos.d/* /etc/zypp/repos.d/*")

    def deploy() -> None:
        manager.repo(src="small", baseurl=f"file://{OFFERED}", gpgcheck=False)
        manager.packages(packages=["demo"])
        manager.packages(packages=["demo", "other"])
        manager.packages(packages=["demo"], present=False)

    with machine.run(FAIL_PERCENT=0) as state:
        add_deploy(state, deploy)
        (only,) = state.inventory
        metas = [data.operation_meta for data in state.ops[only].values()]
        assert [bool(meta.will_change) for meta in metas] == [True] * 4
        run_ops(state)
        assert [meta.did_change() for meta in metas] == [True] * 4, [meta.stderr for meta in metas]
    assert set(versions(host)) == {"other", "helper"}
