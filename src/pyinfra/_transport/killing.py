"""Ending what a shell runs, from another shell of the same user: a text of POSIX shell builtins.

What belongs to a request: the descendants of the shell, and what is left of them once their parents are gone. The
latter are known by their session (that of the shell) and by having started after the request did; daemons that
earlier requests left behind in the same session are older, and so are the parents of whatever those start.
A shell that is seen between two requests has no children, and may start the next one before it is killed: what it
starts then is younger than the killer.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

# Values are kept as pp_PID (parent), ss_PID (session) and st_PID (start time in ticks).
_COLLECT = r"""
collect() {
  all=
  if [ -r /proc/self/stat ]; then
    for file in /proc/[0-9]*/stat; do
      { read -r line <"$file"; } 2>/dev/null || continue
      pid=${file#/proc/}; pid=${pid%/stat}
      set -- ${line##*) }
      case $1 in Z|X) continue;; esac
      eval "pp_$pid=\$2 ss_$pid=\$4 st_$pid=\${20}"
      all="$all $pid"
    done
  else
    set -- $(ps -A -o pid= -o ppid= 2>/dev/null || ps -o pid,ppid)
    while [ $# -gt 1 ]; do
      case $1 in *[!0-9]*) ;; *) eval "pp_$1=\$2 ss_$1= st_$1="; all="$all $1";; esac
      shift 2
    done
  fi
}
"""
# below PID: whether PID descends from the shell or from one that is already to be ended.
# orphan PID: whether PID is what a descendant left behind.
_CHOOSE = r"""
below() {
  at=$1
  while :; do
    case " $roots " in *" $at "*) return 0;; esac
    eval "at=\${pp_$at-}"
    case $at in ''|0|1) return 1;; esac
  done
}
lives() {
  kill -0 "$1" 2>/dev/null || return 1
  [ -r "/proc/$1/stat" ] || return 0
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  case ${line##*) } in Z*|X*) return 1;; esac
}
orphan() {
  case $session$since in ''|$session) return 1;; esac
  at=$1
  while :; do
    eval "s=\${ss_$at-} t=\${st_$at-} up=\${pp_$at-}"
    [ "$s" = "$session" ] || break
    [ "$t" -ge "$since" ] || return 1
    at=$up
  done
  [ "$at" != "$1" ]
}
choose() {
  chosen=
  for pid in $all; do
    [ "$pid" = "$shell" ] && continue
    [ "$pid" = "$$" ] && continue
    if below "$pid" || orphan "$pid"; then chosen="$chosen $pid"; fi
  done
}
"""
_MAIN = r"""
collect
eval "parent=\${pp_$child-}"
if [ "$child" != 0 ] && [ "$parent" != "$shell" ]; then echo gone; exit 0; fi
eval "session=\${ss_$shell-}"
since=
for pid in $all; do
  eval "up=\${pp_$pid-} t=\${st_$pid-}"
  if [ "$up" = "$shell" ] && [ -n "$t" ]; then
    if [ -z "$since" ] || [ "$t" -lt "$since" ]; then since=$t; fi
  fi
done
[ -n "$since" ] || eval "since=\${st_$$-}"
roots=$shell
choose
first=$chosen
kill -KILL "$shell" 2>/dev/null
[ -z "$first" ] || kill -TERM $first 2>/dev/null
while [ "$tries" -gt 0 ]; do
  alive=
  for pid in $first; do
    if lives "$pid"; then alive="$alive $pid"; fi
  done
  [ -n "$alive" ] || break
  sleep 0.1 2>/dev/null || { sleep 1; tries=1; }
  tries=$((tries - 1))
done
for round in 1 2 3; do
  for pid in $all; do unset "pp_$pid" "ss_$pid" "st_$pid"; done
  collect
  roots="$shell $alive"
  choose
  [ -n "$chosen" ] || break
  kill -KILL $chosen 2>/dev/null
  alive="$alive $chosen"
done
echo ended
"""
GONE = b"gone"


def kill_script(shell: int, *, child: int = 0, grace: float = 1.0, also_remove: Sequence[str] = ()) -> str:
    """Return the text that ends a shell and everything that it runs. It prints ``ended``, or ``gone``.

    Args:
        shell: process number of the shell.
        child: the process that the request runs in; when it has ended by itself, nothing is done (``gone``).
            0 when it is not known.
        grace: seconds between asking the processes to end and making them.
        also_remove: temporary files and directories to remove afterwards.
    """
    values = f"shell={shell} child={child} tries={max(1, round(grace * 10))} alive= first=\n"
    remove = f"rm -rf -- {shlex.join(also_remove)} 2>/dev/null\n" if also_remove else ""
    return values + _COLLECT + _CHOOSE + _MAIN + remove
