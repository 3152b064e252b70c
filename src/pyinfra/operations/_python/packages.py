"""Packages of an environment: by name, or as a requirements file says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pyinfra import host
from pyinfra._lib.packages import Decision, Installed, Item, PackageManager, carry_out
from pyinfra._lib.packages.deciding import after
from pyinfra._lib.packages.newest import Newest
from pyinfra._lib.packages.requirements import as_listed, decided, is_exact, read_requirements
from pyinfra.api import FactBase, OperationTypeError, OperationValueError, StringCommand
from pyinfra.api.planning import affects, change, promise
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import FileContents


def settled(
    manager: PackageManager,
    fact: type[FactBase[Any]],
    items: Sequence[Item],
    installed: Installed,
    *,
    present: bool,
    newest: Newest,
    arguments: Mapping[str, Any],
) -> Iterator[StringCommand]:
    """Yield what makes packages be installed, or not, and promise what will be.

    Args:
        manager: how that is done.
        fact: what is installed.
        items: what is asked for.
        installed: value of the fact.
        present: whether they shall be installed.
        newest: newer versions that are wanted.
        arguments: of the fact.
    """
    decision = decided(items, installed, present, newest.names(installed))
    yield from carry_out(manager, decision, installed, newest.versions)
    promise_packages(fact, decision, installed, newest, **arguments)


def promise_packages(
    fact: type[FactBase[Any]], decision: Decision, installed: Installed, newest: Newest, **arguments: Any
) -> None:
    """Say what will be installed; of new packages not in which version: their names may be listed in another spelling.

    Args:
        fact: what is installed.
        decision: what is done.
        installed: value of the fact.
        newest: newer versions that are wanted.
        arguments: of the fact.
    """
    if decision:
        then = after(decision, installed, newest.versions)
        promise(fact, {name: _known(name, then[name], installed) for name in then}, exact=False, **arguments)


def _known(name: str, versions: set[str] | None, installed: Installed) -> set[str] | None:
    return versions if versions and name in installed and all(map(is_exact, versions)) else None


def from_file(
    manager: PackageManager, path: str, installed: Installed, *, present: bool, latest: bool
) -> Iterator[StringCommand]:
    """Yield what does as a requirements file says, unless it can be seen that all is done.

    Args:
        manager: how that is done.
        path: of the file, on the host.
        installed: what is installed.
        present: whether it shall be installed.
        latest: whether to look for newer versions, every time.
    """
    lines = host.get_fact(FileContents, path=path)
    asked = None if lines is None else read_requirements(lines)
    if asked is not None and _is_done(asked, installed, present, latest):
        host.noop(f"packages are as {path} says")
        return
    command = manager.remove if not present else manager.upgrade if latest and manager.upgrade else manager.install
    yield StringCommand(command, "-r", path_word(path))
    change(f"packages in {path}", "installed", None, "as the file says" if present else None)
    affects(*manager.touches, manager.resource)


def _is_done(asked: Sequence[Item], installed: Installed, present: bool, latest: bool) -> bool:
    if present:
        return not latest and not decided(asked, installed, present)
    return not any(item.name in installed for item in as_listed(asked, installed))  # whatever their versions


def checked_requirements(requirements: Any) -> None:
    """Raise an error for what cannot be the path of a requirements file."""
    if requirements is None:
        return
    if not isinstance(requirements, str):
        raise OperationTypeError(f"requirements must be a path, not {requirements!r}", argument="requirements")
    if not requirements or "\0" in requirements:
        raise OperationValueError(f"{requirements!r} cannot be a file of requirements", argument="requirements")
