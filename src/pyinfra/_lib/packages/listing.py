"""Reading what package managers list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

PackageVersions = dict[str, set[str]]  # versions by name


def by_pattern(pattern: str) -> Callable[[Iterable[str]], PackageVersions]:
    """Return a function that reads a list of one package a line; lines that do not match are skipped.

    Args:
        pattern: regular expression; its first group is the name, its second the version.

    Example:
        >>> by_pattern(r"(\\S+) (\\S+)$")(["bash 5.2", "?"])
        {'bash': {'5.2'}}
    """
    compiled = re.compile(pattern)

    def read(lines: Iterable[str]) -> PackageVersions:
        packages: PackageVersions = {}
        for line in lines:
            match = compiled.match(line)
            if match is not None:
                packages.setdefault(match.group(1), set()).add(match.group(2))
        return packages

    return read
