"""``files.move``: something on the host, in another directory."""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra.api import OperationError, StringCommand, operation
from pyinfra.api.planning import change
from pyinfra.facts._shell import path_word, script
from pyinfra.facts.files import Directory
from pyinfra.operations._public import public_in

from .relocating import Relocation

# A file is replaced in one step; only what is no file has to go first, and nothing goes before all is in order.
_MOVE = """[ -d "$d" ] || { printf '%s is not a directory\\n' "$d" >&2; exit 1; }
[ -e "$s" ] || [ -L "$s" ] || { printf '%s does not exist\\n' "$s" >&2; exit 1; }
if [ "$s" -ef "$p" ] && [ ! -L "$s" ]; then printf '%s and %s are the same\\n' "$s" "$p" >&2; exit 1; fi
if [ -d "$p" ] || [ -L "$p" ] || { [ -e "$p" ] && [ -d "$s" ]; }; then rm -rf -- "$p" || exit 1; fi
mv -f -- "$s" "$p"
"""


@operation()
@public_in("files")
def move(src: str, dest: str, overwrite: bool = False) -> Generator[StringCommand, None, None]:
    """Ensure that a file, link or directory of the host is in another directory of it, under the same name.

    One that is no more where it was, but in that directory, has been moved already.

    Args:
        src: of the file, link or directory, on the host.
        dest: directory on the host.
        overwrite: replace what is there under that name; otherwise that is an error.

    Raises:
        OperationError: ``dest`` is no directory, or there is something else under that name.
        OperationValueError: ``dest`` is inside of ``src``.

    Example:
        files.move(src="/tmp/release", dest="/srv")
    """
    way = Relocation.read(src, dest)
    source, target = way.source.path, way.target.path
    if way.is_same_path or (way.target.exists and not way.source.exists):
        host.noop(f"{target} is there already")
        return
    if way.target.exists and not overwrite:
        raise OperationError(f"{target} exists already", hint="overwrite=True replaces it")
    parent = target.rpartition("/")[0] or "/"
    yield script("s=", path_word(source), " d=", path_word(parent), " p=", path_word(target), "\n", _MOVE)
    change(f"move {source}", "path", source, target)
    found = way.source.attributes
    changed = ("atime", "ctime", *(["size"] if way.source.kind is Directory else []))
    way.promise_target({**found, **dict.fromkeys(changed)} if found else None)
    way.promise_source_gone()
