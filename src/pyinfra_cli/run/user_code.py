"""Runs code of the user's: what it raises is kept apart from mistakes of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class UserCodeError(Exception):
    """The user's code raised; ``__cause__`` is what it raised, with its traceback.

    Args:
        filename: the file that was run, as the user knows it.

    Example:
        with running_user_code("inventory.py"):
            run_file("inventory.py")
    """

    def __init__(self, filename: str) -> None:
        super().__init__(f"an error in {filename}")
        self.filename = filename


@contextmanager
def running_user_code(filename: str) -> Iterator[None]:
    """Turn whatever a block raises, calls of ``exit`` too, into a ``UserCodeError``. Ctrl-C stays what it is.

    Args:
        filename: the file that the block runs, for messages.

    Raises:
        UserCodeError: the block raised.
    """
    try:
        yield
    except UserCodeError:  # of a file that this one runs: the inner one is nearer to the cause
        raise
    except (Exception, SystemExit) as error:
        raise UserCodeError(filename) from error
