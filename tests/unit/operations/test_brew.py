"""``brew`` operations with a program that is called so, and keeps what it would install in a directory."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.context import ctx_host
from pyinfra.facts._brew.newer import FormulaNames, OutdatedFormulae
from pyinfra.facts.brew import BrewCasks, BrewItemKind, BrewPackages, BrewTaps, BrewTrusted, BrewVersion
from pyinfra.operations import brew

from .machine import Machine
from .one_answer import commands_of
from .stub import StubHost

# Formulae are $BREW/formulae/NAME/VERSION, casks $BREW/casks/NAME/VERSION, offered ones $BREW/offered/NAME with the
# newest version inside; $BREW/said is what was said to it.
BREW = """#!/bin/sh
echo "$*" >>"$BREW/said"; cd "$BREW"; verb=$1; shift; kind=formulae; force=; names=
for word; do case $word in --cask) kind=casks;; --formula|--greedy|--) ;; --json*) ;; --versions) ;; --force) force=1;;
--*) echo "Error: invalid option: $word" >&2; exit 1;; *) names="$names ${word##*/}"; whole=${whole:-$word};; esac; done
newest() { cat "offered/$1"; }
case $verb in
--version) cat version;;
list) cd "$kind"; for name in *; do [ ! -d "$name" ] || echo "$name" $(ls -r "$name"); done;;
install) for name in $names; do mkdir -p "$kind/$name/$(newest "$name")" || exit 1; done;;
upgrade) [ -n "$names" ] || names=$(ls "$kind")
    for name in $names; do rm -r "$kind/$name"; mkdir -p "$kind/$name/$(newest "$name")"; done;;
uninstall) for name in $names; do
    if [ -n "$force" ]; then rm -r "$kind/$name"; else rm -r "$kind/$name/$(ls "$kind/$name" | tail -n 1)"; fi
    rmdir "$kind/$name" 2>/dev/null; done; exit 0;;
outdated) printf '{"%s": [' "$kind"; sep=
    cd "$kind"; for name in *; do [ -d "$name" ] || continue
    now=$(ls "$name" | tail -n 1); new=$(cat "../offered/$name"); [ "$now" != "$new" ] || continue
    printf '%s{"name": "%s", "current_version": "%s"}' "$sep" "$name" "$new"; sep=,; done; echo ']}';;
info) cat info;;
update) :;;
tap) if [ -n "$names" ]; then echo "$whole" >>taps; else cat taps; fi;;
untap) grep -vx "$whole" taps >taps.new; mv taps.new taps;;
esac
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it keeps things."""
    for name in ("formulae", "casks", "offered", "bin"):
        (tmp_path / name).mkdir()
    program = tmp_path / "bin/brew"
    program.write_text(BREW)
    program.chmod(0o755)
    (tmp_path / "version").write_text("Homebrew 4.2.0\n")
    (tmp_path / "taps").write_text("homebrew/services\n")
    (tmp_path / "info").write_text(json.dumps({"formulae": [{"name": "python@3.12", "aliases": ["python3"]}]}))
    for name, version in {"git": "2.44", "python@3.12": "3.12.1", "firefox": "121", "old": "2"}.items():
        (tmp_path / "offered" / name).write_text(version)
    monkeypatch.setenv("BREW", str(tmp_path))
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def has(home: Path, kind: str, name: str, *versions: str) -> None:
    for version in versions:
        (home / kind / name / version).mkdir(parents=True)


def there(home: Path, kind: str = "formulae") -> dict[str, list[str]]:
    return {path.name: sorted(version.name for version in path.iterdir()) for path in (home / kind).iterdir()}


def changes(home: Path) -> list[str]:
    """What it was told to do, since this was last asked."""
    lines = (home / "said").read_text().splitlines()
    (home / "said").unlink()
    asked = ("list", "outdated", "info", "tap", "trust --json", "--version")
    return [line for line in lines if not line.startswith(asked) or line.startswith("tap ")]


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


def test_formulae(home: Path, machine: Machine) -> None:
    has(home, "formulae", "old", "1")
    meta = machine.apply(brew.packages, packages=["git", "homebrew/core/python@3.12", "old"])
    assert shown(meta) == {("package git", None, "installed"), ("package python@3.12", None, "installed")}
    assert changes(home) == ["install git homebrew/core/python@3.12"]
    assert there(home) == {"git": ["2.44"], "python@3.12": ["3.12.1"], "old": ["1"]}
    machine.unchanged(brew.packages, packages=["python3", "PYTHON@3.12"])
    machine.unchanged(brew.packages, packages="absent", present=False)
    machine.apply(brew.packages, packages=["python3", "git"], present=False)
    assert there(home) == {"old": ["1"]}


def test_the_newest(home: Path, machine: Machine) -> None:
    has(home, "formulae", "old", "1")
    has(home, "formulae", "git", "2.44")
    meta = machine.apply(brew.packages, packages=["git", "old"], latest=True)
    assert shown(meta) == {("package old", "1", "2")}
    assert changes(home) == ["upgrade old"]


def test_everything_before(home: Path, machine: Machine) -> None:
    has(home, "formulae", "old", "1")
    machine.apply(brew.packages, packages=["git"], upgrade=True, update=True, again=False)
    assert changes(home) == ["update", "upgrade", "install git"]
    assert there(home) == {"git": ["2.44"], "old": ["2"]}


def test_several_versions_go_together(home: Path, machine: Machine) -> None:
    has(home, "formulae", "git", "2.43", "2.44")
    machine.apply(brew.packages, packages="git", present=False)
    assert changes(home) == ["uninstall --force git"]


def test_casks(home: Path, machine: Machine) -> None:
    has(home, "formulae", "firefox", "1")
    machine.apply(brew.casks, casks="firefox")
    assert changes(home) == ["install --cask firefox"]
    (home / "offered/firefox").write_text("122")
    assert shown(machine.apply(brew.casks, casks="firefox", latest=True)) == {("package firefox", "121", "122")}
    machine.apply(brew.casks, casks=["firefox"], present=False)
    assert there(home, "casks") == {}
    assert there(home) == {"firefox": ["1"]}


def test_taps(home: Path, machine: Machine) -> None:
    machine.unchanged(brew.tap, src="Homebrew/homebrew-services", trusted=None)
    machine.apply(brew.tap, url="https://example.org/some/homebrew-thing.git", trusted=None)
    assert changes(home) == ["tap some/thing https://example.org/some/homebrew-thing.git"]
    machine.apply(brew.tap, src="homebrew/services", present=False)
    assert (home / "taps").read_text() == "some/thing\n"


@pytest.mark.parametrize(
    ("operation", "command"),
    [(brew.update, "update"), (brew.upgrade, "upgrade"), (brew.cask_upgrade, "upgrade --cask")],
)
def test_every_time(home: Path, machine: Machine, operation: Any, command: str) -> None:
    machine.apply(operation, again=False)
    assert changes(home) == [command]


# -- bodies --------------------------------------------------------------------------------


def test_casks_of_old() -> None:
    facts = {BrewVersion: [2, 5, 12], BrewCasks: {"a": {"1"}}}
    assert commands_of(brew.casks, facts, casks=["a", "b;c"], upgrade=True) == [
        "brew cask upgrade",
        "brew cask install 'b;c'",
    ]
    assert commands_of(brew.cask_upgrade, facts) == ["brew cask upgrade"]
    for version, words in {(2, 6, 0): ("", " --cask"), (0, 0, 0): ("", " --cask"), (1, 9, 0): ("cask ", "")}.items():
        with ctx_host.use(StubHost({BrewVersion: list(version)})):
            assert brew.cask_args() == words


def test_before_packages() -> None:
    facts = {BrewPackages: {"a": {"1"}, "b": {"1"}}, OutdatedFormulae: {"a": "2"}}
    assert commands_of(brew.packages, facts, packages=["a", "b"], latest=True) == ["brew upgrade a"]
    assert commands_of(brew.packages, facts, packages=["a"], latest=True, update=True) == [
        "brew update",
        "brew upgrade a",
    ]
    assert commands_of(brew.packages, facts, packages=["b"], latest=True, upgrade=True) == ["brew upgrade"]
    assert commands_of(brew.packages, facts, update=True, upgrade=True) == ["brew update", "brew upgrade"]
    assert commands_of(brew.packages, {**facts, OutdatedFormulae: None}, packages="b", latest=True) == [
        "brew upgrade b"
    ]
    assert commands_of(brew.packages, {**facts, FormulaNames: {"c": "a"}}, packages=["c", "d"]) == ["brew install d"]
    assert commands_of(brew.packages, facts) == []


TRUSTED = {"casks": [], "commands": [], "formulae": ["a/b/x"], "taps": ["a/b"]}
TAPS: dict[Any, Any] = {BrewTaps: ["a/b", "c/d"], BrewTrusted: TRUSTED}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"url": "https://example.org/one"}, []),
        ({"src": "a/b", "trusted": True}, []),
        ({"src": "a/b"}, ["brew untrust --tap a/b"]),
        ({"src": "a/b", "trusted": None}, []),
        ({"src": "c/d", "trusted": True}, ["brew trust --tap c/d"]),
        ({"src": "C/homebrew-d"}, []),
        ({"src": "e/f", "trusted": True}, ["brew tap e/f", "brew trust --tap e/f"]),
        ({"src": "e/f", "url": "git@x:y;z"}, ["brew tap e/f 'git@x:y;z'"]),
        ({"url": "https://example.org/e/homebrew-f"}, ["brew tap e/f https://example.org/e/homebrew-f"]),
        ({"src": "a/b", "present": False}, ["brew untap a/b"]),
        ({"src": "e/f", "present": False}, []),
    ],
)
def test_tap_and_trust(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(brew.tap, TAPS, **arguments) == expected


def test_trust() -> None:
    def trust(*items: str, kind: BrewItemKind = BrewItemKind.FORMULA, trusted: bool = True) -> list[str]:
        return commands_of(brew.trust, TAPS, items=list(items), kind=kind, trusted=trusted)

    assert trust("z/z/z", "a/b/x", "a/b/y") == ["brew trust --formula a/b/y", "brew trust --formula z/z/z"]
    assert trust("a/b/x", "a/b/y", trusted=False) == ["brew untrust --formula a/b/x"]
    assert trust("a/b/x", kind=BrewItemKind.CASK) == ["brew trust --cask a/b/x"]
    assert trust("A/homebrew-b", kind=BrewItemKind.TAP) == []
    assert commands_of(brew.trust, TAPS, items="x", kind=BrewItemKind.COMMAND, trusted=True) == [
        "brew trust --command x"
    ]


@pytest.mark.parametrize(
    ("operation", "arguments", "argument"),
    [
        (brew.tap, {"src": "one"}, "src"),
        (brew.tap, {"src": "-a/b"}, "src"),
        (brew.tap, {"src": "a/b c"}, "src"),
        (brew.tap, {"src": "a/b", "url": "-x"}, "url"),
        (brew.tap, {"src": 1}, "src"),
        (brew.trust, {"items": [""], "kind": BrewItemKind.TAP, "trusted": True}, "items"),
        (brew.trust, {"items": ["--all"], "kind": BrewItemKind.TAP, "trusted": True}, "items"),
        (brew.trust, {"items": [1], "kind": BrewItemKind.TAP, "trusted": True}, "items"),
        (brew.trust, {"items": 1, "kind": BrewItemKind.TAP, "trusted": True}, "items"),
        (brew.trust, {"items": "a", "kind": "formula", "trusted": True}, "kind"),
        (brew.trust, {"items": "a", "kind": 1, "trusted": True}, "kind"),
        (brew.packages, {"packages": "--all"}, "packages"),
        (brew.casks, {"casks": [""]}, "packages"),
    ],
)
def test_what_cannot_be(operation: Any, arguments: dict[str, Any], argument: str) -> None:
    with pytest.raises((OperationValueError, OperationTypeError)) as caught:
        commands_of(operation, TAPS, **arguments)
    assert caught.value.details.argument == argument
