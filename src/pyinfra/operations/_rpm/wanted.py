"""Which packages are meant by what people write. Pure: names and what is installed go in, items come out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from pyinfra._lib.fetching import is_url
from pyinfra._lib.packages import Item
from pyinfra._lib.packages.rpm import same_version, split_version
from pyinfra.facts._rpm.archives import Rpm
from pyinfra.facts._rpm.installed import Provider, Rpms

_PATTERN = re.compile(r"[*?\[]")
_GROUP = re.compile(r"@|(?:pattern|patch|product|srcpackage):")


def is_file(text: str) -> bool:
    """Whether a package is meant by the file that it is in."""
    return is_url(text) or ("/" in text and text.endswith(".rpm"))


def is_group(text: str) -> bool:
    """Whether it is something that consists of packages: ``@development``, ``@nodejs:20``, ``pattern:devel_C_C++``."""
    return _GROUP.match(text) is not None


def is_pattern(text: str) -> bool:
    """Whether it stands for all packages with such names: ``php-*``."""
    return not is_file(text) and _PATTERN.search(split_version(text)[0]) is not None


def capability(text: str) -> str | None:
    """What a package would have to provide; None for what nobody provides."""
    return None if is_file(text) or is_group(text) or is_pattern(text) else split_version(text)[0]


def named_in(text: str, rpms: Rpms) -> list[str]:
    """Return installed packages of which a text may name another version: ``demo`` of ``demo-1.2``."""
    bases = (text[: match.start()] for match in re.finditer(r"-(?=[0-9])", text))
    return [base for base in bases if base in rpms["versions"]]


class Wanted:
    """Understands names, on a host with certain packages.

    Args:
        rpms: what is installed.
        providers: installed packages by what they provide.
        files: packages in files.
        written: how the package manager wants what was asked for.
    """

    def __init__(
        self,
        rpms: Rpms,
        providers: Mapping[str, Sequence[Provider]],
        files: Mapping[str, Rpm | None],
        written: Callable[[str], str] = str,
    ) -> None:
        self._versions = rpms["versions"]
        self._architectures = rpms["architectures"]
        self._providers = providers
        self._files = files
        self._written = written

    def to_install(self, item: Item) -> Item:
        """Return the package that is meant; those that provide the name, when there are some."""
        if is_file(item.text):
            package = self._files.get(item.text)
            return Item(package["name"], package["version"], item.text) if package else item
        return self._installed(item.text) or self._not_there(item.text)

    def to_remove(self, item: Item) -> Item:
        """Return the package that is meant; if there are more, the others are its alternatives."""
        if is_file(item.text):
            package = self._files.get(item.text)
            return Item(package["name"], None, package["name"]) if package else item
        if is_pattern(item.text):
            name, version = split_version(item.text)
            found = [Item(one, version, one) for one in sorted(self._versions) if fnmatchcase(one, name)]
        else:
            meant = self._installed(item.text)
            found = [] if meant is None else [meant, *meant.others]
        return _together(one for each in found for one in self._there(each)) or self._not_there(item.text)

    def _installed(self, text: str) -> Item | None:
        name, version = split_version(text)
        for base, found in self._spellings(name):
            return Item(base, version or found, self._written(text))
        there = [one for one in self._providers.get(name, ()) if one.name in self._versions]
        return _together(Item(one.name, None, one.name) for one in there if _provides(one, version))

    def _there(self, item: Item) -> Iterator[Item]:
        """Those of its versions that are meant; without a version when that is the only one."""
        versions = self._versions[item.name]
        if item.version is None or versions is None:
            yield item
            return
        meant = [version for version in sorted(versions) if same_version(item.version, version)]
        if meant and len(meant) == len(versions):
            yield Item(item.name, None, item.name)
        else:  # zypper knows no version without its epoch
            yield from (Item(item.name, one, self._written(f"{item.name}={one}")) for one in meant)

    def _not_there(self, text: str) -> Item:
        return Item(*split_version(text), self._written(text))

    def _spellings(self, text: str) -> Iterator[tuple[str, str | None]]:
        """Installed packages that a text may name, with the version that it tells: ``name-1.2-3.x86_64``."""
        if text in self._versions:
            yield text, None
        for base, rest in ((text[: match.start()], text[match.end() :]) for match in re.finditer(r"[.-]", text)):
            architectures = self._architectures.get(base) or ()
            if rest in architectures and text[len(base)] == ".":
                yield base, None
            stem, _, architecture = rest.rpartition(".")
            for version in (rest, stem) if architecture in architectures else (rest,):
                if version and any(same_version(version, one) for one in self._versions.get(base) or ()):
                    yield base, version


def _together(items: Iterable[Item]) -> Item | None:
    found = list(items)
    return replace(found[0], others=tuple(found[1:])) if found else None


def _provides(provider: Provider, version: str | None) -> bool:
    return version is None or (provider.version is not None and same_version(version, provider.version))
