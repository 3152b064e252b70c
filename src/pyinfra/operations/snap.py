"""Snaps.

Example:
    from pyinfra.operations import snap

    snap.package(packages=["lxd"], channel="5.0/stable", _sudo=True)
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Mapping
from typing import Any

from pyinfra import host
from pyinfra._lib.packages import Decision, Item, carry_out, parse_items
from pyinfra._lib.packages.snap import snap, whole_channel
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand, operation
from pyinfra.api.planning import affects, change, prefetch, promise
from pyinfra.facts._snap.installed import SnapChannels
from pyinfra.facts.snap import SnapPackage

__all__ = ["package"]

_CHANNEL = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]*(?:/[A-Za-z0-9._-]+){0,2}\Z")


@operation()
def package(
    packages: str | list[str] | None = None,
    channel: str = "latest/stable",
    classic: bool = False,
    present: bool = True,
) -> Generator[StringCommand, None, None]:
    """Ensure that snaps are installed and follow a channel, or that they are not installed.

    Args:
        packages: their names.
        channel: which versions they follow: ``latest/stable``, ``5.0/stable``, ``edge``.
        classic: they may do what they like on the host; some can only be installed so.
        present: whether they shall be installed.

    Raises:
        OperationValueError: something cannot be the name of a snap, or of a channel.

    Example:
        snap.package(packages=["lxd"], channel="5.0/stable")
    """
    whole = whole_channel(_checked(channel))
    items = parse_items(packages, None)
    if not items:
        return
    prefetch(SnapChannels)
    installed = _channels(items, host.get_fact(SnapChannels)) if present else host.get_fact(SnapChannels)
    manager = snap(channel, classic)
    decision = _decide(items, installed, whole, present)
    versions = dict.fromkeys(installed)
    yield from carry_out(manager, Decision(decision.install, (), decision.remove, decision.right), versions)
    if decision.upgrade:
        yield from manager.commands(manager.upgrade or "", [item.text for item in decision.upgrade])
        for item in decision.upgrade:
            change(f"snap {item.name}", "channel", installed[item.name], whole)
        affects(*manager.touches)
    if decision:
        promise(SnapChannels, _after(decision, installed, whole), exact=False)


def _checked(channel: Any) -> str:
    if not isinstance(channel, str):
        raise OperationTypeError(f"channel must be a text, not {channel!r}", argument="channel")
    if not _CHANNEL.match(channel):
        raise OperationValueError(f"{channel!r} is no channel", argument="channel")
    return channel


def _channels(items: Iterable[Item], listed: Mapping[str, str | None]) -> dict[str, str | None]:
    """The channels of installed snaps; the list cuts some of them off, and more is asked about those."""
    cut = [item.name for item in items if item.name in listed and listed[item.name] is None]
    for name in cut:
        prefetch(SnapPackage, package=name)
    told = {name: host.get_fact(SnapPackage, package=name).get("channel") for name in cut}
    return {**listed, **{name: channel and whole_channel(channel) for name, channel in told.items()}}


def _decide(items: Iterable[Item], installed: Mapping[str, str | None], channel: str, present: bool) -> Decision:
    if not present:
        gone = tuple(item for item in items if item.name in installed)
        return Decision(remove=gone, right=tuple(item for item in items if item.name not in installed))
    there = [item for item in items if item.name in installed]
    return Decision(
        install=tuple(item for item in items if item.name not in installed),
        upgrade=tuple(item for item in there if installed[item.name] != channel),
        right=tuple(item for item in there if installed[item.name] == channel),
    )


def _after(decision: Decision, installed: Mapping[str, str | None], channel: str) -> dict[str, str | None]:
    gone = {item.name for item in decision.remove}
    # Lists cut off what comes after the second part.
    new = {item.name: channel if channel.count("/") == 1 else None for item in (*decision.install, *decision.upgrade)}
    return {**{name: value for name, value in installed.items() if name not in gone}, **new}
