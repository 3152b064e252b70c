"""``files.sync`` on this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import OperationError, OperationTypeError, OperationValueError
from pyinfra.api.operation import add_op
from pyinfra.operations import files

from .machine import Machine


def tree(top: Path) -> dict[str, Any]:
    """Everything in a directory, with its permissions."""
    found: dict[str, Any] = {}
    for path in sorted(top.rglob("*")):
        name = str(path.relative_to(top))
        if path.is_symlink():
            found[name] = str(path.readlink())
        else:
            mode = f"{path.stat().st_mode & 0o7777:o}"
            found[name] = (mode, None if path.is_dir() else path.read_bytes())
    return found


@pytest.fixture
def source(tmp_path: Path) -> Path:
    top = tmp_path / "it's a source"
    (top / "sub" / "deep").mkdir(parents=True)
    (top / "empty").mkdir(mode=0o700)
    (top / "file").write_text("text\n")
    (top / "file").chmod(0o640)
    (top / "none").touch()
    (top / "sub" / "script").write_bytes(bytes(range(256)))
    (top / "sub" / "script").chmod(0o755)
    (top / "sub" / "deep" / "-n $(id)\n`x`").write_text("odd")
    (top / "sub" / "to deep").symlink_to("deep")
    (top / "lost").symlink_to("-x\ny")
    return top


def test_everything_comes_as_it_is(machine: Machine, source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "deep" / "the dest"
    machine.apply(files.sync, src=str(source), dest=str(dest))
    assert tree(dest) == tree(source)
    assert dest.stat().st_mode == source.stat().st_mode
    (source / "sub" / "script").write_text("new")
    (dest / "file").chmod(0o600)
    (dest / "sub" / "deep").chmod(0o700)
    (dest / "lost").unlink()
    (dest / "lost").symlink_to("other")
    meta = machine.apply(files.sync, src=str(source), dest=f"{dest}/")
    assert tree(dest) == tree(source)
    assert sorted((change.resource.rpartition("/")[2], change.attribute) for change in meta.changes) == [
        ("deep", "mode"), ("file", "mode"), ("lost", "link_target"), ("script", "content"),
    ]  # fmt: skip


def test_same_size_and_other_content(machine: Machine, source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "dest"
    shutil.copytree(source, dest, symlinks=True)
    (dest / "file").write_text("texT\n")
    meta = machine.apply(files.sync, src=str(source), dest=str(dest))
    assert (dest / "file").read_text() == "text\n"
    assert len(meta.commands) == 1


def test_given_modes(machine: Machine, source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "dest"
    wanted = {"src": str(source), "dest": str(dest), "mode": "600", "dir_mode": "500"}
    machine.apply(files.sync, **wanted)
    modes = {value[0] for value in tree(dest).values() if isinstance(value, tuple)}
    assert modes == {"600", "500"}
    dest.chmod(0o700)
    machine.apply(files.sync, **wanted)


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to give files away")
def test_owner(machine: Machine, source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "dest"
    machine.apply(files.sync, src=str(source), dest=str(dest), user="nobody")
    machine.apply(files.sync, src=str(source), dest=str(dest), user="nobody", group="nogroup")
    found = [dest, *dest.rglob("*")]
    assert {path.lstat().st_uid for path in found} == {dest.stat().st_uid}
    assert dest.owner() == "nobody"
    assert {path.lstat().st_gid for path in found} == {dest.stat().st_gid}
    (dest / "file").write_text("x")
    machine.apply(files.sync, src=str(source), dest=str(dest))
    assert (dest / "file").owner() == "nobody"


def test_delete(machine: Machine, source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "dest"
    shutil.copytree(source, dest, symlinks=True)
    (dest / "gone" / "with it").mkdir(parents=True)
    (dest / "gone" / "with it" / "f").write_text("x")
    (dest / "kept" / "sub").mkdir(parents=True)
    (dest / "kept" / "sub" / "x.log").write_text("x")
    (dest / "kept" / "y").write_text("x")
    (dest / "cache" / "sub").mkdir(parents=True)
    (dest / "cache" / "sub" / "x").write_text("x")
    (dest / "-rf").write_text("x")
    os.mkfifo(dest / "pipe")
    wanted = {"src": str(source), "dest": str(dest), "exclude": "*.log", "exclude_dir": ["cache"]}
    machine.unchanged(files.sync, **wanted)
    machine.apply(files.sync, **wanted, delete=True)
    extra = {"kept", "kept/sub", "kept/sub/x.log", "cache", "cache/sub", "cache/sub/x", "pipe"}
    (dest / "pipe").unlink()
    assert set(tree(dest)) == {*tree(source), *extra} - {"pipe"}


def test_exclude(machine: Machine, source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "dest"
    wanted = {"src": str(source), "dest": str(dest)}
    machine.apply(files.sync, **wanted, exclude=["*/none", f"{source}/sub/to*"], exclude_dir="sub/d*")
    assert set(tree(dest)) == {"empty", "file", "lost", "sub", "sub/script"}


def test_things_of_another_kind(machine: Machine, source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "dest"
    (dest / "file" / "sub").mkdir(parents=True)
    (dest / "sub").write_text("x")
    (dest / "lost").mkdir()
    error = machine.fails(files.sync, src=str(source), dest=str(dest))
    assert isinstance(error, OperationError)
    assert "delete=True" in str(error.details.hint)
    machine.apply(files.sync, src=str(source), dest=str(dest), delete=True)
    assert tree(dest) == tree(source)


def test_links_on_the_host_are_followed(machine: Machine, source: Path, tmp_path: Path) -> None:
    real, link, elsewhere = tmp_path / "real", tmp_path / "link", tmp_path / "elsewhere"
    real.mkdir()
    elsewhere.mkdir()
    link.symlink_to(real)
    (real / "sub").symlink_to(elsewhere)
    (elsewhere / "mine").write_text("mine")
    (tmp_path / "f").write_text("x")
    (real / "file").symlink_to(tmp_path / "f")
    machine.apply(files.sync, src=str(source), dest=str(link), delete=True, again=False)
    assert not machine.plan(files.sync, src=str(source), dest=str(link), delete=True).will_change
    assert link.is_symlink()
    assert (real / "sub").is_symlink()
    assert (real / "file").is_symlink()
    assert (tmp_path / "f").read_text() == "text\n"
    assert (elsewhere / "mine").exists()
    assert (elsewhere / "deep" / "-n $(id)\n`x`").read_text() == "odd"


def test_many_files(machine: Machine, tmp_path: Path) -> None:
    source, dest = tmp_path / "source", tmp_path / "dest"
    for number in range(300):
        path = source / str(number % 7) / f"file {number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{number}\n" * (number % 40))
    machine.apply(files.sync, src=str(source), dest=str(dest))
    assert tree(dest) == tree(source)
    with machine.run() as state:
        (meta,) = add_op(state, files.sync, src=str(source), dest=str(dest)).values()
        (host,) = state.inventory
        assert not meta.will_change
        assert host.session.round_trips == 1


def test_relative_to_the_deploy(machine: Machine, source: Path, tmp_path: Path) -> None:
    with machine.run() as state:
        state.cwd = str(tmp_path)
        (meta,) = add_op(state, files.sync, src=source.name, dest=str(tmp_path / "dest")).values()
        assert meta.will_change


@pytest.mark.parametrize(
    ("arguments", "error", "argument"),
    [
        ({"src": "no/such"}, OperationValueError, "src"),
        ({"src": "no/such"}, OSError, "src"),
        ({"src": "/etc/passwd"}, OSError, "src"),
        ({"src": 5}, OperationTypeError, "src"),
        ({"mode": "rwx"}, OperationValueError, "mode"),
        ({"exclude": 5}, TypeError, None),
        ({"exclude": [5]}, OperationTypeError, "exclude"),
        ({"dest": "/", "delete": True}, OperationValueError, "dest"),
        ({"dest": "/etc/passwd"}, OperationError, "dest"),
    ],
)
def test_arguments_that_make_no_sense(
    arguments: dict[str, Any],
    error: type[Exception],
    argument: str | None,
    machine: Machine,
    source: Path,
    tmp_path: Path,
) -> None:
    raised = machine.fails(files.sync, **{"src": str(source), "dest": str(tmp_path / "d"), **arguments})
    assert isinstance(raised, error)
    if argument is not None:
        assert raised.details.argument == argument  # type: ignore[attr-defined]
