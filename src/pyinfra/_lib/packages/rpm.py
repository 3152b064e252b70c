"""What dnf, yum and zypper have in common: packages of rpm, their versions, and how people write them."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from itertools import zip_longest

from .listing import PackageVersions

# What "rpm -q" prints for each package: name, version and release with the epoch before them, architecture.
QUERY = r"%{NAME}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\t%{ARCH}\n"

_WITH_VERSION = re.compile(r"([^<>=]+)(<=|>=|=|<|>)([^<>=]+)\Z")
_SEGMENT = re.compile(r"[0-9]+|[A-Za-z]+|~|\^")
_FILE = re.compile(r"(?P<name>[^/]+)-(?P<version>[^-/]+-[^-/]+)\.[A-Za-z0-9_]+\.rpm\Z")
_WANTED = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}


def split_version(text: str) -> tuple[str, str | None]:
    """Take a name and the version that it shall have apart; what comparisons stand for stays with the version.

    Example:
        >>> split_version("nginx=1.22"), split_version("nginx>=1.22")
        (('nginx', '1.22'), ('nginx', '>=1.22'))
    """
    match = None if text.startswith(("/", "(", "@")) or "://" in text else _WITH_VERSION.match(text)
    if match is None:
        return text, None
    name, comparison, version = match.groups()
    return name, version if comparison == "=" else comparison + version


def file_name_parts(name: str) -> tuple[str, str] | None:
    """Return name and version of the package that a file is called after: ``app-1.2-1.noarch.rpm``."""
    match = _FILE.match(name)
    return (match["name"], match["version"]) if match else None


def without_epoch(version: str) -> str:
    """Return a version without what stands before its colon.

    Example:
        >>> without_epoch("1:2.0-1")
        '2.0-1'
    """
    return version.rpartition(":")[2]


def same_version(wanted: str, version: str) -> bool:
    """Whether a version is the wanted one.

    Args:
        wanted: with or without an epoch and a release, perhaps a pattern or a comparison: ``1.22``, ``1.22-3.el9``,
            ``1:1.22``, ``1.*``, ``>=1.22``.
        version: what is installed: ``1:1.22-3.el9``.

    Example:
        >>> same_version("1.22", "1:1.22-3.el9"), same_version(">=1.3", "1.22-1"), same_version("2:1.22", "1.22-1")
        (True, True, False)
    """
    comparison = re.match(r"[<>]=?", wanted)
    if comparison is not None:
        return compare(version, wanted[comparison.end() :]) in _WANTED[comparison.group()]
    epoch, _, rest = version.rpartition(":")
    short = rest.rpartition("-")[0]
    spellings = [rest, short, f"{epoch or 0}:{rest}", f"{epoch or 0}:{short}"]
    return any(fnmatchcase(spelling, wanted) for spelling in spellings)


def compare(one: str, other: str) -> int:
    """Compare versions as rpm does: 1 when the first is newer, -1 when it is older. A missing release is any.

    Example:
        >>> compare("1.10-1", "1.9"), compare("1.0~rc1", "1.0"), compare("1:1", "2")
        (1, -1, 1)
    """
    epoch_1, version_1, release_1 = _parts(one)
    epoch_2, version_2, release_2 = _parts(other)
    found = (epoch_1 > epoch_2) - (epoch_1 < epoch_2) or _compare_texts(version_1, version_2)
    return found or (_compare_texts(release_1, release_2) if release_1 and release_2 else 0)


def _parts(text: str) -> tuple[int, str, str]:
    epoch, _, rest = text.rpartition(":")
    version, _, release = rest.rpartition("-") if "-" in rest else (rest, "", "")
    return int(epoch) if epoch.isdecimal() else 0, version, release


def _compare_texts(one: str, other: str) -> int:
    for left, right in zip_longest(_SEGMENT.findall(one), _SEGMENT.findall(other)):
        key_1, key_2 = _rank(left), _rank(right)
        if key_1 != key_2:
            return 1 if key_1 > key_2 else -1
    return 0


def _rank(segment: str | None) -> tuple[int, int, str]:
    """A tilde is older than the end, everything else newer; numbers are newer than letters."""
    if segment is None:
        return (1, 0, "")
    if segment == "~":
        return (0, 0, "")
    if segment == "^":
        return (2, 0, "")
    return (4, int(segment), "") if segment[0].isdigit() else (3, 0, segment)


def parse_list(lines: list[str]) -> PackageVersions:
    """Read what ``rpm`` prints for ``QUERY``: versions with epochs. Names and versions alone will do."""
    packages: PackageVersions = {}
    for line in lines:
        name, *fields = line.split("\t") if "\t" in line else line.split() or [""]
        if 1 <= len(fields) <= 2 and name and fields[0]:
            packages.setdefault(name, set()).add(fields[0])
    return packages
