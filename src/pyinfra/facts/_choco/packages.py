"""Packages of Chocolatey, whose names are the same in upper and lower case."""

from __future__ import annotations

from pyinfra._core.commands import StringCommand
from pyinfra._lib.packages.choco import CHOCO
from pyinfra._lib.packages.listing import PackageVersions
from pyinfra.facts._newest import NewerVersions, after_mark, if_it_works
from pyinfra.facts._packages import InstalledPackages


class InstalledChoco(InstalledPackages):
    """The installed packages with their versions, by names in lower case."""

    manager = CHOCO

    def process(self, output: list[str]) -> PackageVersions:
        return {name.lower(): versions for name, versions in super().process(output).items()}


class OutdatedChoco(NewerVersions):
    """The newest versions of packages that are outdated and not pinned, by names in lower case."""

    manager = CHOCO

    def command(self) -> StringCommand:
        # Status 2 says that something is outdated, where that is asked for.
        return if_it_works("choco outdated --limit-output || [ $? -eq 2 ]")

    def process(self, output: list[str]) -> dict[str, str] | None:
        lines = after_mark(output)
        rows = [line.rstrip("\r").split("|") for line in lines or ()]  # "git|2.43.0|2.44.0|false"
        newer = {row[0].lower(): row[2] for row in rows if len(row) == 4 and row[3].lower() == "false"}
        return None if lines is None else newer
