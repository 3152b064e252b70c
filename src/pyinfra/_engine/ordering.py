"""One order of all operations that keeps the order of every host."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from pyinfra._core.errors import PyinfraError

if TYPE_CHECKING:
    from .state import State


def order_operations(state: State) -> list[str]:
    """Merge the orders of all hosts; where they leave a choice, the place in the user's code decides.

    Raises:
        PyinfraError: when two hosts contradict one another, naming them and the two operations.
    """
    sequences = list(dict.fromkeys(tuple(host.op_hash_order) for host in state.inventory))
    if len(sequences) == 1:
        return list(sequences[0])
    return merge(sequences, lambda op_hash: state.op_meta[op_hash].op_order, lambda cycle: _explain(state, cycle))


def merge(sequences: Sequence[Sequence[str]], sort_key: object, explain: object = None) -> list[str]:
    """Merge sequences, keeping the order of each.

    Args:
        sequences: orders to keep.
        sort_key: function that decides between items which may both come next.
        explain: function that makes the error for items that contradict one another.
    """
    waits_for: dict[str, set[str]] = {}
    followers: dict[str, set[str]] = {}
    for sequence in sequences:
        for item in sequence:
            waits_for.setdefault(item, set())
        for before, after in pairwise(sequence):
            waits_for[after].add(before)
            followers.setdefault(before, set()).add(after)
    key = sort_key if callable(sort_key) else str
    ready = [(key(item), item) for item, needs in waits_for.items() if not needs]
    heapq.heapify(ready)
    merged: list[str] = []
    while ready:
        _, item = heapq.heappop(ready)
        merged.append(item)
        for after in followers.get(item, ()):
            waits_for[after].discard(item)
            if not waits_for[after]:
                heapq.heappush(ready, (key(after), after))
    if len(merged) < len(waits_for):
        stuck = [item for item in waits_for if item not in set(merged)]
        raise explain(stuck) if callable(explain) else PyinfraError(f"contradictory order: {stuck}")
    return merged


def _explain(state: State, stuck: Sequence[str]) -> PyinfraError:
    """Find two hosts and two operations that they run in opposite orders."""
    candidates = set(stuck)
    seen: dict[tuple[str, str], str] = {}
    for host in state.inventory:
        ours = [op for op in host.op_hash_order if op in candidates]
        for n, first in enumerate(ours):
            for second in ours[n + 1 :]:
                if (second, first) in seen:
                    one, two = _label(state, first), _label(state, second)
                    return PyinfraError(
                        f"the operations have no common order: {host.name} runs {one} before {two}, "
                        f"{seen[second, first]} the other way round",
                        hint="call them in the same order on every host, or use host.loop in the loop around them",
                    )
                seen[first, second] = host.name
    labels = ", ".join(_label(state, op) for op in stuck)
    return PyinfraError(f"the operations have no common order: {labels}")


def _label(state: State, op_hash: str) -> str:
    meta = state.op_meta[op_hash]
    return f"{meta.name!r} ({meta.place})" if meta.place else repr(meta.name)
