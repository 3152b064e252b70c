"""``files.directory``: a directory is there."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra.api import StringCommand, operation
from pyinfra.api.planning import affects, prefetch, tree
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import Directory, Link
from pyinfra.operations._public import public_in

from .attributes import Attributes
from .entries import NEW_DIRECTORY, Force, make_parents, promise_entry, promise_gone
from .facts import FirstDiffering
from .paths import host_path, missing_parents, removable


@operation()
@public_in("files")
def directory(
    path: str,
    present: bool = True,
    user: str | None = None,
    group: str | None = None,
    mode: int | str | None = None,
    recursive: bool = False,
    force: bool = False,
    force_backup: bool = True,
    force_backup_dir: str | None = None,
    _no_check_owner_mode: bool = False,
    _no_fail_on_link: bool = False,
) -> Generator[StringCommand, None, None]:
    """Ensure that a directory exists with this owner and these permissions, or that it does not.

    Directories above it are made when they are missing; existing ones are left as they are. One that shall not be
    there is removed with everything below it.

    Args:
        path: of the directory, on the host.
        present: whether it shall be there.
        user: who shall own it.
        group: which group it shall belong to.
        mode: its permissions as ``chmod`` takes them: ``755``, ``"2775"``, ``"g+w"``.
        recursive: give owner, group and permissions to everything below too, when anything there has others.
        force: when something else is there, get it out of the way instead of failing.
        force_backup: move that away, under its name with the time; False to remove it.
        force_backup_dir: directory to move it to.
        _no_check_owner_mode: leave an existing directory as it is.
        _no_fail_on_link: take a symbolic link for the directory.

    Raises:
        OperationError: something else is there and ``force`` is not given.

    Example:
        files.directory(path="/srv/app/releases", user="app", group="app", mode="750")
    """
    path = host_path(path)
    wanted = Attributes.checked(user, group, mode)
    way = Force.checked(force, force_backup, force_backup_dir)
    below = _below(path, wanted) if present and recursive else None
    if below:
        prefetch(FirstDiffering, **below)
    found = host.get_fact(Directory, path=path)
    if found is False and _no_fail_on_link and host.get_fact(Link, path=path):
        host.noop(f"directory {path} is a link")
        return
    if found is False:
        way.refuse_unless_wanted(path, "directory")
    if not present:
        yield from _remove(path, found, way)
    elif found:
        yield from _adjust(path, found, Attributes() if _no_check_owner_mode else wanted, below)
    else:
        yield from _create(path, wanted, way if found is False else None)


def _below(path: str, wanted: Attributes) -> dict[str, Any] | None:
    """What to look for below the directory; None when it does not matter. Symbolic modes depend on each entry."""
    mode = str(wanted.mode) if isinstance(wanted.mode, int) else None
    if wanted.user is None and wanted.group is None and mode is None:
        return None
    return {"path": path, "user": wanted.user, "group": wanted.group, "mode": mode}


def _remove(path: str, found: Any, way: Force) -> Generator[StringCommand, None, None]:
    if found is None:
        host.noop(f"directory {path} does not exist")
        return
    if found is False:
        yield from way.commands(path)
    else:
        yield StringCommand("rm", "-rf", path_word(removable(path)))
        affects(tree(path))
    promise_gone(path)


def _create(path: str, wanted: Attributes, way: Force | None) -> Generator[StringCommand, None, None]:
    missing = missing_parents(path) if way is None else []
    if way is not None:
        yield from way.commands(path)
    yield from make_parents([*missing, path])
    yield from wanted.commands(path, None, directory=True)
    promise_entry(path, Directory, wanted.after(NEW_DIRECTORY, directory=True))


def _adjust(
    path: str, found: Any, wanted: Attributes, below: dict[str, Any] | None
) -> Generator[StringCommand, None, None]:
    differs = wanted.owner_differs(found) or wanted.mode_differs(found, directory=True)
    deep = below is not None and host.get_fact(FirstDiffering, **below) is not None
    if not differs and not deep:
        host.noop(f"directory {path} already exists")
        return
    yield from wanted.commands(path, found, directory=True, recursive=below is not None)
    if below is not None:
        affects(tree(path))
    promise_entry(path, Directory, wanted.after(found, directory=True))
