"""What makes two operation calls on different hosts the same operation.

The same function called from the same place, for the same time, is one operation, on whatever hosts. In a deploy the
place is the chain of user code lines that leads to the call; for ``add_op`` it is that of the ``add_op`` call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pyinfra._core.locations import Site, describe_site

if TYPE_CHECKING:
    from .host import Host
    from .state import State


class Identity(NamedTuple):
    """Hash, sort key and place of one operation of a run."""

    op_hash: str
    order: tuple[int, ...]
    place: str | None


def function_name(function: Any) -> str:
    """Name of a function, unique among functions."""
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', repr(function))}"


def make_op_hash(*parts: object) -> str:
    """Hash parts of an identity."""
    return hashlib.sha1("\0".join(map(str, parts)).encode("utf-8", "surrogateescape")).hexdigest()  # noqa: S324


def place_of(frames: Sequence[Site]) -> str | None:
    """The innermost place, as ``deploy.py:12``."""
    return describe_site(frames[-1]) if frames else None


def call_identity(state: State, function: Any, frames: Sequence[Site]) -> Identity:
    """Identity of an operation that a program adds for many hosts with one call."""
    state.calls_made += 1
    place = place_of(frames)
    return Identity(make_op_hash(function_name(function), place, state.calls_made), (state.calls_made,), place)


def site_identity(
    state: State, host: Host, function: Any, frames: Sequence[Site], parent: str | None, batch: int
) -> Identity:
    """Identity of an operation that deploy code calls for one host."""
    site = (batch, parent, function_name(function), tuple(frames), tuple(host.loop_position))
    count = host.site_counts.get(site, 0)
    host.site_counts[site] = count + 1
    lines = [line for _, line in frames]
    # A place inside of host.loop is ordered by the iteration before the line within it.
    order = (batch, *lines[:1], *host.loop_position, *lines[1:], count)
    return Identity(make_op_hash(*site, count), order, place_of(frames))
