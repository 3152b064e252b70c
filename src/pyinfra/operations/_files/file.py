"""``files.file``: a file is there, whatever it holds."""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra.api import StringCommand, operation
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import File
from pyinfra.operations._public import public_in

from .attributes import Attributes
from .entries import Force, make_parents, promise_entry, promise_gone
from .paths import host_path, missing_parents
from .uploading import promise_content


@operation()
@public_in("files")
def file(
    path: str,
    present: bool = True,
    user: str | None = None,
    group: str | None = None,
    mode: int | str | None = None,
    touch: bool = False,
    create_remote_dir: bool = True,
    force: bool = False,
    force_backup: bool = True,
    force_backup_dir: str | None = None,
) -> Generator[StringCommand, None, None]:
    """Ensure that a file exists with this owner and these permissions, or that it does not.

    A new file is empty; what an existing one holds stays as it is.

    Args:
        path: of the file, on the host.
        present: whether it shall be there.
        user: who shall own it.
        group: which group it shall belong to.
        mode: its permissions as ``chmod`` takes them: ``644``, ``"4755"``, ``"u+x"``.
        touch: set its times to now, every time.
        create_remote_dir: make the directory that it is in when that is missing. An existing one is left as it is.
        force: when something else is there, get it out of the way instead of failing.
        force_backup: move that away, under its name with the time; False to remove it.
        force_backup_dir: directory to move it to.

    Raises:
        OperationError: something else is there and ``force`` is not given.

    Example:
        files.file(path="/var/log/app.log", user="app", group="app", mode="640")
    """
    path = host_path(path)
    wanted = Attributes.checked(user, group, mode)
    way = Force.checked(force, force_backup, force_backup_dir)
    found = host.get_fact(File, path=path)
    if found is False:
        way.refuse_unless_wanted(path, "file")
    if not present:
        yield from _remove(path, found is False, way) if found is not None else _nothing(f"file {path} does not exist")
        return
    missing = missing_parents(path) if found is None and create_remote_dir else []
    if found is False:
        yield from way.commands(path)
    yield from make_parents(missing)
    if not found or touch:
        yield StringCommand("touch", path_word(path))
    elif not wanted.owner_differs(found) and not wanted.mode_differs(found):
        host.noop(f"file {path} already exists")
    yield from wanted.commands(path, found or None)
    after = wanted.after(found or None)
    if not found or touch:
        after.update(size=after["size"] if found else 0, atime=None, mtime=None)
    promise_entry(path, File, after)
    if not found:
        promise_content(path, b"")


def _remove(path: str, something_else: bool, way: Force) -> Generator[StringCommand, None, None]:
    if something_else:
        yield from way.commands(path)
    else:
        yield StringCommand("rm", "-f", path_word(path))
    promise_gone(path)


def _nothing(note: str) -> Generator[StringCommand, None, None]:
    host.noop(note)
    yield from ()
