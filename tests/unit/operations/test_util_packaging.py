"""What operations of other people use to install packages."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.context import ctx_host
from pyinfra.facts._rpm.archives import RpmFile
from pyinfra.facts._rpm.installed import InstalledRpms
from pyinfra.facts.files import File
from pyinfra.facts.util.packages import PackageInfo, PackageStatus
from pyinfra.operations.util.packaging import PkgInfo, ensure_packages, ensure_rpm, ensure_yum_repo

from .stub import StubHost

CURRENT = {"a": {"1"}, "b": {"1", "2"}}
INFOS = {
    "old": PackageInfo("old", ("1",), "2", PackageStatus.UPGRADEABLE),
    "new": PackageInfo("new", ("1",)),
    "held": PackageInfo("held", ("1",), "2", PackageStatus.HELD),
}


def ensured(packages: Any, current: Any = None, present: bool = True, **kwargs: Any) -> list[str]:
    stub = StubHost()
    words = {"install_command": "add", "uninstall_command": "del", "upgrade_command": "up", "version_join": "="}
    with ctx_host.use(stub):
        made = ensure_packages(stub, packages, current or CURRENT, present, **{**words, **kwargs})  # type: ignore[arg-type]
        commands = [str(command) for command in made]
    return commands or stub.notes


@pytest.mark.parametrize(
    ("packages", "arguments", "expected"),
    [
        (None, {}, []),
        ("a", {}, ["package a is installed (1)"]),
        ("x", {}, ["add x"]),
        (["a", "b=2", "b=3", "x y;"], {}, ["add b=3 'x y;'"]),
        (["a", "x"], {"latest": True}, ["add x", "up a"]),
        ("a", {"latest": True, "upgrade_command": None}, ["package a is installed (1)"]),
        (["a", "b=3", "x"], {"present": False}, ["del a"]),
        ("x", {"present": False}, ["package x is not installed"]),
        ([PkgInfo("a", "2", "=="), PkgInfo("b")], {}, ["add a==2"]),
        ([PkgInfo("x", url="https://y")], {}, ["add 'x @ https://y'"]),
        (["old", "new", "held"], {"current": INFOS, "latest": True}, ["up old"]),
        ("held", {"current": INFOS, "latest": True}, ["package held is held back"]),
    ],
)
def test_packages(packages: Any, arguments: dict[str, Any], expected: list[str]) -> None:
    assert ensured(packages, **arguments) == expected


def test_names_that_stand_for_others() -> None:
    groups: dict[str, list[str | list[str]]] = {"both": ["a", ["b", "2"]], "one": ["a", "x"], "none": ["x", ["b", "9"]]}

    def expand(name: str) -> list[str | list[str]]:
        return groups.get(name, [])

    assert ensured(["both", "one", "none", "other"], expand_package_fact=expand) == ["add one none other"]
    assert ensured(["both", "one", "none"], expand_package_fact=expand, expand_match_any=True) == ["add none"]
    assert ensured(["both", "one", "none"], present=False, expand_package_fact=expand) == ["del both one"]


def test_impossible_names() -> None:
    for wrong, error in (("-y", OperationValueError), ([""], OperationValueError), ([7], OperationTypeError)):
        with pytest.raises(error):
            ensured(wrong)


@pytest.mark.parametrize(
    ("text", "name", "version", "installed"),
    [
        ("requests", "requests", "", "requests"),
        ("requests == 2.0", "requests", "2.0", "requests==2.0"),
        ("Requests[socks,use]>=2", "Requests", "2", "Requests[socks,use]>=2"),
        ("requests[socks]", "requests", "", "requests[socks]"),
        ("app @ https://example.org/app.whl", "app", "", "app @ https://example.org/app.whl"),
        ("a>=1,<2", "a>=1,<2", "", "a>=1,<2"),
        ("git+https://x", "git+https://x", "", "git+https://x"),
    ],
)
def test_requirements_of_python(text: str, name: str, version: str, installed: str) -> None:
    info = PkgInfo.from_pep508(text)
    assert info is not None
    assert (info.name, info.version, info.inst_vers) == (name, version, installed)
    assert info.has_version == bool(version)
    assert info.lkup_name == ([name, version] if version else name)


def test_pairs() -> None:
    assert PkgInfo.from_possible_pair("a=1=2", "=")[:3] == ("a=1", "2", "=")
    assert PkgInfo.from_possible_pair("a=1", None)[:2] == ("a=1", "")
    assert PkgInfo.from_possible_pair("@x/y", "@")[:2] == ("@x/y", "")


def repo(facts: Any = None, **kwargs: Any) -> list[Any]:
    given = {"name_or_url": "x", "baseurl": "https://b", "present": True, "description": None, "enabled": True,
             "gpgcheck": True, "gpgkey": None, **kwargs}  # fmt: skip
    stub = StubHost(facts)
    with ctx_host.use(stub):
        return list(ensure_yum_repo(stub, **given))  # type: ignore[arg-type]


def test_repositories_of_rpm_packages() -> None:
    *_, upload = repo(gpgkey="https://k /etc/k", type_="rpm-md")
    assert upload.dest == "/etc/yum.repos.d/x.repo"
    assert upload.src.read() == (
        "[x]\nname=x\nbaseurl=https://b\nenabled=1\ngpgcheck=1\ntype=rpm-md\ngpgkey=https://k /etc/k\n"
    )
    there = {File: {"mode": 644, "user": "root", "group": "root"}}
    assert repo(there, name_or_url="https://x/y.repo") == []
    assert "https://x/y.repo" in str(repo(name_or_url="https://x/y.repo")[-1])
    assert [str(command) for command in repo(there, present=False)] == ["rm -f /etc/yum.repos.d/x.repo"]
    for wrong in ({"baseurl": None}, {"gpgkey": "key"}, {"name_or_url": "a/b"}, {"description": "a\nb"}):
        with pytest.raises(OperationValueError):
            repo(**wrong)


def test_files_with_rpm_packages() -> None:
    def rpm(installed: dict[str, set[str]], **kwargs: Any) -> list[str]:
        rpms = {**InstalledRpms.default(), "versions": installed}
        stub = StubHost({InstalledRpms: rpms, RpmFile: {"name": "a", "version": "1-2"}})
        with ctx_host.use(stub):
            given = {"source": "/tmp/a b.rpm", "present": True, "package_manager_command": "dnf", **kwargs}
            return [str(command) for command in ensure_rpm(None, stub, **given)]  # type: ignore[arg-type]

    assert rpm({}) == ["rpm -i '/tmp/a b.rpm'"]
    assert rpm({"a": {"1-2"}}) == []
    assert rpm({"a": {"1-2"}}, present=False) == ["dnf remove -y a"]
    assert rpm({}, present=False) == []
    with pytest.raises(OperationValueError):
        rpm({}, source="")
