"""A line on the terminal that tells what is being waited for."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import Any

from pyinfra._engine.controller.styling import is_output_active

WAIT_TIME = 0.2
_FRAMES = "|/-\\"


@contextmanager
def progress_spinner(items: Iterable[Any], prefix_message: str | None = None) -> Iterator[Callable[[Any], None]]:
    """Show what is left of some items while a block runs; nothing where nobody looks at a terminal.

    Args:
        items: what there is to do; shown as text.
        prefix_message: shown before them.

    Yields:
        A function to call with each item that is done.

    Example:
        with progress_spinner(hosts) as progress:
            for host in hosts:
                work(host)
                progress(host)
    """
    left = list(items)
    done = threading.Event()
    total = len(left)

    def progress(item: Any) -> None:
        if item in left:
            left.remove(item)

    if not (is_output_active() and sys.stderr.isatty() and total):
        yield progress
        return
    args = (left, total, prefix_message, done)
    thread = threading.Thread(target=_spin, args=args, name="pyinfra-spinner", daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        done.set()
        thread.join()


def _spin(left: list[Any], total: int, prefix: str | None, done: threading.Event) -> None:
    width = 0
    frame = 0
    while not done.wait(WAIT_TIME):
        line = _line(left, total, prefix, _FRAMES[frame % len(_FRAMES)])
        sys.stderr.write("\r" + line.ljust(width))
        sys.stderr.flush()
        width, frame = len(line), frame + 1
    if width:
        sys.stderr.write("\r" + " " * width + "\r")
        sys.stderr.flush()


def _line(left: list[Any], total: int, prefix: str | None, frame: str) -> str:
    names = ", ".join(str(item) for item in left[:10])
    text = f"{prefix or ''} {frame} {total - len(left)}/{total} {names}".strip()
    return text[: get_terminal_size((80, 24)).columns - 1]
