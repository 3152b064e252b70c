"""Questions on the terminal, asked from a thread so that other hosts go on meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import sys
import threading
from typing import TYPE_CHECKING, TypeVar

from pyinfra._core.questions import terminal_to_ask

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class TerminalPrompts:
    """Asks on the controlling terminal; has no answer when there is none."""

    async def secret(self, question: str) -> str | None:
        """Ask without showing what is typed."""
        return await _ask(lambda: getpass.getpass(f"{question}: "))

    async def confirm(self, question: str) -> bool | None:
        """Ask until the answer is yes or no."""
        return await _ask(lambda: _yes_or_no(question))


def _yes_or_no(question: str) -> bool:
    while True:
        sys.stderr.write(f"{question} (yes/no)? ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line or line.strip().lower() in ("n", "no"):
            return False
        if line.strip().lower() in ("y", "yes"):
            return True


async def _ask(question: Callable[[], T]) -> T | None:
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T | None] = loop.create_future()

    def settle(value: T | None) -> None:
        if not answer.done():
            answer.set_result(value)

    def work() -> None:
        value: T | None = None
        with contextlib.suppress(EOFError, OSError), terminal_to_ask():
            value = question()
        loop.call_soon_threadsafe(settle, value)

    # a daemon: an unanswered question must not keep the program from ending
    threading.Thread(target=work, name="pyinfra-prompt", daemon=True).start()
    return await answer
