"""Facts about programs that cargo installed, from what cargo 1.65 and 1.95 print."""

from __future__ import annotations

from pyinfra.facts._cargo.newest import NewestCrates
from pyinfra.facts.cargo import CargoPackages


def test_recorded_list() -> None:
    lines = [
        "toy v1.0.0:",
        "    toy",
        "bottom v0.9.6:",
        "    btm",
        "other v2.0.0-beta.1+build (registry `/opt/crates`):",
        "    other",
        "mine_too v0.1.0 (/root/mine):",
        "    a v1",
        "git-thing v1.2.3 (https://example.org/x?branch=main#abcdef12):",
        "    git-thing",
        "warning: v1",
    ]
    assert CargoPackages().process(lines) == {
        "toy": {"1.0.0"}, "bottom": {"0.9.6"}, "other": {"2.0.0-beta.1+build"}, "mine_too": {"0.1.0"},
        "git-thing": {"1.2.3"},
    }  # fmt: skip


def test_recorded_newest() -> None:
    lines = [
        "    Updating crates.io index",
        "      Adding toy v2.0.0 to dependencies.",
        "             Features:",
        "             + default",
        "      Adding other_one v1.2.0-beta.1+x to dependencies",
        "      Adding mine v0.1.0 (/root/mine) to dependencies",
        "warning: aborting add due to dry run",
    ]
    assert NewestCrates().process(lines) == {"toy": "2.0.0", "other_one": "1.2.0-beta.1+x", "mine": "0.1.0"}
    assert NewestCrates().process(["error: the crate `nope` could not be found in registry index."]) == {}
    assert " -- a 'b;c' 2>&1" in str(NewestCrates().command(["a", "b;c"]))
