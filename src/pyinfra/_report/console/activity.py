"""Something that goes on for many hosts: how far it is, and for whom it waits."""

from __future__ import annotations

from .folding import first_names
from .lines import Line, count, listed, shorten

_SLOW = 5.0  # seconds after which a host is named
_SPINNER = "|/-\\"


class Activity:
    """One line of the part that moves.

    Args:
        title: what goes on.
        began: when, by the clock of the view.
        total: number of hosts; 0 when there are none, or nobody knows.
        verb: what hosts are when they are through.
    """

    __slots__ = (
        "began", "changed", "done", "failed", "ignored", "retries", "running", "skipped", "title", "total", "verb",
    )  # fmt: skip

    def __init__(self, title: str, began: float, total: int = 0, verb: str = "done") -> None:
        self.title = title
        self.began = began
        self.total = total
        self.verb = verb
        self.running: dict[str, float] = {}  # hosts, and since when
        self.done = 0
        self.changed: list[str] = []
        self.failed: list[str] = []
        self.ignored: list[str] = []
        self.skipped = 0
        self.retries = 0

    def finish(self, host: str) -> None:
        """A host is through, however that went."""
        self.running.pop(host, None)
        self.done += 1

    def lines(self, now: float, width: int) -> list[Line]:
        """What is shown now."""
        elapsed = max(now - self.began, 0.0)
        state = listed(
            [
                f"{self.done}/{self.total} {self.verb}" if self.total else "",
                f"{len(self.changed)} changed" if self.changed else "",
                f"{len(self.failed)} failed" if self.failed else "",
                f"{len(self.running)} running" if self.running and self.total > 1 else "",
                count(self.retries, "retry") if self.retries else "",
            ]
        )
        spin = _SPINNER[int(elapsed * 5) % len(_SPINNER)]
        tail = f"  {state}  {clock_text(elapsed)}" if state else f"  {clock_text(elapsed)}"
        title = shorten(self.title, max(width - 5 - len(tail), 10))
        style = "red" if self.failed else "cyan"
        lines = [Line(f"  {spin} ", "bold cyan").add(title, "bold").add(tail, style)]
        return lines + self._slow(now, width)

    def _slow(self, now: float, width: int) -> list[Line]:
        slow = [host for host, since in self.running.items() if now - since >= _SLOW]
        if not slow or self.total < 2:
            return []
        return [
            Line("    waiting for ", "dim").add(first_names(slow, width - 20) or count(len(slow), "host"), "yellow")
        ]


def clock_text(seconds: float) -> str:
    """A time that counts up.

    Example:
        >>> clock_text(75.2)
        '1:15'
    """
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
