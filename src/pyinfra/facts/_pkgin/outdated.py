"""Packages of which there are newer versions."""

from __future__ import annotations

from pyinfra._core.commands import StringCommand
from pyinfra._lib.packages.pkgin import PKGIN
from pyinfra.facts._newest import NewerVersions, after_mark, if_it_works


class PkginOutdated(NewerVersions):
    """Installed packages of which there is a newer version, which pkgin does not tell; None when nobody knows."""

    manager = PKGIN

    def command(self) -> StringCommand:
        return if_it_works("pkgin -l '<' list")

    def process(self, output: list[str]) -> dict[str, str] | None:
        lines = after_mark(output)
        return None if lines is None else dict.fromkeys(PKGIN.parse(lines), "")
