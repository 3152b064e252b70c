"""Permissions, against the chmod of this machine."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from pyinfra._lib.modes import checked_mode, has_special_bits, mode_after, others_may_read


@pytest.mark.parametrize("mode", [644, "644", "0644", "00644", "0o644"])
def test_numbers_have_one_form(mode: int | str) -> None:
    assert checked_mode(mode) == 644


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("4755", 4755), (0, 0), ("u+x,go-w", "u+x,go-w"), ("a=rX", "a=rX"), (None, None)],
)
def test_other_forms(mode: int | str | None, expected: int | str | None) -> None:
    assert checked_mode(mode) == expected


@pytest.mark.parametrize(
    "mode", [493, "899", "", "u+q", "rwx", "755; touch x", "$(touch x)", "-R", "12345", "u+x;", "7 5 5"]
)
def test_what_is_none(mode: int | str) -> None:
    with pytest.raises(ValueError, match="means no permissions"):
        checked_mode(mode)


@pytest.mark.parametrize("kind", ["file", "directory"])
def test_symbolic_ones_do_what_chmod_does(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir() if kind == "directory" else target.touch()
    chooser = random.Random(3)
    for _ in range(40):
        start = chooser.randrange(0o10000)
        text = ",".join(
            chooser.choice(["u", "g", "o", "a", "ug", "go"]) + chooser.choice("+-=")
            + chooser.choice(["r", "w", "x", "X", "s", "t", "rwx", "", "u", "g", "o", "rX"])
            for _ in range(chooser.randint(1, 2))
        )  # fmt: skip
        target.chmod(start)
        subprocess.run(["chmod", "--", text, target], check=True)
        expected = int(f"{target.stat().st_mode & 0o7777:o}")
        wanted = checked_mode(text)
        assert wanted is not None
        assert mode_after(int(f"{start:o}"), wanted, directory=kind == "directory") == expected, (oct(start), text)


def test_the_umask_decides_where_nobody_is_named() -> None:
    assert mode_after(644, "+x") is None
    assert mode_after(755, "+x") == 755
    assert mode_after(None, "u+x") is None


def test_directories_keep_setgid() -> None:
    assert mode_after(2775, 755, directory=True) == 2755
    assert mode_after(2775, 755) == 755
    assert mode_after(1777, 755, directory=True) == 755
    assert mode_after(2755, 1777, directory=True) == 3777


def test_questions() -> None:
    assert has_special_bits(4755)
    assert not has_special_bits(1755)
    assert others_may_read(644)
    assert not others_may_read(640)
