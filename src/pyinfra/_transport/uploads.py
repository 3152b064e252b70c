r"""Writing a file: beside its destination, checked, given its owner and mode, and only then renamed.

Small content travels within the request, so that a whole operation (directory, file, owner) is one round trip; large
content follows on a channel of its own. It is never in an argument, and never readable by others before its time.
"""

from __future__ import annotations

import posixpath
import secrets
import shlex

from pyinfra._core.turns import TAKE_TURN

from .base import Upload
from .framing import Script
from .replacing import UNCHANGED
from .scripts import plain_path, setup_text

SMALL = 128 * 1024  # bytes that travel within the request

# $d destination, $r random name, $n number of bytes, $m mode, $o owner, $g group, $b suffix of the backup, $h digest of
# what is replaced; content prints the new content. Messages are those of the programs that failed.
_PLACE = r"""
fail() { echo "$1: $2" >&2; exit 1; }
links=0
while [ -L "$d" ]; do
  links=$((links + 1))
  [ "$links" -le 40 ] || fail "$d" 'Too many levels of symbolic links'
  l=$(readlink "$d") || exit 1
  case $l in /*) d=$l;; *) d=${d%/*}/$l;; esac
done
[ ! -d "$d" ] || fail "$d" 'Is a directory'
p=${d%/*}; p=${p:-/}
[ -d "$p" ] || fail "$p" 'No such directory'
if [ -e "$d" ] && [ ! -O "$d" ] && [ ! -w "$d" ]; then fail "$d" 'Permission denied'; fi
t=${p%/}/$r
"""
# A shell's own printing does not say why it failed; cat does. Content that comes through the pipe cannot be had again.
_STEPS = r"""
fill() {
  content >"$1"
  [ "$n" -ne $(wc -c <"$1") ] || return 0
  again "$1"
  [ "$n" -ne $(wc -c <"$1") ] || return 0
  fail "$d" 'could not be written completely'
}
own() {
  if [ -n "$o" ]; then chown "$o${g:+:$g}" "$1" || exit 1
  elif [ -n "$g" ]; then chgrp "$g" "$1" || exit 1
  fi
}
stopped() { [ $s -lt 126 ] || exit $s; }
mode() { if [ -n "$m" ]; then chmod "$m" "$1" || exit 1; fi; }
backup() { if [ -n "$b" ] && [ -f "$d" ]; then cp -p "$d" "$d$b" || exit 1; fi; }
turned() { [ -z "$h" ] || take_turn "$p"; unchanged "$d"; }
in_place() {
  turned; backup
  if [ -f "$d" ]; then fill "$d"; else content >"$d" || exit 1; fi
  own "$d"; mode "$d"; exit 0
}
"""
# A step that was ended by a signal says nothing about the directory: an interrupted upload must not go on in place.
# For the same reason the temporary file is opened before the destination is: who interrupts also removes it.
# The mode of a new file is set in one step: there is no moment at which it may be read by more than it will be.
# The file itself is written where it cannot be replaced (a device, a directory that is not ours, a bind mount), or
# where its owner could not be given to a new one.
_MAIN = r"""
trap leave_turn EXIT
trap 'exit 143' HUP INT PIPE TERM
if [ -e "$d" ] && [ ! -f "$d" ]; then in_place; fi
trap 'rm -f "$t"; leave_turn' EXIT
( set -C; umask 077; : >"$t" ) 2>/dev/null; s=$?
stopped
if [ $s -ne 0 ]; then
  if [ -w "$d" ]; then in_place; fi
  ( : >"$t" ); exit 1
fi
if [ -f "$d" ]; then
  cp -p "$d" "$t" || exit 1
  if [ ! -O "$d" ] && [ -O "$t" ] && [ -w "$d" ]; then rm -f "$t"; in_place; fi
  case $m in ''|[!0-7]*) mode "$t";; *) chmod 600 "$t" || exit 1;; esac
  if command -v selinuxenabled >/dev/null && selinuxenabled; then chcon --reference="$d" "$t" || exit 1; fi
  own "$t"; fill "$t"
else
  own "$t"; fill "$t"
  case $m in [0-7]*) ;; *) chmod "=rw${m:+,$m}" "$t" || exit 1;; esac
fi
mode "$t"; turned; backup
mv -f "$t" "$d" 2>/dev/null; s=$?
stopped
[ $s -ne 0 ] || exit 0
{ [ -f "$t" ] && [ -w "$d" ] && cat <"$t" >"$d"; } || mv -f "$t" "$d" || exit 1
own "$d"; mode "$d"
exit 0
"""
FROM_VARIABLE = """
content() { _pi_o "$_pi_i" 2>/dev/null; }
again() { content | cat >"$1"; }
"""
_FROM_PIPE = """
content() { cat; }
again() { :; }
"""
WRITE = _PLACE + TAKE_TURN + UNCHANGED + _STEPS + _MAIN  # needs values, and content; ends the shell that it runs in


def temporary_name() -> str:
    """Return a file name that nobody can guess."""
    return f".pyinfra-{secrets.token_hex(16)}"


def upload_script(request: Upload, size: int, content: bytes | None, temporary: str) -> Script:
    """Return what writes a file.

    Args:
        request: the upload.
        size: of the content, in bytes.
        content: the whole content, or None when it will follow through the pipe.
        temporary: name of the temporary file, made by :func:`temporary_name`.
    """
    source = _FROM_PIPE if content is None else FROM_VARIABLE
    return Script(
        values(request, size, temporary) + source + WRITE,
        setup=setup_text(request.options, environment=False),
        variable=content,
        temporary=(temporary_path(request, temporary),),
        raw_input=content is None,
    )


def values(request: Upload, size: int, temporary: str) -> str:
    """Return the shell text that says what is to be written where."""
    found = {
        "d": plain_path(request.path),
        "r": temporary,
        "n": str(size),
        "m": request.mode or "",
        "o": request.user or "",
        "g": request.group or "",
        "b": request.backup_suffix or "",
        "h": request.replaces or "",
    }
    return "\n".join(f"{name}={shlex.quote(value)}" for name, value in found.items())


def temporary_path(request: Upload, temporary: str) -> str:
    """Return where something temporary lies while a file is written."""
    directory = posixpath.join(request.options.chdir or "", posixpath.dirname(request.path))
    return posixpath.join(directory, temporary)
