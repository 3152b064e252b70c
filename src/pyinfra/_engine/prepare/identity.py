"""What makes two operation calls on different hosts the same operation.

The same function called from the same place, for the same time, is one operation, on whatever hosts. In a deploy the
place is the path of user code that leads to the call; for ``add_op`` it is that of the ``add_op`` call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

from pyinfra._core.locations import Site, describe_site

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State


class Identity(NamedTuple):
    """Hash, sort key and place of one operation of a run."""

    op_hash: str
    order: tuple[int, ...]
    site: Site | None

    @property
    def place(self) -> str | None:
        """Where it is called, as ``deploy.py:12``. Asked for once for all hosts."""
        return describe_site(self.site) if self.site is not None else None


def function_name(function: Any) -> str:
    """Name of a function, unique among functions."""
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', repr(function))}"


def make_op_hash(*parts: object) -> str:
    """Hash parts of an identity."""
    return hashlib.sha1("\0".join(map(str, parts)).encode("utf-8", "surrogateescape")).hexdigest()  # noqa: S324


def call_identity(state: State, function: Any, sites: Sequence[Site]) -> Identity:
    """Identity of an operation that a program adds for many hosts with one call."""
    state.calls_made += 1
    site = sites[-1] if sites else None
    return Identity(make_op_hash(function_name(function), site, state.calls_made), (state.calls_made,), site)


def site_identity(
    state: State, host: Host, function: Any, frames: Sequence[FrameType], parent: tuple[int, ...]
) -> Identity:
    """Identity of an operation that deploy code, or a callback, calls for one host.

    Args:
        state: the run.
        host: whom it is called for.
        function: the operation's function.
        frames: of user code, outermost first.
        parent: order of the operation whose callback calls it; empty in deploy code.
    """
    path = host.call_path.advance(frames)
    order = (*parent, *path) if parent else (state.calls_made, *path)
    files = tuple(frame.f_code.co_filename for frame in frames)
    count = host.site_counts.get((order, function), 0)  # a call in a generator expression, or on another thread
    host.site_counts[order, function] = count + 1
    key = (function, files, order, count)
    identity = state.identities.get(key)
    if identity is None:
        site = (frames[-1].f_code.co_filename, frames[-1].f_lineno) if frames else None
        op_hash = make_op_hash(function_name(function), *files, *order, count)
        identity = state.identities[key] = Identity(op_hash, (*order, count), site)
    return identity
