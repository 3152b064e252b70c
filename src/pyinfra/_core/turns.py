"""How those who change the same file on a host at the same time take turns."""

from __future__ import annotations

# Shell functions. take_turn waits until nobody else changes files of the directory $1 in this way, and keeps others
# waiting until leave_turn, or for as long as the shell lasts that it runs in. What locks is the directory itself: that
# needs no file of its own, and ends with whoever did it. The flock of BusyBox cannot wait for a time, and some shells
# close what they have opened for the programs that they run: so it is handed on. Without flock, whoever can make a
# directory has the turn; one that stays for seconds was left behind. Nobody can keep anybody away for good.
TAKE_TURN = r"""
turn=
take_turn() {
  turns=0
  if command -v flock >/dev/null 2>&1 && [ -r "$1" ]; then
    exec 9<"$1"
    flock -w 5 9 9<&9 2>/dev/null || until flock -n 9 9<&9 2>/dev/null || [ $turns -ge 5 ]; do
      turns=$((turns + 1)); sleep 1
    done
    return 0
  fi
  until mkdir /tmp/.pyinfra-turn 2>/dev/null; do
    turns=$((turns + 1))
    [ -d /tmp/.pyinfra-turn ] || [ $turns -lt 200 ] || return 0
    [ $turns -lt 205 ] || break
    [ $turns -lt 200 ] || sleep 1
  done
  turn=/tmp/.pyinfra-turn
}
leave_turn() { [ -z "$turn" ] || rmdir "$turn" 2>/dev/null; turn=; }
"""
