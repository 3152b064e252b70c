"""``choco`` operations with a program that is called so, and keeps what it would install in a directory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pyinfra.facts._choco.packages import InstalledChoco, OutdatedChoco
from pyinfra.facts.choco import ChocoPackages, ChocoVersion
from pyinfra.operations import choco

from .machine import Machine
from .one_answer import commands_of

# Packages are $CHOCO/there/NAME with the version inside, offered ones $CHOCO/offered/NAME.
CHOCO = """#!/bin/sh
cd "$CHOCO"; verb=$1; shift; version=; names=
for word; do case $word in --version=*) version=${word#*=};; --local-only) local=1;; -*) ;; *) names="$names $word"
esac; done
case $verb in
--version) cat version;;
list) case $(cat version) in 2*) [ -z "$local" ] || exit 1;; *) [ -n "$local" ] || { echo "remote|1.0"; exit; };; esac
    cd there; for name in *; do [ ! -f "$name" ] || echo "$name|$(cat "$name")"; done;;
install|upgrade) for name in $names; do name=$(ls offered | grep -ix "$name") || exit 1
    if [ -n "$version" ]; then echo "$version" >"there/$name"; else cp "offered/$name" "there/$name"; fi; done;;
uninstall) for name in $names; do rm "there/$(ls there | grep -ix "$name")"; done;;
outdated) cd there; for name in *; do [ ! -f "$name" ] || cmp -s "$name" "../offered/$name" ||
    echo "$name|$(cat "$name")|$(cat "../offered/$name")|false"; done; exit 2;;
esac
"""


@pytest.fixture(params=["1.4.0", "2.2.2"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("there", "offered", "bin"):
        (tmp_path / name).mkdir()
    program = tmp_path / "bin/choco"
    program.write_text(CHOCO)
    program.chmod(0o755)
    (tmp_path / "version").write_text(request.param + "\n")
    (tmp_path / "there/chocolatey").write_text(request.param + "\n")
    for name, version in {"GoogleChrome": "120.0.1", "git": "2.44.0", "chocolatey": request.param}.items():
        (tmp_path / "offered" / name).write_text(version + "\n")
    monkeypatch.setenv("CHOCO", str(tmp_path))
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


def test_packages(home: Path, machine: Machine) -> None:
    meta = machine.apply(choco.packages, packages=["googlechrome", "git:2.43.0"])
    assert shown(meta) == {("package googlechrome", None, "installed"), ("package git", None, "2.43.0")}
    assert machine.fact(ChocoPackages)["GoogleChrome"] == {"120.0.1"}
    machine.unchanged(choco.packages, packages=["GoogleChrome", "GIT:2.43"])
    meta = machine.apply(choco.packages, packages=["git", "GoogleChrome"], latest=True)
    assert shown(meta) == {("package git", "2.43.0", "2.44.0")}
    machine.apply(choco.packages, packages="git:2.43.0")
    machine.apply(choco.packages, packages=["googleChrome", "git", "absent"], present=False)
    assert [path.name for path in (home / "there").iterdir()] == ["chocolatey"]


def test_nothing_to_install(home: Path, machine: Machine) -> None:
    machine.unchanged(choco.install)


def test_commands() -> None:
    (install,) = commands_of(choco.install, {ChocoVersion: None})
    assert install.startswith("powershell.exe -NoProfile -NonInteractive ")
    assert install.count("'\"'\"'https://") == 1
    facts = {InstalledChoco: {"git": {"2"}}, OutdatedChoco: None}
    assert commands_of(choco.packages, facts, packages="Git", latest=True) == ["choco upgrade -y Git"]
    assert commands_of(choco.packages, facts, packages="git", present=False) == ["choco uninstall -y -x git"]
    assert commands_of(choco.packages, facts) == []
