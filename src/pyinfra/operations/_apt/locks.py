"""Waiting for somebody else who fetches something: apt waits by itself for those who install, and for nobody else."""

from __future__ import annotations

from pyinfra.api import StringCommand

LISTS_LOCK = "/var/lib/apt/lists/lock"
ARCHIVES_LOCK = "/var/cache/apt/archives/lock"  # what fetches upgrades every day holds it

# The number of a file is not enough: there are several file systems.
_WAIT = """l={lock}; n=0
while [ $n -lt 600 ] && i=$(stat -c %i "$l" 2>/dev/null) &&
p=$(awk -v i="$i" '$2 == "POSIX" && $6 ~ (":" i "$") {{ print $5; exit }}' /proc/locks 2>/dev/null) && [ -n "$p" ] &&
ls -l "/proc/$p/fd" 2>/dev/null | grep -q " $l\\$"; do
[ $((n % 10)) -ne 0 ] || echo "Waiting for lock $l. It is held by process $p ($(cat "/proc/$p/comm"))..."
sleep 1; n=$((n + 1)); done"""


def wait_for(lock: str) -> StringCommand:
    """Return a command that waits until nobody holds a lock, ten minutes at most, and says so.

    Args:
        lock: path of the file.
    """
    return StringCommand(_WAIT.format(lock=lock))
