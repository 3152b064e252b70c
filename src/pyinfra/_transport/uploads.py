r"""Writing a file: beside its destination, checked, given its owner and mode, and only then renamed.

Small content travels within the request, so that a whole operation (directory, file, owner) is one round trip; large
content follows on a channel of its own. It is never in an argument, and never readable by others before its time.
"""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from .base import Upload
from .framing import Script
from .scripts import plain_path, setup_text

SMALL = 128 * 1024  # bytes that travel within the request
PIECE = 256 * 1024

# $d destination, $t temporary file, $n number of bytes, $m mode, $o owner, $g group, $b suffix; content() prints
# the new content. Messages go to stderr in the words of the programs that failed.
_FOLLOW = r"""
links=0
while [ -L "$d" ]; do
  links=$((links + 1))
  if [ "$links" -gt 40 ]; then echo "$d: too many levels of symbolic links" >&2; exit 1; fi
  l=$(readlink "$d") || exit 1
  case $l in /*) d=$l;; *) d=${d%/*}/$l;; esac
done
if [ -d "$d" ]; then echo "$d: Is a directory" >&2; exit 1; fi
p=${d%/*}; p=${p:-/}
if [ ! -d "$p" ]; then echo "$p: No such directory" >&2; exit 1; fi
t=${p%/}/.pyinfra-$r
"""
# A shell's own printing does not say why it failed, cat does.
_FILL = r"""
fill() {
  content >"$1"
  [ "$(wc -c <"$1")" -eq "$n" ] && return 0
  again "$1"
  [ "$(wc -c <"$1")" -eq "$n" ] && return 0
  echo "$d: the file could not be written completely" >&2
  return 1
}
"""
# Into the file itself: where it cannot be replaced (a bind mount, a directory that is not ours, a device), or where
# its owner could not be given to a new one.
_IN_PLACE = r"""
in_place() {
  if [ -n "$b" ] && [ -f "$d" ]; then cp -p "$d" "$d$b" || exit 1; fi
  if [ -f "$d" ] || [ ! -e "$d" ]; then
    if [ -s "$t" ] || [ "$n" -eq 0 ] && [ -f "$t" ]; then cat "$t" >"$d" || exit 1; rm -f "$t"
    else fill "$d" || exit 1; fi
  else content >"$d" || exit 1
  fi
  attributes "$d" || exit 1
}
attributes() {
  if [ -n "$o" ]; then chown "$o${g:+:$g}" "$1" || return 1
  elif [ -n "$g" ]; then chgrp "$g" "$1" || return 1
  fi
  if [ -n "$m" ]; then chmod "$m" "$1" || return 1; fi
}
"""
_REPLACE = r"""
trap 'rm -f "$t"' EXIT
trap 'exit 143' HUP INT TERM
if [ -e "$d" ] && [ ! -f "$d" ]; then in_place; exit 0; fi
if ! ( set -C; umask 077; : >"$t" ) 2>/dev/null; then
  if [ -w "$d" ]; then in_place; exit 0; fi
  : >"$t"
  exit 1
fi
if [ -f "$d" ]; then
  cp -p "$d" "$t" || exit 1
  if [ ! -O "$d" ] && [ -O "$t" ] && [ -z "$o" ] && [ -w "$d" ]; then rm -f "$t"; in_place; exit 0; fi
  [ -z "$m$o$g" ] || chmod go= "$t" || exit 1
  if command -v selinuxenabled >/dev/null && selinuxenabled; then chcon --reference="$d" "$t" || exit 1; fi
fi
"""
