"""Where apt gets packages from, as values; both forms in which it is written."""

from __future__ import annotations

import re
from collections.abc import ItemsView, Iterable, Iterator, KeysView, ValuesView
from dataclasses import dataclass, fields
from itertools import product
from typing import Any

_LINE = re.compile(r"(?P<type>deb|deb-src)\s+(?:\[(?P<options>[^\]]*)\]\s*)?(?P<url>\S+)\s+(?P<rest>\S.*)\Z")
_OPTION = re.compile(r"(?P<name>[A-Za-z-]+)(?P<sign>[+-]?)=(?P<value>\S*)\Z")

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\"']+\Z")

Option = str | list[str]


@dataclass(frozen=True, eq=False)
class AptRepo:
    """A place that packages come from. It can be read like a dictionary, and equals one.

    Attributes:
        type: ``deb``, or ``deb-src`` for sources.
        url: where it is.
        distribution: release: ``bookworm``; a path that ends in a slash for a flat repository.
        components: ``["main"]``; none of a flat one.
        options: such as ``{"arch": "amd64", "signed-by": "/etc/apt/keyrings/a.gpg"}``.

    Example:
        >>> parse_apt_repo("deb http://m.example/debian bookworm main")["distribution"]
        'bookworm'
    """

    type: str
    url: str
    distribution: str
    components: list[str]
    options: dict[str, Option]

    def _dict(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, AptRepo):
            return self._dict() == other._dict()
        return self._dict() == other if isinstance(other, dict) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.type, self.url, self.distribution))

    def __getitem__(self, key: str) -> Any:
        return self._dict()[key]

    def __contains__(self, key: object) -> bool:
        return key in self._dict()

    def __iter__(self) -> Iterator[str]:
        return iter(self._dict())

    def __len__(self) -> int:
        return len(fields(self))

    def get(self, key: str, default: Any = None) -> Any:
        """Return an attribute by name."""
        return self._dict().get(key, default)

    def keys(self) -> KeysView[str]:
        """Return the names of the attributes."""
        return self._dict().keys()

    def values(self) -> ValuesView[Any]:
        """Return the attributes."""
        return self._dict().values()

    def items(self) -> ItemsView[str, Any]:
        """Return the attributes with their names."""
        return self._dict().items()


@dataclass(frozen=True)
class AptSourcesFile:
    """A stanza of a ``.sources`` file: several repositories at once.

    Attributes:
        types: ``deb``, ``deb-src``.
        uris: where they are.
        suites: releases.
        components: such as ``main``.
        architectures: for which; None for those of the host.
        signed_by: files with keys, or one key itself; None for any key that apt trusts.
        trusted: ``yes`` when nobody has to have signed them.
    """

    types: list[str]
    uris: list[str]
    suites: list[str]
    components: list[str]
    architectures: list[str] | None = None
    signed_by: list[str] | None = None
    trusted: str | None = None

    @classmethod
    def parse(cls, lines: Iterable[str]) -> AptSourcesFile | None:
        """Return what a stanza says; None when something is missing, or it is switched off."""
        stanza = _fields(lines)
        if stanza is None or stanza.get("enabled", "yes").lower() in ("no", "false", "off", "0"):
            return None
        types, uris, suites = (stanza.get(name, "").split() for name in ("types", "uris", "suites"))
        if not types or not uris or not suites or not {*types} <= {"deb", "deb-src"}:
            return None
        key = stanza.get("signed-by")
        return cls(
            types=types,
            uris=uris,
            suites=suites,
            components=stanza.get("components", "").split(),
            architectures=stanza.get("architectures", "").split() or None,
            signed_by=([key] if "-----BEGIN" in key else re.split(r"[\s,]+", key)) if key else None,
            trusted=stanza.get("trusted"),
        )

    def repos(self) -> list[AptRepo]:
        """Return each combination of type, address and release."""
        options: dict[str, Option] = {}
        for name, found in (("arch", self.architectures), ("signed-by", self.signed_by)):
            if found:
                options[name] = found[0] if len(found) == 1 else list(found)
        if self.trusted:
            options["trusted"] = self.trusted
        return [
            AptRepo(kind, uri, suite, [] if suite.endswith("/") else list(self.components), dict(options))
            for kind, uri, suite in product(self.types, self.uris, self.suites)
        ]

    def text(self) -> str:
        """Return it as the content of a file."""
        stanza = {
            "Types": self.types, "URIs": self.uris, "Suites": self.suites, "Components": self.components,
            "Architectures": self.architectures, "Signed-By": self.signed_by,
            "Trusted": [self.trusted] if self.trusted else None,
        }  # fmt: skip
        return "".join(f"{name}: {_folded(' '.join(found))}\n" for name, found in stanza.items() if found)


def _folded(value: str) -> str:
    """A key itself has several lines, with a dot for the empty ones."""
    first, *rest = value.split("\n")
    return "\n".join([first, *(f" {line.strip() or '.'}" for line in rest)])


def _fields(lines: Iterable[str]) -> dict[str, str] | None:
    """The fields of a stanza, names in small letters; None when a line is none of that."""
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if line.startswith("#"):
            continue
        if line[:1] in (" ", "\t"):
            if not name:
                return None
            more = line.strip()
            found[name] = f"{found[name]}\n{'' if more == '.' else more}".lstrip("\n")
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon or not name or name in found:
            return None
        found[name] = value.strip()
    return found


def parse_apt_repo(name: str) -> AptRepo | None:
    """Return what a line of ``sources.list`` says, or None when it is none.

    Args:
        name: the line.

    Example:
        >>> parse_apt_repo("deb [arch=amd64,i386] http://m.example/debian bookworm main contrib").components
        ['main', 'contrib']
    """
    match = _LINE.match(re.sub(r"\s+#.*", "", name.strip()))
    if match is None:
        return None
    options: dict[str, Option] = {}
    for text in (match["options"] or "").split():
        option = _OPTION.match(text)
        if option is None:
            return None
        values = option["value"].split(",")
        options[option["name"].lower() + option["sign"]] = values[0] if len(values) == 1 else values
    distribution, *components = match["rest"].split()
    if not components and not distribution.endswith("/"):
        return None
    return AptRepo(match["type"], match["url"], distribution, components, options)


def malformed(repo: AptRepo) -> tuple[str, str] | None:
    """Return what apt would not understand, which has it do nothing at all any more: field of a stanza, and why.

    Args:
        repo: as it is to be written.
    """
    if not _URI.match(repo.url):
        return "uris", f"{repo.url!r} is no address"
    if repo.distribution.endswith("/") == bool(repo.components):
        why = "has no components, as it is a path" if repo.components else "needs components"
        return "components", f"{repo.distribution!r} {why}"
    empty = [name for name, value in repo.options.items() if not all([value] if isinstance(value, str) else value)]
    return ("options", f"{empty[0]} has no value") if empty else None


def parse_apt_list_file(lines: list[str]) -> list[AptRepo]:
    """Return the repositories of a ``.list`` file; comments and lines that make no sense are skipped.

    Args:
        lines: of the file.
    """
    return [repo for repo in map(parse_apt_repo, lines) if repo is not None]


def parse_sources_file(lines: Iterable[str]) -> list[AptRepo]:
    """Return the repositories of a ``.sources`` file; stanzas that make no sense, or are switched off, are skipped."""
    repos: list[AptRepo] = []
    stanza: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            stanza.append(line)
            continue
        parsed = AptSourcesFile.parse(stanza) if any(not text.startswith("#") for text in stanza) else None
        repos += parsed.repos() if parsed else []
        stanza = []
    return repos
