"""Operations that run Python functions on this machine, in the order of the other operations.

Example:
    from pyinfra.operations import python

    def report():
        print(host.get_fact(Uptime))

    python.call(function=report)
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from pyinfra.api import FunctionCommand, OperationTypeError, operation

__all__ = ["call", "raise_exception"]


@operation(is_idempotent=False, _set_in_op=False)
def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Generator[FunctionCommand, None, None]:
    """Call a Python function, every time.

    It may read facts, which are read anew, and call operations, which run at once.

    Args:
        function: what to call. Anything that it raises fails the operation.
        args: its positional arguments.
        kwargs: its arguments by name.

    Example:
        python.call(function=print, name="Say hello")
    """
    if not callable(function):
        raise OperationTypeError(f"function must be something to call, not {function!r}", argument="function")
    yield FunctionCommand(function, args, kwargs)


@operation(is_idempotent=False)
def raise_exception(exception: type[Exception], *args: Any, **kwargs: Any) -> Generator[FunctionCommand, None, None]:
    """Raise an exception when the operation runs: it fails, and its host with it.

    Args:
        exception: class of the exception.
        args: its positional arguments.
        kwargs: its arguments by name.

    Example:
        python.raise_exception(NotImplementedError, "this distribution is not supported")
    """
    if not (isinstance(exception, type) and issubclass(exception, BaseException)):
        raise OperationTypeError(f"exception must be a class of exceptions, not {exception!r}", argument="exception")

    def fail() -> None:
        raise exception(*args, **kwargs)

    yield FunctionCommand(fail, (), {})
