"""``files.file``, ``files.directory`` and ``files.link`` on this machine; judged by Python's own view of it."""

from __future__ import annotations

import io
import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import OperationError, OperationTypeError, OperationValueError, PyinfraError
from pyinfra.operations import files

from .machine import Machine
from .stub import commands_of

ODD_NAMES = ["-rf", "a b", "it's", "$(touch pwned)", "`id`", "tab\tnew\nline", "höß", "a;b", "*", "~", "=x", "!"]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def mode_of(path: Path) -> str:
    return f"{path.lstat().st_mode & 0o7777:o}"


def owner_of(path: Path) -> str:
    return pwd.getpwuid(path.lstat().st_uid).pw_name


# -- files.file ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_file_of_any_name(name: str, machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / name / name
    machine.apply(files.file, path=path, mode="640")
    assert path.read_bytes() == b""
    assert mode_of(path) == "640"
    machine.apply(files.file, path=str(path), present=False)
    assert names_in(tmp_path) == [name]
    assert names_in(tmp_path / name) == []


def test_only_what_differs_is_changed(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("kept")
    meta = machine.apply(files.file, path=path, mode="u+x")
    assert [str(command) for command in meta.commands] == [f"chmod u+x {path}"]
    assert [(change.attribute, change.before, change.after) for change in meta.changes if change.before] == [
        ("mode", 644, 744)
    ]
    assert path.read_text() == "kept"
    machine.unchanged(files.file, path=path)


@as_root
@pytest.mark.parametrize("user", [1, "1", 123456])
def test_numbers_of_accounts(user: int | str, machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    machine.apply(files.file, path=path, user=user, group=user)  # twice, the second time without a change
    assert (path.stat().st_uid, path.stat().st_gid) == (int(user), int(user))


def test_touching_is_done_every_time(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("kept")
    os.utime(path, (1, 1))
    machine.apply(files.file, path=path, touch=True, again=False)
    assert path.stat().st_mtime > 1
    assert path.read_text() == "kept"
    machine.apply(files.file, path=path, touch=True, again=False)


@as_root
def test_setuid_stays_when_the_owner_changes(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    machine.apply(files.file, path=path, mode="4755", user="daemon")
    assert (mode_of(path), owner_of(path)) == ("4755", "daemon")
    machine.apply(files.file, path=path, mode="4755", user="bin", group="bin")
    assert (mode_of(path), owner_of(path)) == ("4755", "bin")


def test_something_else_is_there(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "d"
    (path / "inside").mkdir(parents=True)
    error = machine.fails(files.file, path=path)
    assert isinstance(error, OperationError)
    assert "is not a file" in str(error)
    machine.apply(files.file, path=path, force=True, force_backup_dir=tmp_path / "kept away")
    assert path.is_file()
    (kept,) = (tmp_path / "kept away").iterdir()
    assert (kept / "inside").is_dir()
    path.unlink()
    path.mkdir()
    machine.apply(files.file, path=path, present=False, force=True, force_backup=False)
    assert names_in(tmp_path) == ["kept away"]


def test_existing_parents_are_left_alone(machine: Machine, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir(mode=0o700)
    (tmp_path / "linked").symlink_to(real)
    machine.apply(files.file, path=tmp_path / "linked" / "sub" / "f", mode="600")
    assert mode_of(real) == "700"
    assert (real / "sub" / "f").is_file()


@pytest.mark.parametrize(
    ("arguments", "error", "argument"),
    [
        ({"path": 5}, OperationTypeError, "path"),
        ({"path": ""}, OperationValueError, "path"),
        ({"path": "a\0b"}, OperationValueError, "path"),
        ({"path": "/x", "mode": "888"}, OperationValueError, "mode"),
        ({"path": "/x", "mode": "755; touch x"}, OperationValueError, "mode"),
        ({"path": "/x", "mode": 7.5}, OperationTypeError, "mode"),
        ({"path": "/x", "user": "-x"}, OperationValueError, "user"),
        ({"path": "/x", "group": ["a"]}, OperationTypeError, "group"),
    ],
)
def test_arguments_that_make_no_sense(
    arguments: dict[str, Any], error: type[Exception], argument: str, machine: Machine
) -> None:
    raised = machine.fails(files.file, **arguments)
    assert isinstance(raised, error)
    assert isinstance(raised, PyinfraError)
    assert argument in str(raised)
    assert raised.details.argument == argument


# -- files.directory -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_directory_of_any_name(name: str, machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / name / name
    machine.apply(files.directory, path=path, mode=750)
    assert mode_of(path) == "750"
    (path / "inside").touch()
    machine.apply(files.directory, path=path, present=False)
    assert names_in(tmp_path) == [name]
    assert names_in(tmp_path / name) == []


def test_recursion_looks_below(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "d"
    (path / "sub").mkdir(parents=True)
    (path / "sub" / "f").touch()
    (path / "dangling").symlink_to("/nowhere")
    machine.apply(files.directory, path=path, mode="700", recursive=True)
    assert [mode_of(path / "sub"), mode_of(path / "sub" / "f")] == ["700", "700"]
    (path / "sub" / "f").chmod(0o644)
    machine.apply(files.directory, path=path, mode="700", recursive=True)
    assert mode_of(path / "sub" / "f") == "700"


def test_setgid_of_a_directory_stays(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "d"
    path.mkdir()
    path.chmod(0o2775)
    machine.apply(files.directory, path=path, mode="755")
    assert mode_of(path) in ("2755", "755")
    machine.apply(files.directory, path=path, mode="1777")
    assert mode_of(path).endswith("1777") or mode_of(path) == "3777"


def test_a_link_may_stand_for_a_directory(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "d").symlink_to("real")
    assert isinstance(machine.fails(files.directory, path=tmp_path / "d"), OperationError)
    machine.unchanged(files.directory, path=tmp_path / "d", _no_fail_on_link=True)
    machine.unchanged(files.directory, path=f"{tmp_path}/d/")


@pytest.mark.parametrize("path", ["/", "//", "/x/..", ".", "..", "../.."])
def test_nobody_removes_the_root(path: str) -> None:
    from pyinfra.facts.files import Directory

    with pytest.raises(OperationValueError, match="not going to be removed"):
        commands_of(files.directory, {Directory: {"user": "root"}}, path=path, present=False)


# -- files.link ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_link_of_any_name_to_any_name(name: str, machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "links" / name
    machine.apply(files.link, path=path, target=name)
    assert str(path.readlink()) == name
    machine.apply(files.link, path=path, target=f"/{name}")
    assert str(path.readlink()) == f"/{name}"
    machine.apply(files.link, path=path, present=False)
    assert not path.is_symlink()


def test_a_hard_link(machine: Machine, tmp_path: Path) -> None:
    one, other = tmp_path / "-one", tmp_path / "other $(touch x)"
    one.write_text("x")
    machine.apply(files.link, path=other, target=one, symbolic=False)
    assert one.samefile(other)
    assert not other.is_symlink()
    other.unlink()
    other.write_text("different")
    assert isinstance(machine.fails(files.link, path=other, target=one, symbolic=False), OperationError)
    machine.apply(files.link, path=other, target=one, symbolic=False, force=True)
    assert one.samefile(other)
    machine.apply(files.link, path=other, target=one, symbolic=False, present=False)
    assert not other.exists()
    assert one.exists()


def test_a_link_in_place_of_something_else(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_text("x")
    assert isinstance(machine.fails(files.link, path=path, target="t"), OperationError)
    machine.apply(files.link, path=path, target="t", force=True, force_backup=False)
    assert names_in(tmp_path) == ["p"]
    assert isinstance(machine.fails(files.link, path=path), OperationError)


# -- commands as they have always been -----------------------------------------------------


def test_the_shape_of_the_commands() -> None:
    assert commands_of(files.file, path="/a/b", user="u", group="g", mode=644, create_remote_dir=False) == [
        "touch /a/b", "chown u:g /a/b", "chmod 644 /a/b",
    ]  # fmt: skip
    assert commands_of(files.directory, path="/a/b", group="g") == ["mkdir -p /a/b", "chgrp g /a/b"]
    assert commands_of(files.link, path="/a/b", target="c", create_remote_dir=False, user="u") == [
        "ln -s c /a/b", "chown -h u /a/b",
    ]  # fmt: skip


# -- plans ---------------------------------------------------------------------------------


def test_what_follows_is_planned_against_what_will_be(machine: Machine, tmp_path: Path) -> None:
    from pyinfra.api.operation import add_ops
    from pyinfra.api.operations import run_ops

    top = tmp_path / "app"
    calls = [
        (files.directory, {"path": top, "mode": "750"}),
        (files.file, {"path": top / "f", "mode": "640"}),
        (files.file, {"path": top / "f", "mode": "640"}),
        (files.link, {"path": top / "l", "target": "f"}),
        (files.file, {"path": top / "f", "present": False}),
        (files.link, {"path": top / "l", "present": False}),
        (files.file, {"path": top / "f", "present": False}),
    ]
    with machine.run() as state:
        metas = [next(iter(meta.values())) for meta in add_ops(state, calls)]
        assert [meta.will_change for meta in metas] == [True, True, False, True, True, True, False]
        plan = metas[1].plan
        assert plan is not None
        assert [str(command) for command in plan.commands] == [f"touch {top}/f", f"chmod 640 {top}/f"]
        run_ops(state)
        assert [meta.did_change() for meta in metas] == [True, True, False, True, True, True, False]
    assert names_in(top) == []


def test_a_path_in_the_home_directory(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    machine.apply(files.directory, path="~/d e/sub", mode="700")
    machine.apply(files.put, src=io.StringIO("x"), dest="~/d e/f")
    machine.apply(files.line, path="~/d e/f", line="^x", replace="y")
    machine.apply(files.link, path="~/d e/l", target="f")
    assert names_in(tmp_path / "d e") == ["f", "l", "sub"]
    assert (tmp_path / "d e" / "f").read_text() == "y"
