"""One order of all operations that keeps the order of every host."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyinfra._engine.model.state import State


def order_operations(state: State) -> list[str]:
    """Sort by the place of each operation in the program; see ``call_path`` for why that holds on every host."""
    return sorted(state.op_meta, key=lambda op_hash: state.op_meta[op_hash].op_order)
