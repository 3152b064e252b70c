"""Packages of which it can be found out whether there is a newer version, so that what is the newest is left alone.

An operation reads what is installed and, for ``latest``, what is outdated; ``settle`` does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, StringCommand
from pyinfra.api.planning import Resource, named, promise, tree

from .deciding import Decision, Installed, Item, decide
from .ensuring import carry_out
from .managers import PackageManager

Newer = Mapping[str, str]  # newer versions by name

# Where programs of programming languages are installed: for everybody, or for whoever installs them.
LANGUAGE_TREES = ("/Users", "/home", "/opt", "/root", "/usr", "/var")


def touched(own: Resource) -> tuple[Resource, ...]:
    """What installing packages of a programming language may change.

    Args:
        own: what the list of them tells of.
    """
    return (own, named("programs"), *map(tree, LANGUAGE_TREES))


@dataclass(frozen=True, slots=True)
class Newest:
    """What is known of newer versions.

    Attributes:
        versions: those of outdated packages, by name; None when nobody knows.
    """

    versions: Newer | None = None

    @classmethod
    def of(cls, fact: type[FactBase[Any]], asked: bool = True, **arguments: Any) -> Newest:
        """Read it.

        Args:
            fact: gives versions by name, or None.
            asked: False when it is of no interest.
            arguments: of the fact.
        """
        return cls(host.get_fact(fact, **arguments) if asked else {})

    def names(self, installed: Installed) -> Container[str]:
        """Packages that are to be upgraded; when nobody knows the package manager itself is to find out."""
        return installed if self.versions is None else self.versions

    def meant(self, item: Item, installed: Installed, tag: str = "latest") -> Item:
        """Return an item that says which version is meant by a name for the newest one: ``typescript@latest``."""
        if item.version != tag or (self.versions is None and item.name in installed):
            return item
        return replace(item, version=(self.versions or {}).get(item.name) if item.name in installed else None)


NO_NEWER = Newest({})  # none is known, or none is wanted


def settle(
    manager: PackageManager,
    fact: type[FactBase[Any]],
    items: Iterable[Item],
    installed: Installed,
    *,
    present: bool = True,
    newest: Newest = NO_NEWER,
    keeps_old: bool = False,
    upgraded: bool = False,
    is_exact: Callable[[str], bool] = lambda version: True,
    arguments: Mapping[str, Any] | None = None,
) -> Iterator[StringCommand]:
    """Yield what makes packages be installed, or not, and promise what will be.

    Args:
        manager: how that is done.
        fact: what is installed.
        items: the packages.
        installed: value of the fact.
        present: whether they shall be installed.
        newest: newer versions that are wanted.
        keeps_old: older versions stay beside newer ones.
        upgraded: everything is upgraded before.
        is_exact: whether the text of a version is what will be listed.
        arguments: of the fact.
    """
    decision = decide(items, installed, present, newest.names(installed), manager.same_version)
    known = newest.versions or {}
    yield from carry_out(manager, decision, installed, known)
    if decision:
        before = dict.fromkeys(installed) if upgraded else installed  # nobody knows to which versions
        then = _after(decision, before, known, keeps_old, is_exact, manager.remove_versions)
        promise(fact, then, exact=False, **(arguments or {}))


def _after(
    decision: Decision, installed: Installed, known: Newer, keeps_old: bool, is_exact: Callable[[str], bool],
    remove_versions: bool,
) -> dict[str, Any]:  # fmt: skip
    found: dict[str, Any] = dict(installed)
    for item in (*decision.install, *decision.upgrade):
        version = item.version or known.get(item.name)
        old = (found.get(item.name, set()) if keeps_old else set()) if version and is_exact(version) else None
        found[item.name] = None if old is None else {*old, version}
    for item in decision.remove:
        left = {one for one in found.get(item.name) or () if remove_versions and item.version not in (None, one)}
        found.pop(item.name, None)
        if left:
            found[item.name] = left
    return found
