"""What package managers print."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyinfra._lib.packages.listing import PackageVersions, by_pattern

__all__ = [
    "REPO_FILENAME_MARKER",
    "PackageVersionDict",
    "parse_packages",
    "parse_yum_repositories",
    "parse_zypper_repositories",
]

REPO_FILENAME_MARKER = "#pyinfra-filename:"

PackageVersionDict = PackageVersions

_SECTION = re.compile(r"\[(.+)\]\s*\Z")


def parse_packages(regex: str, output: Iterable[str]) -> PackageVersionDict:
    """Return the versions of packages by name; lines that do not match are skipped.

    Args:
        regex: its first group is the name, its second the version.
        output: lines.

    Example:
        >>> parse_packages(r"^(\\S+) (\\S+)$", ["bash 5.2", "?"])
        {'bash': {'5.2'}}
    """
    return by_pattern(regex)(output)


def parse_yum_repositories(output: Iterable[str]) -> list[dict[str, str]]:
    """Return the repositories of dnf and yum.

    Args:
        output: repository files, each behind a line of ``REPO_FILENAME_MARKER`` and its path.

    Example:
        >>> parse_yum_repositories(["[base]", "baseurl = http://m.example"])
        [{'repoid': 'base', 'name': 'base', 'baseurl': 'http://m.example'}]
    """
    repositories: list[dict[str, str]] = []
    current: dict[str, str] | None = None
    filename: str | None = None
    for line in map(str.strip, output):
        if line.startswith(REPO_FILENAME_MARKER):
            filename = line.removeprefix(REPO_FILENAME_MARKER).strip()
            current = None
            continue
        if not line or line.startswith(("#", ";")):
            continue
        section = _SECTION.match(line)
        if section is not None:
            current = {"repoid": section.group(1), "name": section.group(1)}
            if filename is not None:
                current["filename"] = filename
            if section.group(1) != "main":  # options of the manager itself
                repositories.append(current)
        elif current is not None and "=" in line:
            key, _, value = line.partition("=")
            current[key.strip()] = value.strip()
    return repositories


def parse_zypper_repositories(output: Iterable[str]) -> list[dict[str, str]]:
    """Return the repositories of zypper, whose files look like those of dnf."""
    return parse_yum_repositories(output)
