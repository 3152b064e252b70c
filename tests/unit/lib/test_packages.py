"""Deciding what has to be done about packages, and the commands for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pyinfra._lib import packages as library
from pyinfra._lib.fetching import fetch, fetch_beginning, is_url
from pyinfra._lib.packages import Item, PackageManager, by_pattern, decide, parse_items
from pyinfra._lib.packages.apt import apt
from pyinfra._lib.packages.deciding import after
from pyinfra._lib.packages.systems import System, packages_commands
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand
from pyinfra.context import ctx_host
from pyinfra.facts._packages import InstalledPackages
from tests.unit.operations.stub import StubHost

INSTALLED: dict[str, set[str] | None] = {"a": {"1"}, "b": {"1", "2"}, "c": set(), "d": None}


def names(items: tuple[Item, ...]) -> list[str]:
    return [item.text for item in items]


@pytest.mark.parametrize(
    ("wanted", "present", "newer", "install", "upgrade", "remove"),
    [
        (["a", "b", "c", "d"], True, [], [], [], []),
        (["a", "x", "x"], True, [], ["x"], [], []),
        (["a=1", "a=2", "b=2", "c=3", "d=1", "x=1"], True, [], ["a=2", "c=3", "d=1", "x=1"], [], []),
        (["a", "b=1"], True, ["a", "b"], [], ["a"], []),
        (["a", "a=1", "a=3", "x"], False, [], [], [], ["a", "a=1"]),
        ([], True, [], [], [], []),
        ("a", False, [], [], [], ["a"]),
        (None, True, [], [], [], []),
        ([["x", "a"]], True, [], [], [], []),
        ([["x", "y=1"]], True, [], ["x"], [], []),
        ([("x", "a"), "z"], True, ["a"], ["z"], ["a"], []),
        ([["x", "a", "b=2", "b=3"]], False, [], [], [], ["a", "b=2"]),
    ],
)
def test_decisions(wanted: Any, present: bool, newer: Any, install: Any, upgrade: Any, remove: Any) -> None:
    decision = decide(parse_items(wanted, "="), INSTALLED, present, newer)
    assert (names(decision.install), names(decision.upgrade), names(decision.remove)) == (install, upgrade, remove)
    assert bool(decision) == bool(install or upgrade or remove)
    then = after(decision, INSTALLED)
    if "a=2" not in install:  # nobody can have both
        assert not decide(parse_items(wanted, "="), then, present)


def test_versions_that_will_be() -> None:
    decision = decide(parse_items(["a", "x", "y=3", "z"], "="), INSTALLED, True, {"a"})
    assert after(decision, {"a": {"1"}}, {"a": "2", "z": "4"}) == {"a": {"2"}, "x": None, "y": {"3"}, "z": {"4"}}


@pytest.mark.parametrize("wrong", ["", "-y", "a b", "a\nb", "a\0"])
def test_impossible_names(wrong: str) -> None:
    with pytest.raises(OperationValueError, match="cannot be the name"):
        parse_items([wrong], "=")


def test_no_names_at_all() -> None:
    for wrong in ([1], [["a", None]], 7):
        with pytest.raises(OperationTypeError):
            parse_items(wrong, "=")  # type: ignore[arg-type]
    with pytest.raises(OperationValueError, match="empty"):
        parse_items([[]], "=")


def test_names_and_versions() -> None:
    assert parse_items("a=1", None) == [Item("a=1", None, "a=1")]
    assert parse_items(["@x/y", "@x/y@1"], "@") == [Item("@x/y", None, "@x/y"), Item("@x/y", "1", "@x/y@1")]
    assert parse_items("a=", "=") == [Item("a=", None, "a=")]
    assert parse_items("A_b==1", "==", lambda name: name.lower().replace("_", "-"))[0].name == "a-b"


# -- specs ---------------------------------------------------------------------------------

BOX = PackageManager(
    program="box",
    listing="box list",
    parse=by_pattern(r"(\S+) (\S+)$"),
    install="box add",
    remove="box del",
    upgrade="box up",
    update="box fetch",
    upgrade_all="box up --all",
    version_join="=",
)


class BoxPackages(InstalledPackages):
    manager = BOX


def run(
    manager: PackageManager, packages: Any, present: bool = True, installed: Any = None, **kwargs: Any
) -> list[str]:
    stub = StubHost({BoxPackages: {"a": {"1"}, "b": {"2"}} if installed is None else installed})
    items = parse_items(packages, manager.version_join)
    with ctx_host.use(stub):
        return list(map(str, packages_commands(System(manager, BoxPackages), items, present, **kwargs)))


def test_a_small_manager() -> None:
    assert BoxPackages().process(["a 1", "a 2", "what"]) == {"a": {"1", "2"}}
    assert (BoxPackages().command(), BoxPackages().requires_command()) == ("box list", "box")
    assert run(BOX, ["a", "b=2"]) == []
    assert run(BOX, ["a", "b=3", "c", "d;e"]) == ["box add b=3 c 'd;e'"]
    assert run(BOX, ["a", "x"], latest=True) == ["box add x", "box up a"]
    assert run(BOX, ["a", "b=2", "x"], False) == ["box del a b"]
    assert run(BOX, None, update=True, upgrade=True) == ["box fetch", "box up --all"]


def test_flags_and_peculiarities() -> None:
    from dataclasses import replace

    flagged = BOX.with_flags(install="-t x", remove="--purge")
    assert run(flagged, ["a", "c"], latest=True) == ["box add -t x c", "box up -t x a"]
    assert run(flagged, "a", False) == ["box del --purge a"]
    single = replace(BOX, one_by_one=True, remove_versions=True, remove=StringCommand("box", "del"))
    assert run(single, ["c", "d"]) == ["box add c", "box add d"]
    assert run(single, ["a=1", "b"], False) == ["box del a=1", "box del b"]
    assert run(replace(BOX, upgrade=None), "a", latest=True) == []
    assert run(replace(BOX, same_version=str.startswith), "a=1.2", installed={"a": {"1"}}) == []


def test_every_spec_is_small() -> None:
    folder = Path(library.__file__).parent
    engine = {"__init__", "deciding", "ensuring", "listing", "managers", "newest", "requirements", "semver", "systems"}
    own = {*engine, "choosing", "rpm"}  # the last one: for dnf, yum and zypper
    specs = [path for path in folder.glob("*.py") if path.stem not in own]
    assert specs
    assert {path.name: len(path.read_text().splitlines()) for path in specs
            if len(path.read_text().splitlines()) > 60} == {}  # fmt: skip


def test_apt_commands() -> None:
    manager = apt(no_recommends=True, allow_downgrades=True, purge=True).with_flags(install="-t testing")
    (install,) = map(str, manager.commands(manager.install, ["a", "b=1", "$(reboot)"]))
    assert install.startswith('DEBIAN_FRONTEND=noninteractive apt-get -y -o Dpkg::Options::="--force-confdef"')
    assert install.endswith("install --no-install-recommends --allow-downgrades -t testing a b=1 '$(reboot)'")
    assert str(manager.remove).endswith(" purge")
    assert str(apt().remove).endswith(" remove")
    assert "--force-yes" in str(apt(force=True).upgrade)
    assert apt().same_version("1.22.*", "1.22.1-9")
    assert not apt().same_version("1.22", "1.22.1-9")


def test_fetching() -> None:
    assert is_url("https://x/y")
    assert is_url("file:///x")
    for path in ("/x", "x", "./a://b", "c:/x"):
        assert not is_url(path)
    for command in (fetch("http://x/;y", "$t"), fetch_beginning("http://x/;y", "$t", 10)):
        assert str(command).count("'http://x/;y'") == 3
