"""What pip, pipx and uv are asked for: requirements as PEP 508 has them, wheels, and addresses. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from pyinfra.api import OperationTypeError, OperationValueError

from .deciding import Decision, Installed, Item, decide

_OPERATORS = "<>=!~"
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
# Options of a requirements file that say where to look, not what for.
_SEARCHING = {
    "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index", "--trusted-host", "--pre",
    "--prefer-binary", "--only-binary", "--no-binary", "--require-hashes",
}  # fmt: skip
_OF_ONE_LINE = re.compile(r"\s--(?:hash|config-settings|global-option)\b")


def parse_requirements(packages: Any) -> list[Item]:
    """Take what an operation was given apart; names as PEP 503 has them, every requirement once.

    The version of an item is a version, or anything else that PEP 440 calls a specifier: ``>=1,<2``.

    Args:
        packages: a requirement or several: ``flask``, ``Flask[async]==3.0``, ``flask @ https://...``, a path.

    Raises:
        OperationTypeError: something is no text.
        OperationValueError: something is no requirement.

    Example:
        >>> [(item.name, item.version) for item in parse_requirements(["My_Tool==1.0", "b>2"])]
        [('my-tool', '1.0'), ('b', '>2')]
    """
    if packages is not None and not isinstance(packages, (str, Iterable)):
        raise OperationTypeError(f"packages must be requirements, not {packages!r}", argument="packages")
    given = [packages] if isinstance(packages, str) else list(packages or ())
    return list(dict.fromkeys(map(_item, given)))


def _item(given: Any) -> Item:
    if not isinstance(given, str):
        raise OperationTypeError(f"a package is a text, not {given!r}", argument="packages")
    text = given.strip()
    if not text or text.startswith("-") or any(character in text for character in "\0\r\n"):
        raise OperationValueError(f"{given!r} cannot be the name of a package", argument="packages")
    try:
        return _named(Requirement(text), text)
    except InvalidRequirement as error:
        if "/" in text or text in (".", "..") or text.endswith(_ARCHIVES):
            return _from_elsewhere(text)
        raise OperationValueError(
            f"{given!r} is no requirement: {str(error).partition(chr(10))[0]}",
            argument="packages",
            hint="flask, flask==3.0, flask[async]>=3,<4, flask @ https://...",
        ) from error


def _named(wanted: Requirement, text: str) -> Item:
    return Item(canonicalize_name(wanted.name), None if wanted.url else _version(wanted.specifier), text)


def _version(specifiers: SpecifierSet) -> str | None:
    first, *others = [*specifiers] or [None]
    if first is None:
        return None
    exact = not others and first.operator == "==" and not first.version.endswith(".*")
    return str(Version(first.version)) if exact else str(specifiers)


def _from_elsewhere(text: str) -> Item:
    """A path or an address: a wheel tells what it is, and so does ``#egg=``; of others nobody knows the name."""
    egg = _EGG.search(text)
    if egg is not None:
        return Item(canonicalize_name(egg[1]), None, text)
    try:
        name, version, _, _ = parse_wheel_filename(posixpath.basename(unquote(urlsplit(text).path)))
    except (InvalidWheelFilename, ValueError):
        return Item(text, None, text)
    return Item(name, str(version), text)


def same_version(wanted: str, version: str) -> bool:
    """Whether an installed version is the wanted one, or one of the wanted ones."""
    try:
        specifiers = SpecifierSet(wanted if wanted[0] in _OPERATORS else f"=={wanted}")
        return specifiers.contains(version, prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return wanted == version


def is_exact(version: str) -> bool:
    """Whether the text of a version is what will be listed."""
    return version[0] not in _OPERATORS


def as_listed(items: Iterable[Item], installed: Installed) -> list[Item]:
    """Return items with the names under which their packages are listed: ``PyYAML`` for ``pyyaml``."""
    names = {canonicalize_name(name): name for name in installed}
    return [replace(item, name=names.get(canonicalize_name(item.name), item.name)) for item in items]


def decided(items: Iterable[Item], installed: Installed, present: bool, newer: Container[str] = ()) -> Decision:
    """Compare what is asked for with what there is; what is to be removed goes by its name alone.

    Args:
        items: as they were parsed.
        installed: what is installed.
        present: whether they shall be there.
        newer: names of which there is a newer version that is wanted.
    """
    decision = decide(as_listed(items, installed), installed, present, newer, same_version)
    return replace(decision, remove=tuple(Item(item.name, None, item.name) for item in decision.remove))


def read_requirements(lines: Iterable[str]) -> list[Item] | None:
    """Return what a requirements file asks for; None when that takes more than the file to know.

    Args:
        lines: of the file.
    """
    items = []
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).split("\n"):
        text = _OF_ONE_LINE.split(re.sub(r"(^|\s)#.*", "", line).strip())[0]
        if not text or re.split(r"[\s=]", text)[0] in _SEARCHING:
            continue
        try:
            wanted = Requirement(text)
        except InvalidRequirement:  # another file, a path, something to be developed
            return None
        if wanted.url or wanted.marker:
            return None
        items.append(_named(wanted, text))
    return items
