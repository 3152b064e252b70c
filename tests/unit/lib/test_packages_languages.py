"""Specs of package managers of programming languages and the like."""

from __future__ import annotations

import pytest

from pyinfra._lib.packages import Item, gem, go
from pyinfra._lib.packages.brew import BREW, casks
from pyinfra._lib.packages.choco import CHOCO
from pyinfra._lib.packages.choco import same_version as same_choco
from pyinfra._lib.packages.flatpak import flatpak, spellings
from pyinfra._lib.packages.go import GO, program_name
from pyinfra._lib.packages.newest import Newest
from pyinfra._lib.packages.npm import npm
from pyinfra._lib.packages.snap import snap, whole_channel


def test_programs_of_go() -> None:
    assert program_name("example.com/toy") == "toy"
    assert program_name("example.com/big/v2") == "big"
    assert program_name("golang.org/x/tools/cmd/v8thing") == "v8thing"
    assert program_name("toy") == "toy"
    assert [str(command) for command in GO.commands(GO.install, ["a/b", "c/d@v1"])] == [
        "go install a/b@latest", "go install c/d@v1",
    ]  # fmt: skip
    (remove,) = map(str, GO.commands(GO.remove, ["a/b;c", "a/big/v2"]))
    assert remove.endswith('rm -f "$d"/\'b;c\' "$d"/big')


@pytest.mark.parametrize(
    ("wanted", "version", "same"),
    [
        ("v1.2.3", "v1.2.3", True),
        ("v1.2", "v1.2.3", True),
        ("v1", "v1.2.3", True),
        ("v1.2", "v1.20.3", False),
        ("v1", "v1.2.3-beta", False),
        ("abcdef1", "v0.0.0-20240102030405-abcdef123456", True),
        ("abcdef1234567890abcdef1234567890abcdef12", "v0.0.0-20240102030405-abcdef123456", True),
        ("abc", "v0.0.0-20240102030405-abcdef123456", False),
        ("main", "v1.2.3", False),
    ],
)
def test_versions_of_go(wanted: str, version: str, same: bool) -> None:
    assert go.same_version(wanted, version) is same


def test_versions_of_others() -> None:
    assert gem.same_version("13.0", "13.0.0")
    assert not gem.same_version("1.1", "1.10")
    assert same_choco("1.2", "1.2.0.0")
    assert not same_choco("1.2", "1.20")


def test_choco_has_versions_as_options() -> None:
    commands = CHOCO.commands(CHOCO.install, ["git", "node:20;1", "x"])
    assert [str(command) for command in commands] == [
        "choco install -y git x", "choco install -y node --version='20;1' --allow-downgrade",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "whole"),
    [("edge", "latest/edge"), ("5.0", "5.0/stable"), ("latest", "latest/stable"), ("stable/x", "latest/stable/x"),
     ("5.0/edge/x", "5.0/edge/x")],
)  # fmt: skip
def test_channels(channel: str, whole: str) -> None:
    assert whole_channel(channel) == whole


def test_snap_and_flatpak() -> None:
    manager = snap("5.0/stable", classic=True)
    assert [str(one) for one in manager.commands(manager.install, ["a", "b;c"])] == [
        "snap install --classic a --channel=5.0/stable", "snap install --classic 'b;c' --channel=5.0/stable",
    ]  # fmt: skip
    assert [str(one) for one in manager.commands(manager.upgrade or "", ["a"])] == [
        "snap refresh a --channel=5.0/stable"
    ]
    (install,) = flatpak("my remote").commands(flatpak("my remote").install, ["a", "b"])
    assert str(install) == "flatpak install --noninteractive 'my remote' a b"
    assert spellings("org.a.B/x86_64/1")[:4] == ["org.a.B", "org.a.B/x86_64", "org.a.B//1", "org.a.B/x86_64/1"]
    assert spellings("odd") == ["odd"]


def test_npm_in_a_directory() -> None:
    assert str(npm().install) == "npm install -g"
    assert str(npm("/srv/it's").upgrade) == "cd '/srv/it'\"'\"'s' && npm update"
    assert str(npm("-x").remove) == "cd ./-x && npm uninstall"
    assert str(npm("~/my app").remove) == "cd ~/'my app' && npm uninstall"
    assert npm("/srv/a/../b").resource == npm("/srv/b").resource
    assert npm("/srv/a").touches == (npm("/srv/a").resource,)


def test_brew() -> None:
    assert str(casks(("cask ", "")).install) == "brew cask install"
    assert str(casks(("", " --cask")).upgrade_all) == "brew upgrade --cask"
    assert BREW.key("hashicorp/tap/Terraform") == "terraform"


def test_what_is_meant_by_the_newest() -> None:
    tagged, plain = Item("a", "latest", "a@latest"), Item("a", "1", "a@1")
    known, unknown = Newest({"a": "2"}), Newest()
    assert known.meant(tagged, {"a": {"1"}}).version == "2"
    assert Newest({}).meant(tagged, {"a": {"1"}}).version is None
    assert unknown.meant(tagged, {"a": {"1"}}) is tagged
    assert unknown.meant(tagged, {}).version is None
    assert known.meant(plain, {"a": {"1"}}) is plain
    assert "a" in unknown.names({"a": {"1"}})
    assert "b" not in known.names({"b": {"1"}})
