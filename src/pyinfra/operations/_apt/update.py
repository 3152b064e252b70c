"""``apt.update``: the lists of packages."""

from __future__ import annotations

import posixpath
from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._lib.packages.managers import AVAILABLE
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand, operation
from pyinfra.api.planning import affects, change, path, prefetch
from pyinfra.facts._apt.updates import STAMP, ListsAreFresh
from pyinfra.operations._apt.locks import LISTS_LOCK, wait_for
from pyinfra.operations._public import public_in

Commands = Generator[StringCommand, None, None]

# apt-get is content when lists could not be fetched and it has old ones, or none: nobody may take them for new ones.
_FETCH = f"""e=$(mktemp) || exit 1
trap 'rm -f "$e"' EXIT HUP INT TERM
LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get update 2>"$e"; r=$?
cat "$e" >&2
[ $r -eq 0 ] || exit $r
grep -q 'index files failed to download' "$e" || {{ mkdir -p {posixpath.dirname(STAMP)} && touch {STAMP}; }}"""


@operation(is_idempotent=False)
@public_in("apt")
def update(cache_time: int | None = None) -> Commands:
    """Fetch the lists of packages.

    Lists that are older than the files that name their sources are never good enough, nor are those that could not be
    fetched as a whole, which ``apt-get`` only warns of. Somebody else who is fetching them is waited for, ten minutes
    at most.

    Args:
        cache_time: seconds for which lists that were fetched are good enough; without it they are always fetched.

    Raises:
        OperationValueError: ``cache_time`` is no number of seconds.

    Example:
        apt.update(cache_time=3600)
    """
    if lists_are_fresh(checked_cache_time(cache_time)):
        host.noop("the lists of packages are new enough")
        return
    yield from fetch_lists()


def checked_cache_time(cache_time: Any) -> int | None:
    """Return a number of seconds, or None.

    Raises:
        OperationTypeError: it is no number.
        OperationValueError: it is negative.
    """
    if cache_time is None:
        return None
    if isinstance(cache_time, bool) or not isinstance(cache_time, (int, float)):
        raise OperationTypeError(f"cache_time must be seconds, not {cache_time!r}", argument="cache_time")
    if not 0 <= cache_time < 2**31:
        raise OperationValueError(f"cache_time {cache_time!r} is no number of seconds", argument="cache_time")
    return int(cache_time)


def prefetch_lists(cache_time: int | None) -> None:
    """Start asking how old the lists are, if that matters."""
    if cache_time is not None:
        prefetch(ListsAreFresh, seconds=cache_time)


def lists_are_fresh(cache_time: int | None) -> bool:
    """Whether the lists of packages are good enough."""
    return cache_time is not None and bool(host.get_fact(ListsAreFresh, seconds=cache_time))


def fetch_lists() -> Commands:
    """Yield what fetches the lists of packages."""
    yield wait_for(LISTS_LOCK)
    yield StringCommand(_FETCH)
    change("apt", "lists of packages", None, "fetched")
    affects(AVAILABLE, path(STAMP))
