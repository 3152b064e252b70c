"""Which distribution of Linux it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypedDict

from pyinfra._core.effects import Resource, path
from pyinfra._engine.facts.base import FactBase, ShortFactBase

from .lines import unquoted

_ASSIGNMENT = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)\Z")
_RELEASE_TEXT = re.compile(r"(?P<name>\S.*?)(?: Linux)? release (?P<version>[0-9]+(?:\.[0-9]+)*)\b")
_VERSION = re.compile(r"([0-9]+)(?:\.([0-9]+))?(?![0-9])")
# Names that deploys compare with; others have the name that they give themselves.
_PRETTY_NAMES = {
    "alpine": "Alpine",
    "centos": "CentOS",
    "debian": "Debian",
    "fedora": "Fedora",
    "gentoo": "Gentoo",
    "opensuse": "openSUSE",
    "opensuse-leap": "openSUSE",
    "rhel": "RedHat",
    "ubuntu": "Ubuntu",
}
_IDS_OF_TEXTS = {"centos": "centos", "fedora": "fedora", "gentoo": "gentoo", "red hat enterprise": "rhel"}
# These files are short: builtins cost less than a process. os-release comes first, and once.
_READ_RELEASES = """once=
for f in /etc/os-release /usr/lib/os-release /etc/*-release; do
case $f:$once in */os-release:?*) continue ;; esac
if [ -f "$f" ] && [ -r "$f" ]; then
while IFS= read -r line || [ -n "$line" ]; do printf '%s\\n' "$line"; done <"$f"
case $f in */os-release) once=1 ;; esac
fi; done"""
_RELEASE_FILES = (path("/etc/os-release"), path("/usr/lib/os-release"))


class LinuxDistributionDict(TypedDict):
    """Name and version of a distribution, and what its release files say."""

    name: str | None
    major: int | None
    minor: int | None
    release_meta: dict[str, str]


class LinuxDistribution(FactBase[LinuxDistributionDict]):
    """Name and version of the distribution; all ``None`` when it is not known."""

    @staticmethod
    def default() -> LinuxDistributionDict:
        return {"name": None, "major": None, "minor": None, "release_meta": {}}

    def command(self) -> str:
        return _READ_RELEASES

    def resources(self) -> Iterable[Resource] | None:
        return _RELEASE_FILES

    def process(self, output: list[str]) -> LinuxDistributionDict:
        meta, texts = _read_release(output)
        text = next((match for match in map(_RELEASE_TEXT.match, texts) if match is not None), None)
        identity = meta.get("ID", "").lower() or _identity_of(texts)
        own_name = meta.get("NAME") or meta.get("DISTRIB_ID") or (text["name"] if text else None)
        name = _PRETTY_NAMES.get(identity, own_name)
        if not name:
            return self.default()
        version = meta.get("VERSION_ID") or meta.get("DISTRIB_RELEASE") or (text["version"] if text else "")
        match = _VERSION.match(version)
        return {
            "name": name,
            "major": int(match[1]) if match else None,
            "minor": int(match[2]) if match and match[2] else None,
            "release_meta": meta,
        }


class LinuxName(ShortFactBase[str]):
    """Name of the distribution, such as ``"Ubuntu"``."""

    fact = LinuxDistribution

    def process_data(self, data: Any) -> str:
        name: str = data["name"]
        return name


class OsRelease(FactBase[dict[str, str]]):
    """What ``/etc/os-release`` says, by lower-case names."""

    def command(self) -> str:
        return (
            'for f in /etc/os-release /usr/lib/os-release; do if [ -r "$f" ]; then\n'
            'while IFS= read -r line || [ -n "$line" ]; do printf \'%s\\n\' "$line"; done <"$f"\n'
            "break; fi; done"
        )

    def resources(self) -> Iterable[Resource] | None:
        return _RELEASE_FILES

    def process(self, output: list[str]) -> dict[str, str]:
        return {name.lower(): value for name, value in _read_release(output)[0].items()}


class LsbRelease(FactBase[dict[str, str]]):
    """What ``lsb_release`` says: ``id``, ``release``, ``codename``, ``description``."""

    def requires_command(self) -> str:
        return "lsb_release"

    def command(self) -> str:
        return "lsb_release -a 2>/dev/null"

    def resources(self) -> Iterable[Resource] | None:
        return (*_RELEASE_FILES, path("/etc/lsb-release"))

    def process(self, output: list[str]) -> dict[str, str]:
        items: dict[str, str] = {}
        for line in output:
            key, colon, value = line.partition(":")
            if colon and key.strip():
                items[key.split()[-1].lower()] = value.strip()
        return items


def _read_release(output: list[str]) -> tuple[dict[str, str], list[str]]:
    """The assignments (the first of a name counts: os-release comes first) and the other lines."""
    meta: dict[str, str] = {}
    texts: list[str] = []
    for line in output:
        match = _ASSIGNMENT.match(line)
        if match is not None:
            meta.setdefault(match[1], unquoted(match[2]))
        elif line.strip() and not line.lstrip().startswith("#"):
            texts.append(line.strip())
    return meta, texts


def _identity_of(texts: list[str]) -> str:
    for text in texts:
        for start, identity in _IDS_OF_TEXTS.items():
            if text.lower().startswith(start):
                return identity
    return ""
