"""Observers written against the public callback class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State


class BaseStateCallback:
    """Subclass this, override what you want to hear of, and give an instance to ``state.add_callback_handler``.

    Order for one operation: ``operation_start``; for each host ``operation_host_start``, any number of
    ``operation_host_retry``, then ``operation_host_success`` or ``operation_host_error``; ``operation_end``.

    Example:
        class Log(BaseStateCallback):
            @staticmethod
            def host_connect(state, host):
                print("connected to", host.name)
    """

    @staticmethod
    def host_before_connect(state: State, host: Host) -> None:
        """A connection is about to be opened."""

    @staticmethod
    def host_connect(state: State, host: Host) -> None:
        """A host is connected."""

    @staticmethod
    def host_connect_error(state: State, host: Host, error: Any) -> None:
        """A host could not be connected to."""

    @staticmethod
    def host_disconnect(state: State, host: Host) -> None:
        """A connection was closed."""

    @staticmethod
    def operation_start(state: State, op_hash: str) -> None:
        """An operation begins."""

    @staticmethod
    def operation_host_start(state: State, host: Host, op_hash: str) -> None:
        """An operation begins on one host."""

    @staticmethod
    def operation_host_success(state: State, host: Host, op_hash: str, retry_count: int = 0) -> None:
        """An operation ended well on one host."""

    @staticmethod
    def operation_host_error(
        state: State, host: Host, op_hash: str, retry_count: int = 0, max_retries: int = 0
    ) -> None:
        """An operation failed on one host (also when errors are ignored)."""

    @staticmethod
    def operation_host_retry(state: State, host: Host, op_hash: str, retry_num: int, max_retries: int) -> None:
        """An operation is about to be tried again on one host."""

    @staticmethod
    def operation_end(state: State, op_hash: str) -> None:
        """An operation is over on all hosts."""
