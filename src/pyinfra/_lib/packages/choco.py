"""choco: Chocolatey."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pyinfra.api import QuoteString, StringCommand

from .listing import PackageVersions
from .managers import PackageManager, Words

# "git|2.43.0", with --limit-output; "git 2.43.0" for people.
CHOCO_REGEX = r"^([A-Za-z0-9_.+-]+)(?:\||\s)v?(\d[0-9A-Za-z.+-]*)\s*$"
_ROW = re.compile(CHOCO_REGEX)
_HEADING = "Chocolatey"  # "Chocolatey v2.2.2" stands above the list, and is no package


def parse_list(lines: Iterable[str]) -> PackageVersions:
    """Read what ``choco list`` prints."""
    rows = (_ROW.match(line) for line in lines if not line.startswith(f"{_HEADING} v"))
    packages: PackageVersions = {}
    for row in rows:
        if row is not None:
            packages.setdefault(row[1], set()).add(row[2])
    return packages


def same_version(wanted: str, version: str) -> bool:
    """Whether two texts are one version: ``1.2`` is ``1.2.0``."""
    return re.sub(r"(\.0+)+\Z", "", wanted) == re.sub(r"(\.0+)+\Z", "", version)


class _Choco(PackageManager):
    """Versions are an option, which counts for all packages of a command."""

    def commands(self, command: Words, packages: Sequence[str]) -> Iterator[StringCommand]:
        plain = [text for text in packages if ":" not in text]
        if plain:
            yield StringCommand(command, *map(QuoteString, plain))
        for name, _, version in (text.rpartition(":") for text in packages if ":" in text):
            option = StringCommand("--version=", QuoteString(version), _separator="")
            yield StringCommand(command, QuoteString(name), option, "--allow-downgrade")


CHOCO = _Choco(
    program="choco",
    # Since version 2 "choco list" tells of this machine, and does not know the option for that any more.
    listing="case $(choco --version) in 0.*|1.*) l=--local-only;; *) l=;; esac; choco list $l --limit-output",
    parse=parse_list,
    install="choco install -y",
    upgrade="choco upgrade -y",
    remove="choco uninstall -y -x",
    version_join=":",
    same_version=same_version,
    key=str.lower,
)
