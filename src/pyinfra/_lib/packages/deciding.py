"""What has to be done about packages. Pure: what is installed goes in, names come out."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from operator import eq
from typing import Any

from pyinfra.api import OperationTypeError, OperationValueError

# Versions by name. None instead of versions: it will be installed by then, nobody knows in which one.
Installed = Mapping[str, AbstractSet[str] | None]


@dataclass(frozen=True, slots=True)
class Item:
    """A package that is asked for.

    Attributes:
        name: its name, as it is listed.
        version: the version that it shall have; None when any will do.
        text: as it was written, which is how package managers want it.
        others: packages that will do just as well; the first one is installed when there is none.
    """

    name: str
    version: str | None
    text: str
    others: tuple[Item, ...] = ()


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

    def __bool__(self) -> bool:
        return bool(self.install or self.upgrade or self.remove)


def parse_items(
    packages: str | Iterable[str | Sequence[str]] | None, join: str | None, key: Callable[[str], str] = str
) -> list[Item]:
    """Take what an operation was given apart; every package once.

    Args:
        packages: a name or several, each perhaps with a version; a list among them has names of which any will do.
        join: what stands between name and version, the last one counts; None where there are no versions.
        key: under which name a package is listed.

    Raises:
        OperationTypeError: something is no text.
        OperationValueError: a name is empty, holds blanks, or would be taken for an option.

    Example:
        >>> [item.name for item in parse_items(["nginx=1.22", ["exim4", "postfix"]], "=")]
        ['nginx', 'exim4']
    """
    if packages is not None and not isinstance(packages, (str, Iterable)):
        raise OperationTypeError(f"packages must be names, not {packages!r}", argument="packages")
    given = [packages] if isinstance(packages, str) else list(packages or ())
    items: dict[Item, None] = {}
    for entry in given:
        names = list(entry) if isinstance(entry, (list, tuple)) else [entry]
        if not names:
            raise OperationValueError("a list of alternatives is empty", argument="packages")
        first, *others = [_item(name, join, key) for name in names]
        items[Item(first.name, first.version, first.text, tuple(others))] = None
    return list(items)


def check_name(text: Any) -> None:
    """Raise an error for what cannot be the name of a package.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: it is empty, holds blanks, or would be taken for an option.
    """
    if not isinstance(text, str):
        raise OperationTypeError(f"a package is a text, not {text!r}", argument="packages")
    if not text or text.startswith("-") or any(character.isspace() or character == "\0" for character in text):
        raise OperationValueError(f"{text!r} cannot be the name of a package", argument="packages")


def _item(text: Any, join: str | None, key: Callable[[str], str]) -> Item:
    check_name(text)
    name, separator, version = text.rpartition(join) if join else ("", "", "")
    return Item(key(name), version, text) if separator and name and version else Item(key(text), None, text)


def decide(
    items: Iterable[Item],
    installed: Installed,
    present: bool = True,
    newer: Container[str] = (),
    same_version: Callable[[str, str], bool] = eq,
) -> Decision:
    """Compare what is wanted with what there is.

    Args:
        items: the packages.
        installed: what is installed.
        present: whether they shall be there.
        newer: names of which there is a newer version that is wanted.
        same_version: whether an installed version is the wanted one.

    Example:
        >>> decision = decide(parse_items(["a", "b=2"], "="), {"b": {"1"}})
        >>> [item.text for item in decision.install]
        ['a', 'b=2']
    """
    decision: dict[str, list[Item]] = {"install": [], "upgrade": [], "remove": [], "right": []}
    for item in items:
        for part, what in _parts(item, installed, present, newer, same_version):
            decision[part].append(what)
    return Decision(*(tuple(dict.fromkeys(found)) for found in decision.values()))


def _parts(
    item: Item, installed: Installed, present: bool, newer: Container[str], same: Callable[[str, str], bool]
) -> Iterator[tuple[str, Item]]:
    there = [one for one in (item, *item.others) if _is_there(one, installed, same)]
    if not present:
        yield from (("remove", one) for one in there)
        if not there:
            yield "right", item
    elif not there:
        yield "install", item
    else:
        yield ("upgrade" if there[0].version is None and there[0].name in newer else "right"), there[0]


def _is_there(item: Item, installed: Installed, same: Callable[[str, str], bool]) -> bool:
    if item.name not in installed:
        return False
    return item.version is None or any(same(item.version, version) for version in installed[item.name] or ())


def after(decision: Decision, installed: Installed, known: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return what will be installed; None instead of versions that cannot be known beforehand.

    Args:
        decision: what will be done.
        installed: what is installed.
        known: versions that packages will have, by name.
    """
    found: dict[str, Any] = dict(installed)
    for item in (*decision.install, *decision.upgrade):
        version = item.version or (known or {}).get(item.name)
        found[item.name] = {version} if version else None
    for item in decision.remove:
        found.pop(item.name, None)
    return found
