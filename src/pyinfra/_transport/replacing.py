"""Replacing a file only while it holds what was read of it: whoever changed it meanwhile is not overruled."""

from __future__ import annotations

# A shell function: ends the shell it runs in when the file $1 does not hold what $h is the SHA-1 of, or is there at all
# when $h is "-". A host without any of these programs cannot tell, and a file that is gone was changed.
UNCHANGED = r"""
digest() {
  if command -v sha1sum >/dev/null 2>&1; then sha1sum
  elif command -v sha1 >/dev/null 2>&1; then sha1 -q
  elif command -v shasum >/dev/null 2>&1; then shasum
  elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha1
  else echo "$h"
  fi
}
unchanged() {
  [ -n "$h" ] || return 0
  if [ "$h" = - ]; then
    [ -e "$1" ] || return 0
  elif [ -f "$1" ]; then
    case $(digest <"$1") in *"$h"*) return 0;; esac
  fi
  echo "$1: was changed by somebody else just now: it was left alone, run this again" >&2
  exit 1
}
"""
