"""Helpers for deploys that tie operations together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyinfra.api.operation import OperationMeta

__all__ = ["all_changed", "any_changed"]


def any_changed(*args: OperationMeta) -> Callable[[], bool]:
    """Return a condition that holds when at least one of these operations changed something.

    Args:
        args: what the operations returned.

    Example:
        config = files.put(src="app.conf", dest="/etc/app.conf")
        unit = files.put(src="app.service", dest="/etc/systemd/system/app.service")
        server.shell(commands=["systemctl restart app"], _if=any_changed(config, unit))
    """
    return lambda: any(operation.did_change() for operation in args)


def all_changed(*args: OperationMeta) -> Callable[[], bool]:
    """Return a condition that holds when every one of these operations changed something.

    Args:
        args: what the operations returned.
    """
    return lambda: all(operation.did_change() for operation in args)
