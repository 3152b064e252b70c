"""What has to be done about packages. Pure: what is installed goes in, names come out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyinfra.api import OperationTypeError, OperationValueError

Installed = Mapping[str, frozenset[str]]  # versions by name; an empty set when they are not known


@dataclass(frozen=True, slots=True)
class Item:
    """A package that is asked for.

    Attributes:
        name: its name.
        version: the version that it shall have; None when any will do.
        text: as it was written, which is how package managers want it.
    """

    name: str
    version: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done.

    Attributes:
        install: missing packages, or ones of another version.
        upgrade: installed packages of which there is a newer version.
        remove: packages that shall not be there.
        right: packages that are as they should be.
    """

    install: tuple[Item, ...] = ()
    upgrade: tuple[Item, ...] = ()
    remove: tuple[Item, ...] = ()
    right: tuple[Item, ...] = ()


def parse_items(packages: str | Iterable[str] | None, join: str | None) -> list[Item]:
    """Take what an operation was given apart; every package once.

    Args:
        packages: a name or several, each perhaps with a version.
        join: what stands between name and version; None where there are no versions.

    Raises:
        OperationTypeError: something is no text.
        OperationValueError: a name is empty, holds blanks, or would be taken for an option.
    """
    texts = [packages] if isinstance(packages, str) else list(packages or ())
    return [_item(text, join) for text in dict.fromkeys(texts)]


def _item(text: object, join: str | None) -> Item:
    if not isinstance(text, str):
        raise OperationTypeError(f"a package is a text, not {text!r}", argument="packages")
    if not text or text.startswith("-") or any(character.isspace() or character == "\0" for character in text):
        raise OperationValueError(f"{text!r} cannot be the name of a package", argument="packages")
    name, separator, version = text.rpartition(join) if join else ("", "", "")
    return Item(name, version, text) if separator and name else Item(text, None, text)


def decide(
    items: Iterable[Item], installed: Installed, present: bool = True, upgradeable: Iterable[str] = ()
) -> Decision:
    """Compare what is wanted with what there is.

    Args:
        items: the packages.
        installed: what is installed.
        present: whether they shall be there.
        upgradeable: names of which there is a newer version that is wanted.

    Example:
        >>> decide(parse_items(["a", "b=2"], "="), {"b": frozenset({"1"})}).install
        (Item(name='a', version=None, text='a'), Item(name='b', version='2', text='b=2'))
    """
    newer = frozenset(upgradeable)
    parts: dict[str, list[Item]] = {"install": [], "upgrade": [], "remove": [], "right": []}
    for item in items:
        parts[_part(item, installed, present, newer)].append(item)
    return Decision(*(tuple(parts[name]) for name in ("install", "upgrade", "remove", "right")))


def _part(item: Item, installed: Installed, present: bool, newer: frozenset[str]) -> str:
    versions = installed.get(item.name)
    matches = versions is not None and (item.version is None or item.version in versions)
    if not present:
        return "remove" if matches else "right"
    if not matches:
        return "install"
    return "upgrade" if item.version is None and item.name in newer else "right"
