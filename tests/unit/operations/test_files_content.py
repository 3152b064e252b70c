"""``files.put``, ``files.template``, ``files.get`` and ``files.line`` on this machine."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import HiddenValue, OperationError, OperationTypeError, OperationValueError, PyinfraError
from pyinfra.operations import files

from .machine import Machine
from .stub import commands_of


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def mode_of(path: Path) -> str:
    return f"{path.stat().st_mode & 0o7777:o}"


def content_change(meta: Any) -> Any:
    return next(change for change in meta.changes if change.attribute == "content")


# -- files.put -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["-rf", "a b", "it's $(touch pwned)", "tab\tnew\nline", "höß"])
def test_a_file_of_any_name(name: str, machine: Machine, tmp_path: Path) -> None:
    source = tmp_path / f"source {name}"
    source.write_bytes(bytes(range(256)))
    dest = tmp_path / "there" / name
    machine.apply(files.put, src=str(source), dest=str(dest), mode="4750")
    assert dest.read_bytes() == source.read_bytes()
    assert mode_of(dest) == "4750"
    assert names_in(dest.parent) == [name]


def test_content_and_attributes_are_seen_apart(machine: Machine, tmp_path: Path) -> None:
    dest = tmp_path / "f"
    assert content_change(machine.apply(files.put, src=io.StringIO("one\ntwo\n"), dest=dest)).before is None
    meta = machine.apply(files.put, src=io.StringIO("one\ntwo\n"), dest=dest, mode="600")
    assert [str(command) for command in meta.commands] == [f"chmod 600 {dest}"]
    dest.chmod(0o644)
    meta = machine.apply(files.put, src=io.StringIO("one\n2\n"), dest=dest)
    assert content_change(meta).after == "@@ -1,2 +1,2 @@\n one\n-two\n+2"
    assert mode_of(dest) == "644"
    machine.apply(files.put, src=io.StringIO("one\n2\n"), dest=dest, force=True, again=False)


def test_what_only_its_owner_may_read_is_not_shown(machine: Machine, tmp_path: Path) -> None:
    meta = machine.apply(files.put, src=io.StringIO("canary-1\n"), dest=tmp_path / "f", mode="600")
    assert "canary-1" not in str(meta.changes)
    meta = machine.apply(files.put, src=io.StringIO("canary-2\n"), dest=tmp_path / "f", mode="644")
    assert "canary-1" not in str(meta.changes)
    assert "canary-2" not in str(meta.changes)


def test_a_directory_gets_the_file_under_its_name(machine: Machine, tmp_path: Path) -> None:
    source = tmp_path / "name.txt"
    source.write_text("x")
    source.chmod(0o751)
    (tmp_path / "d").mkdir()
    machine.apply(files.put, src=str(source), dest=tmp_path / "d", mode=True)
    assert mode_of(tmp_path / "d" / "name.txt") == "751"
    machine.apply(files.put, src=str(source), dest=f"{tmp_path}/new/")
    assert (tmp_path / "new" / "name.txt").read_text() == "x"
    assert isinstance(machine.fails(files.put, src=io.StringIO("x"), dest=tmp_path / "d"), OperationTypeError)


def test_a_link_is_followed(machine: Machine, tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    link.symlink_to("real")
    machine.apply(files.put, src=io.StringIO("new"), dest=link, again=False)
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert not machine.plan(files.put, src=io.StringIO("new"), dest=link).will_change


def test_times(machine: Machine, tmp_path: Path) -> None:
    source, dest = tmp_path / "s", tmp_path / "d"
    source.write_text("x")
    os.utime(source, (1_000_000, 2_000_000))
    machine.apply(files.put, src=str(source), dest=dest, mtime=True)
    assert dest.stat().st_mtime == 2_000_000
    machine.apply(files.put, src=str(source), dest=dest, mtime="2020-05-01T12:00:00.7+02:00")
    assert dest.stat().st_mtime == datetime(2020, 5, 1, 10, tzinfo=UTC).timestamp()
    machine.apply(files.put, src=str(source), dest=dest, mtime=3_000_000.9)
    assert dest.stat().st_mtime == 3_000_000
    machine.apply(files.put, src=str(source), dest=dest, mtime=str(source))
    assert dest.stat().st_mtime == 2_000_000
    machine.apply(files.put, src=str(source), dest=dest, mtime=datetime(2021, 1, 1))
    assert dest.stat().st_mtime == datetime(2021, 1, 1).astimezone().timestamp()


@pytest.mark.parametrize(
    ("arguments", "error", "argument"),
    [
        ({"src": "no/such/file"}, OperationValueError, "src"),
        ({"src": "no/such/file"}, OSError, "src"),
        ({"src": 5}, OperationTypeError, "src"),
        ({"src": io.StringIO(), "mode": True}, OperationValueError, "mode"),
        ({"src": io.StringIO(), "mtime": "yesterday"}, OperationValueError, "mtime"),
        ({"src": io.StringIO(), "mtime": []}, OperationTypeError, "mtime"),
        ({"src": io.StringIO(), "mtime": True}, OperationValueError, "mtime"),
        ({"src": io.StringIO(), "dest": ""}, OperationValueError, "dest"),
    ],
)
def test_arguments_that_make_no_sense(
    arguments: dict[str, Any], error: type[Exception], argument: str, machine: Machine, tmp_path: Path
) -> None:
    raised = machine.fails(files.put, **{"dest": str(tmp_path / "d"), **arguments})
    assert isinstance(raised, error)
    assert isinstance(raised, PyinfraError)
    assert raised.details.argument == argument


def test_a_file_that_is_made_later(machine: Machine, tmp_path: Path) -> None:
    assert machine.plan(files.put, src=str(tmp_path / "later"), dest=tmp_path / "d", assume_exists=True).will_change


def test_whatever_digest_the_host_can_compute(tmp_path: Path) -> None:
    from pyinfra.facts.files import File, Md5File, Sha1File, Sha256File

    found = {File: {"user": "a", "group": "a", "mode": 644, "size": 5}}
    md5 = "5d41402abc4b2a76b9719d911017c592"
    for facts in ({Md5File: md5}, {Sha256File: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}):
        assert commands_of(files.put, {**found, Sha1File: None, **facts}, src=io.StringIO("hello"), dest="/x") == []
    assert len(commands_of(files.put, {**found, Sha1File: "0" * 40}, src=io.StringIO("hello"), dest="/x")) == 1


# -- files.template ------------------------------------------------------------------------


def test_a_template(machine: Machine, tmp_path: Path) -> None:
    source, dest = tmp_path / "t.j2", tmp_path / "f"
    source.write_text("{{ host.name }} {{ port }}\n{% for n in names %}{{ n }} {% endfor %}\n")
    machine.apply(files.template, src=str(source), dest=dest, mode="640", port=80, names=["a", "b"])
    assert dest.read_text() == "@local 80\na b \n"
    assert mode_of(dest) == "640"


def test_secrets_are_in_the_file_only(machine: Machine, tmp_path: Path) -> None:
    dest = tmp_path / "f"
    text = "{{ password }}\n{{ settings.key }}\n{{ deep.token }}\n"
    data: dict[str, Any] = {"password": "canary-1", "settings": {"key": HiddenValue("canary-2")}}
    meta = machine.apply(files.template, src=io.StringIO(text), dest=dest, deep={"token": "canary-3"}, **data)
    assert dest.read_text() == "canary-1\ncanary-2\ncanary-3\n"
    assert "canary" not in f"{meta.changes} {meta.commands} {meta.name}"
    data["password"] = "canary-4"
    meta = machine.apply(files.template, src=io.StringIO(text), dest=dest, deep={"token": "canary-3"}, **data)
    assert "canary" not in f"{meta.changes} {meta.commands}"


@pytest.mark.parametrize(
    ("text", "words"),
    [("a\nb\n{{ nope }}\nd\n", ["line 3", "nope", "> 3: {{ nope }}", "2: b", "4: d"]),
     ("a\n{% if %}\n", ["line 2", "> 2: {% if %}"]),
     ("{{ 1 / 0 }}\n", ["line 1", "ZeroDivisionError"])],
)  # fmt: skip
@pytest.mark.parametrize("form", ["path", "text"])
def test_errors_say_where(text: str, words: list[str], form: str, machine: Machine, tmp_path: Path) -> None:
    source = tmp_path / "t.j2"
    source.write_text(text)
    error = machine.fails(files.template, src=str(source) if form == "path" else io.StringIO(text), dest=tmp_path / "f")
    assert isinstance(error, OperationError)
    assert [word for word in words if word not in str(error)] == []


# -- files.get -----------------------------------------------------------------------------


def test_fetching(machine: Machine, tmp_path: Path) -> None:
    source, dest = tmp_path / "s $(touch x)", tmp_path / "new" / "sub" / "d"
    source.write_bytes(b"\0\xff one")
    planned = machine.plan(files.get, src=str(source), dest=str(dest), create_local_dir=True)
    assert planned.will_change
    assert not dest.parent.exists(), "planning changes nothing here"
    machine.apply(files.get, src=str(source), dest=str(dest), create_local_dir=True)
    assert dest.read_bytes() == source.read_bytes()
    source.write_bytes(b"two")
    machine.apply(files.get, src=str(source), dest=str(dest))
    assert dest.read_bytes() == b"two"
    assert names_in(dest.parent) == ["d"]
    machine.apply(files.get, src=str(source), dest=str(dest), force=True, again=False)


# -- files.line ----------------------------------------------------------------------------

LINES = ["-n", "--help", "$HOME `id` (x){}", "héllo ☃", "$(touch pwned)", "'q' \"r\"", "a\\b", "%s %d", "#!x"]


@pytest.mark.parametrize("how", [{}, {"escape_regex_characters": True}, {"extended_regex": True}])
@pytest.mark.parametrize("line", LINES)
def test_any_line(line: str, how: dict[str, Any], machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f $(touch x)"
    if "a\\b" in line and not how.get("escape_regex_characters"):
        pytest.skip("an expression for something else")
    machine.apply(files.line, path=path, line=line, **how)
    assert path.read_text() == f"{line}\n"
    machine.apply(files.line, path=path, line=line, present=False, **how)
    assert path.read_text() == ""


def test_editing_keeps_the_file(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"PORT=1\n\xff\nHOST=x")
    path.chmod(0o600)
    meta = machine.apply(files.line, path=path, line="^PORT=", replace="PORT=80", backup=True)
    assert path.read_bytes() == b"PORT=80\n\xff\nHOST=x"
    assert mode_of(path) == "600"
    (kept,) = (name for name in names_in(tmp_path) if name != "f")
    assert (tmp_path / kept).read_bytes() == b"PORT=1\n\xff\nHOST=x"
    assert len(meta.commands) == 1
    machine.apply(files.line, path=path, line="LAST")
    assert path.read_bytes() == b"PORT=80\n\xff\nHOST=x\nLAST\n"
    machine.unchanged(files.line, path=path, line="nothing like it", present=False)


def test_a_diff_is_shown(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("a\nb\n")
    assert content_change(machine.apply(files.line, path=path, line="c")).after == "@@ -1,2 +1,3 @@\n a\n b\n+c"


def test_a_file_that_somebody_else_changes_is_left_alone(machine: Machine, tmp_path: Path) -> None:
    from pyinfra.api.operation import add_op
    from pyinfra.api.operations import run_ops

    path = tmp_path / "f"
    path.write_text("a=1\n")
    with machine.run(FAIL_PERCENT=100) as state:
        (meta,) = add_op(state, files.line, path=path, line="^a=", replace="a=2", _ignore_errors=True).values()
        path.write_text("a=1\nb=2\n")
        run_ops(state)
    assert not meta.did_succeed()
    assert "changed by somebody else" in meta.stderr
    assert path.read_text() == "a=1\nb=2\n"


def test_a_new_file_is_known_to_be_empty(machine: Machine, tmp_path: Path) -> None:
    from pyinfra.api.operation import add_ops

    new, old, private = (str(tmp_path / name) for name in ("new", "old", "private"))
    Path(old).write_text("x\n")
    calls = [
        (files.file, {"path": new, "touch": True}),
        (files.line, {"path": new, "line": "x", "present": False}),
        (files.line, {"path": new, "line": "x"}),
        (files.file, {"path": old, "present": False}),
        (files.line, {"path": old, "line": "x"}),
        (files.put, {"src": io.StringIO("x\n"), "dest": private, "mode": "600"}),
        (files.line, {"path": private, "line": "x"}),
    ]
    with machine.run() as state:
        metas = [next(iter(meta.values())) for meta in add_ops(state, calls)]
        assert [meta.will_change for meta in metas] == [True, False, True, True, True, True, False]
        assert not any(meta.plan.is_open for meta in metas)
        assert "'x\\n'" not in str([meta.plan.promises for meta in metas]), "contents are not for everybody to see"


def test_many_files_in_one_run(machine: Machine, tmp_path: Path) -> None:
    """More than are read together."""
    from pyinfra.api.operation import add_ops

    calls = [(files.line, {"path": str(tmp_path / f"f{n}"), "line": "x"}) for n in range(40)]
    with machine.run() as state:
        assert all(meta.will_change for found in add_ops(state, calls) for meta in found.values())


def test_several_lines_of_one_file_in_one_run(machine: Machine, tmp_path: Path) -> None:
    from pyinfra.api.operation import add_ops
    from pyinfra.api.operations import run_ops

    path = tmp_path / "f"
    calls = [(files.line, {"path": str(path), "line": f"line{n}"}) for n in range(4)]
    calls.append((files.line, {"path": str(path), "line": "line1", "replace": "LINE1"}))
    calls.append((files.line, {"path": str(path), "line": "^LINE1$"}))
    with machine.run() as state:
        metas = [next(iter(meta.values())) for meta in add_ops(state, calls)]
        assert [meta.will_change for meta in metas] == [True] * 5 + [False]
        run_ops(state)
    assert path.read_text() == "line0\nLINE1\nline2\nline3\n"


def test_variables_of_the_shell(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    home = os.environ["HOME"]
    path.write_text("x\nHOME=/elsewhere")
    machine.apply(files.line, path=path, line="OTHER=$HOME", interpolate_variables=True)
    assert path.read_text() == f"x\nHOME=/elsewhere\nOTHER={home}\n"
    machine.apply(files.line, path=path, line="^HOME=", replace="HOME=$HOME", interpolate_variables=True)
    assert path.read_text() == f"x\nHOME={home}\nOTHER={home}\n"
    machine.apply(files.line, path=path, line="OTHER=$HOME", present=False, interpolate_variables=True)
    assert path.read_text() == f"x\nHOME={home}\n"


def test_a_file_too_large_to_be_read(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("x" * 1_100_000 + "\nPORT=1\n")
    machine.apply(files.line, path=path, line="^PORT=", replace="PORT=$2 & `x`")
    assert path.read_text().endswith("\nPORT=$2 & `x`\n")
    machine.apply(files.line, path=path, line="^PORT=", present=False)
    machine.apply(files.line, path=path, line="END $(touch pwned)")
    assert path.read_text().endswith("x\nEND $(touch pwned)\n")


@pytest.mark.parametrize(
    ("arguments", "error", "argument"),
    [
        ({"line": "a[b"}, OperationValueError, "line"),
        ({"line": "a\nb"}, OperationValueError, "line"),
        ({"line": ""}, OperationValueError, "line"),
        ({"line": 5}, OperationTypeError, "line"),
        ({"line": "a", "replace": 5}, OperationTypeError, "replace"),
        ({"line": "a", "flags": ["w /etc/passwd"]}, OperationValueError, "flags"),
    ],
)
def test_lines_that_make_no_sense(
    arguments: dict[str, Any], error: type[Exception], argument: str, machine: Machine, tmp_path: Path
) -> None:
    raised = machine.fails(files.line, path=str(tmp_path / "f"), **arguments)
    assert isinstance(raised, error)
    assert isinstance(raised, PyinfraError)
    assert raised.details.argument == argument
