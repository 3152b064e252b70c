"""Facts about opkg.

Example:
    >>> host.get_fact(OpkgPackages)
    {'dnsmasq': {'2.86-16'}}
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from pyinfra._core.effects import Resource, path, tree
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import AVAILABLE, PACKAGES
from pyinfra._lib.packages.opkg import OPKG

from ._packages import InstalledPackages

__all__ = [
    "OpkgConf",
    "OpkgConfInfo",
    "OpkgFeedInfo",
    "OpkgFeeds",
    "OpkgInstallableArchitectures",
    "OpkgPackages",
    "OpkgPkgUpgradeInfo",
    "OpkgUpgradeablePackages",
]

_UPGRADEABLE = re.compile(r"([A-Za-z0-9]\S*) - (\S+) - (\S+)\s*\Z")  # "dnsmasq - 2.86-15 - 2.86-16"
_FORMATS = ("src", "src/gz", "dist", "dist/gz")
_FILE = re.compile(r"== (/etc/opkg\S*\.conf)\Z")
# No process: there may be many files, and little else on such a host.
_FILES = (
    'for f in /etc/opkg.conf /etc/opkg/*.conf; do [ -r "$f" ] && [ -f "$f" ] || continue; printf \'== %s\\n\' "$f"; '
    'while read -r line || [ -n "$line" ]; do printf \'%s\\n\' "$line"; done <"$f"; done'
)


class OpkgPkgUpgradeInfo(NamedTuple):
    """A package of which there is a newer version.

    Attributes:
        installed: the version that is installed.
        available: the newer one.
    """

    installed: str
    available: str


class OpkgConfInfo(NamedTuple):
    """The configuration of opkg.

    Attributes:
        paths: where packages can be installed, by name.
        list_dir: where the lists of packages are kept.
        options: what else is set; True where there is no value.
        arch_cfg: priorities by architecture.
    """

    paths: dict[str, str]
    list_dir: str
    options: dict[str, str | bool]
    arch_cfg: dict[str, int]


class OpkgFeedInfo(NamedTuple):
    """Where packages come from.

    Attributes:
        url: the address.
        fmt: how its list is packed: ``src/gz``.
        kind: ``distribution`` or ``custom``.
    """

    url: str
    fmt: str
    kind: str


class OpkgPackages(InstalledPackages):
    """The installed packages with their versions.

    Example:
        >>> host.get_fact(OpkgPackages)
        {'dnsmasq': {'2.86-16'}}
    """

    manager = OPKG


class OpkgFact(FactBase[Any]):
    """Base of the other facts about opkg."""

    abstract = True

    def requires_command(self) -> str:
        return "opkg"

    def resources(self) -> Iterable[Resource]:
        return [path("/etc/opkg.conf"), tree("/etc/opkg")]


class OpkgUpgradeablePackages(OpkgFact, FactBase[dict[str, OpkgPkgUpgradeInfo]]):
    """Installed packages of which there are newer versions, as far as the lists that were fetched tell.

    Example:
        >>> host.get_fact(OpkgUpgradeablePackages)
        {'dnsmasq': OpkgPkgUpgradeInfo(installed='2.86-15', available='2.86-16')}
    """

    abstract = False
    in_plans = False
    default = dict

    def command(self) -> str:
        return "opkg list-upgradable"

    def resources(self) -> Iterable[Resource]:
        return [PACKAGES, AVAILABLE]

    def process(self, output: list[str]) -> dict[str, OpkgPkgUpgradeInfo]:
        rows = filter(None, map(_UPGRADEABLE.match, output))
        return {row[1]: OpkgPkgUpgradeInfo(row[2], row[3]) for row in rows}


class OpkgInstallableArchitectures(OpkgFact, FactBase[dict[str, int]]):
    """The architectures of packages that can be installed, with their priorities: ``{"all": 1, "x86_64": 10}``."""

    abstract = False
    default = dict

    def command(self) -> str:
        return "opkg print-architecture"

    def process(self, output: list[str]) -> dict[str, int]:
        return dict(filter(None, (_architecture(line.split()) for line in output)))


class OpkgConf(OpkgFact, FactBase[OpkgConfInfo]):
    """What the files of configuration say.

    Example:
        >>> host.get_fact(OpkgConf).options
        {'overlay_root': '/overlay', 'check_signature': True}
    """

    abstract = False

    @staticmethod
    def default() -> OpkgConfInfo:
        return OpkgConfInfo({}, "", {}, {})

    def command(self) -> str:
        return _FILES

    def process(self, output: list[str]) -> OpkgConfInfo:
        conf = self.default()
        for _, words in _settings(output):
            conf = _with_setting(conf, words)
        return conf


class OpkgFeeds(OpkgFact, FactBase[dict[str, OpkgFeedInfo]]):
    """Where packages come from, by name; what is not in ``distfeeds.conf`` is custom.

    Example:
        >>> host.get_fact(OpkgFeeds)
        {'base': OpkgFeedInfo(url='https://example.org/base', fmt='src/gz', kind='distribution')}
    """

    abstract = False
    default = dict

    def command(self) -> str:
        return _FILES

    def process(self, output: list[str]) -> dict[str, OpkgFeedInfo]:
        feeds: dict[str, OpkgFeedInfo] = {}
        for file, words in _settings(output):
            if words[0] in _FORMATS and len(words) >= 3:
                kind = "distribution" if file.endswith("/distfeeds.conf") else "custom"
                feeds[words[1]] = OpkgFeedInfo(words[2], words[0], kind)
        return feeds


def _settings(output: list[str]) -> Iterable[tuple[str, list[str]]]:
    """Yield in which file a setting is, and its words, which may be in quotes."""
    file = ""
    for line in output:
        heading = _FILE.match(line)
        if heading is not None:
            file = heading[1]
            continue
        words = [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', line)]
        if words and not words[0].startswith("#"):
            yield file, words


def _with_setting(conf: OpkgConfInfo, words: list[str]) -> OpkgConfInfo:
    kind, *rest = words
    if kind == "dest" and len(rest) >= 2:
        conf.paths[rest[0]] = rest[1]
    elif kind == "lists_dir" and rest:
        return conf._replace(list_dir=rest[-1])
    elif kind == "option" and rest:
        conf.options[rest[0]] = " ".join(rest[1:]) if rest[1:] else True
    else:
        found = _architecture(words)
        conf.arch_cfg.update([found] if found else [])
    return conf


def _architecture(words: list[str]) -> tuple[str, int] | None:
    if len(words) == 3 and words[0] == "arch" and re.fullmatch("[0-9]{1,9}", words[2]):
        return words[1], int(words[2])
    return None
