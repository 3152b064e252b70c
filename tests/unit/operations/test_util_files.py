"""The parts of file operations that other packages build on."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pyinfra.operations.util import files as util
from pyinfra.operations.util.files import MetadataTimeField


def run(command: Any, directory: Path, shell: str = "sh") -> None:
    environment = {"NAME": "a/b", "PATH": "/usr/bin:/bin"}
    subprocess.run([*shell.split(), "-c", command.get_raw_value()], cwd=directory, check=True, env=environment)


def test_joining() -> None:
    assert util.unix_path_join("/srv/", "app/", "f") == "/srv/app/f"
    assert util.unix_path_join("a") == "a"


def test_modes() -> None:
    assert util.ensure_mode_int("0644") == 644
    assert util.ensure_mode_int("u+x") == "u+x"
    assert util.ensure_mode_int(None) is None
    with pytest.raises(ValueError, match="no permissions"):
        util.ensure_mode_int("789")


def test_shapes() -> None:
    assert str(util.chmod("/a b", 644)) == "chmod 644 '/a b'"
    assert str(util.chmod("/a", "u+x", recursive=True)) == "chmod -R u+x /a"
    assert str(util.chmod("-a", "-x")) == "chmod -- -x ./-a"
    assert str(util.chown("/a", "u", "g")) == "chown u:g /a"
    assert str(util.chown("/a", user="u")) == "chown u /a"
    assert str(util.chown("/a", group="g", recursive=True)) == "chgrp -R g /a"
    assert str(util.chown("/a", "u", dereference=False)) == "chown -h u /a"
    assert str(util.sed_delete("/f", "^a", "")).startswith("sed -i.")


def test_touching(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    moment = datetime(2020, 5, 1, 10, 11, 12, tzinfo=UTC)
    run(util.touch("f", MetadataTimeField.MTIME, moment), tmp_path)
    run(util.touch("f", MetadataTimeField.ATIME, moment.replace(tzinfo=None, year=2021)), tmp_path)
    stat = (tmp_path / "f").stat()
    assert stat.st_mtime == moment.timestamp()
    assert stat.st_atime == moment.replace(year=2021).timestamp()


@pytest.mark.parametrize("shell", ["sh", "busybox ash"])
def test_replacing(shell: str, tmp_path: Path) -> None:
    if subprocess.run(["sh", "-c", f"command -v {shell.split()[0]}"], capture_output=True, check=False).returncode:
        pytest.skip("not on this machine")
    file = tmp_path / "-f $(touch x)"
    file.write_text("a/b=1\nother\n")
    run(util.sed_replace(file.name, "^a/b=.*$", "a/b=it's & more/$NAME"), tmp_path, shell)
    assert file.read_text() == "a/b=it's & more/$NAME\nother\n"
    filled = util.sed_replace(file.name, "^a/b=.*$", "x=$NAME $(touch x) `touch x`", interpolate_variables=True)
    run(filled, tmp_path, shell)
    assert file.read_text() == "x=a/b $(touch x) `touch x`\nother\n"
    run(util.sed_replace(file.name, "(o)(t)", r"\2\1", extended_regex=True, backup=True), tmp_path, shell)
    assert file.read_text() == "x=a/b $(touch x) `touch x`\ntoher\n"
    flags = ["i"] if shell == "sh" else []  # sed of BusyBox has no such flag for this
    removed = util.sed_delete(file.name, "X=$NAME" if flags else "x=$NAME", "", flags, interpolate_variables=True)
    run(removed, tmp_path, shell)
    assert file.read_text() == "toher\n"
    assert len(list(tmp_path.iterdir())) == 2


def test_expressions() -> None:
    assert util.adjust_regex("a", False) == "^.*a.*$"
    assert util.adjust_regex("^a$", False) == "^a$"
    assert util.adjust_regex(r"^a\$", False) == r"^a\$.*$"
    assert util.adjust_regex("a.b*(c)+$", True) == r"^.*a\.b\*(c)+\$.*$"
    assert util.strip_regex_anchors("^a$") == "a"
    assert util.strip_regex_anchors(r"\^a\$") == r"\^a\$"


def test_a_diff() -> None:
    assert list(util.generate_color_diff(["a", "b"], ["a", "c"])) == [" a", "-b", "+c"]


def test_the_time_in_names() -> None:
    assert datetime.strptime(util.get_timestamp(), "%y%m%d%H%M")
