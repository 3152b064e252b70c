"""Where many links lead, whatever is in their names, with each kind of programs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pyinfra._core.errors import FactProcessError
from pyinfra.facts._files.targets import Text, read_targets
from pyinfra.facts._files.tree import Tree
from pyinfra.facts.files import Link

from .remote import Remote

PLAIN = ["a", "/etc/passwd", "a b", " -> ", "-x", "", "é", "$(reboot)", "x" * 300]
ODD = ["it's", "b\\n", "' -> '", "'\\''", "a\nb", "\n", "x\n", "= 1", "a\n= 1", "\udcff", '"', "\r", "!", "~\n=\n"]


def links(folder: Path, targets: list[str], names: list[str] | None = None) -> list[str]:
    """Make links; an empty target stands for none: a file is made there."""
    paths = [str(folder / (names[number] if names else f"l{number}")) for number in range(len(targets))]
    for path, target in zip(paths, targets, strict=True):
        if target:
            os.symlink(target, path)  # noqa: PTH211 - a Path would tidy it up
        else:
            Path(path).touch()
    return paths


def check(remote: Remote, folder: Path, targets: list[str], names: list[str] | None = None) -> None:
    paths = links(folder, targets, names)
    found = remote.read_all(Link, *({"path": path} for path in (*paths, str(folder), "/missing")))
    assert [one and one["link_target"] for one in found] == [target or False for target in targets] + [False, None]
    entries = remote.read(Tree, str(folder))
    for path, target in zip(paths, targets, strict=True):
        assert entries[os.path.relpath(path, folder)].attributes.get("link_target", "") == target


def test_plain_ones(remote: Remote, tmp_path: Path) -> None:
    check(remote, tmp_path, PLAIN)


@pytest.mark.parametrize("target", ODD)
def test_odd_ones_among_plain_ones(remote: Remote, tmp_path: Path, target: str) -> None:
    check(remote, tmp_path, ["a", target, "b"])


def test_odd_names(remote: Remote, tmp_path: Path) -> None:
    check(remote, tmp_path, ODD, names=[name or "x" for name in ODD])


def test_many(remote: Remote, tmp_path: Path) -> None:
    check(remote, tmp_path, [f"target {number}" for number in range(120)])
    (tmp_path / "odd").mkdir()
    check(remote, tmp_path / "odd", [*(str(number) for number in range(120)), "it's\n"])


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("\0=\n", []),
        ("a\0b\n\0\0=\n", ["a", "b\n"]),
        ("half\0\0!\na\0\0=\n", ["a"]),
        ("\0!\n\0!\n\0!\na\n\0!\0b\n\n\0\0~\n", ["a", None, "b\n"]),
    ],
)
def test_what_is_told(text: str, targets: list[str | None]) -> None:
    rest = Text("links", f"{text}more")
    assert read_targets(rest.until) == targets
    assert rest.rest == "more"


@pytest.mark.parametrize("text", ["", "a\0", "a\0\0", "a\0\0=", "a\0\0x\n", "\0!\n"])
def test_what_ends_too_early_or_makes_no_sense(text: str) -> None:
    with pytest.raises(FactProcessError):
        read_targets(Text("links", text).until)
