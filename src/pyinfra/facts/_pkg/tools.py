"""With what packages are managed here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, named, path
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra.facts._shell import script, word, words

TOOLS = ("pkg", "pkg_add", "pkg_add without mirror")


class PkgTool(FactBase[str]):
    """The program that manages packages, ``pkg`` when there is none; whether an OpenBSD says where they are."""

    in_plans = False

    @staticmethod
    def default() -> str:
        return TOOLS[0]

    def command(self) -> str:
        return (
            "if command -v pkg >/dev/null; then echo pkg; elif command -v pkg_add >/dev/null; then "
            'if [ "$(uname -s)" = OpenBSD ] && [ ! -s /etc/installurl ] && [ -z "$PKG_PATH$TRUSTED_PKG_PATH" ]; '
            "then echo pkg_add without mirror; else echo pkg_add; fi; fi"
        )

    def resources(self) -> Iterable[Resource]:
        return [named("programs"), PACKAGES, path("/etc/installurl")]

    def process(self, output: list[str]) -> str:
        if output and output[0] not in TOOLS:
            raise FactProcessError(f"no program for packages: {output[0]!r}")
        return output[0] if output else self.default()


class PkgOrigins(FactBase[dict[str, str]]):
    """Installed packages by where they come from: ``{"www/nginx": "nginx"}``.

    Args:
        origins: which ones are of interest.
    """

    in_plans = False
    default = dict

    def command(self, origins: Sequence[str]) -> StringCommand:
        asked = words(map(word, origins))
        return script("! pkg -N >/dev/null 2>&1 || pkg query '%o %n' -- ", asked, " 2>/dev/null || :")

    def requires_command(self, origins: Sequence[str]) -> str:
        return "pkg"

    def resources(self, origins: Sequence[str]) -> Iterable[Resource]:
        return [PACKAGES]

    def process(self, output: list[str]) -> dict[str, str]:
        rows = (line.split(" ") for line in output)
        return {row[0]: row[1] for row in rows if len(row) == 2 and "/" in row[0]}
