"""``files.copy``: something on the host, in another directory too."""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra.api import OperationError, StringCommand, operation
from pyinfra.api.planning import change
from pyinfra.facts._shell import path_word, script
from pyinfra.operations._public import public_in

from .relocating import Relocation

# A copy is made beside its place and then put there in one step: at no time there is a half of it.
_COPY = """[ -d "$d" ] || { printf '%s is not a directory\\n' "$d" >&2; exit 1; }
[ -e "$s" ] || [ -L "$s" ] || { printf '%s does not exist\\n' "$s" >&2; exit 1; }
t=$(mktemp -d "${d%/}/.pyinfra-XXXXXXXXXX") || exit 1
trap 'rm -rf "$t"' EXIT
trap 'exit 143' HUP INT PIPE TERM
cp -R -P -- "$s" "$t/new" || exit 1
if [ -d "$p" ] || [ -L "$p" ] || { [ -e "$p" ] && [ -d "$s" ]; }; then rm -rf -- "$p" || exit 1; fi
mv -f -- "$t/new" "$p"
"""


@operation()
@public_in("files")
def copy(src: str, dest: str, overwrite: bool = False) -> Generator[StringCommand, None, None]:
    """Ensure that a file, link or directory of the host is in another directory of it too, under the same name.

    Args:
        src: of the file, link or directory, on the host.
        dest: directory on the host.
        overwrite: replace what is there under that name with another content; otherwise that is an error.

    Raises:
        OperationError: ``dest`` is no directory, or there is something else under that name.
        OperationValueError: ``dest`` is inside of ``src``.

    Example:
        files.copy(src="/etc/skel", dest="/srv", overwrite=True)
    """
    way = Relocation.read(src, dest)
    target = way.target.path
    if way.is_same_path or way.same:
        host.noop(f"{target} is the same already")
        return
    if way.target.exists and not overwrite:
        raise OperationError(f"{target} exists and is not the same", hint="overwrite=True replaces it")
    parent = target.rpartition("/")[0] or "/"
    yield script(
        "s=", path_word(way.source.path), " d=", path_word(parent), " p=", path_word(target), "\n", _COPY
    )  # fmt: skip
    change(f"copy {target}", "content", "another content" if way.target.exists else None, f"the one of {src}")
    found = way.source.attributes
    known = {name: None for name in found} if found else None
    if known is not None and found is not None and "link_target" in found:
        known["link_target"] = found["link_target"]
    way.promise_target(known)
    way.promise_same()
