"""Many hosts as few words, and things that are the same on many hosts taken together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from pyinfra._core.display import visible

from .lines import columns, count, shorten, wrapped

NAMED = 3  # so many hosts are named one by one
T = TypeVar("T")


def fold_hosts(names: Sequence[str], total: int | None = None, width: int = 48) -> str:
    """Name hosts: up to three in full, more by their number and the first names.

    Args:
        names: the hosts.
        total: of how many; None when that does not matter.
        width: columns that the text may take.

    Example:
        >>> fold_hosts(["web1", "web2"]), fold_hosts([f"web{n}" for n in range(1, 13)], width=28)
        ('web1, web2', '12 hosts (web1, web2, ...)')
    """
    if len(names) <= NAMED:
        text = ", ".join(map(visible, names))
        if columns(text) <= width or len(names) == 1:
            return shorten(text, width)
    if len(names) == total:
        return f"all {count(len(names), 'host')}"
    number = count(len(names), "host")
    shown = first_names(names, width - len(number) - 3)
    return f"{number} ({shown})" if shown else number


def first_names(names: Sequence[str], width: int) -> str:
    """As many names as there is room for; empty when there is room for none.

    Example:
        >>> first_names(["web1", "web2", "web3"], 16), first_names(["web1", "web2"], 16)
        ('web1, web2, ...', 'web1, web2')
    """
    whole = ", ".join(map(visible, names[:width]))
    if len(names) <= width and columns(whole) <= width:
        return whole
    shown: list[str] = []
    room = width - len(", ...")
    for name in map(visible, names):
        room -= columns(name) + (2 if shown else 0)
        if room < 0:
            break
        shown.append(name)
    return f"{', '.join(shown)}, ..." if shown else ""


def all_hosts(names: Sequence[str], total: int | None, width: int) -> list[str]:
    """Name every host, over as many lines as it takes."""
    if len(names) == total and len(names) > NAMED:
        return [f"all {count(len(names), 'host')}"]
    return list(wrapped(", ".join(map(visible, names)), width))


def grouped(pairs: Iterable[tuple[str, T]]) -> list[tuple[list[str], T]]:
    """Take hosts with the same value together, in the order in which they come.

    Args:
        pairs: hosts with a value that can be a key of a dictionary.
    """
    groups: dict[T, list[str]] = {}
    for host, value in pairs:
        groups.setdefault(value, []).append(host)
    return [(hosts, value) for value, hosts in groups.items()]
