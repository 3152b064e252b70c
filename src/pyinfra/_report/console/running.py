"""The operations while they run: one line when each is over, and what goes on for the part that moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pyinfra._core.events import (
    HostFailed,
    OperationEnded,
    OperationHostEnded,
    OperationHostRetry,
    OperationHostStarted,
    OperationStarted,
    RunEnded,
)
from pyinfra._report.plan import shown_name

from .activity import Activity
from .failing import Handlers
from .failures import hanging
from .folding import fold_hosts
from .lines import Line, count, listed, seconds_text

if TYPE_CHECKING:
    from pyinfra.api import State

_MOST_ROWS = 6
_NOTEWORTHY = 0.05  # seconds


class RunTeller:
    """Tells what becomes of operations.

    Args:
        say: writes commentary.
        width: columns of the terminal, asked for when they are needed.
        details: whether operations that change nothing are told, too.
        between: called after the line of each operation.
    """

    def __init__(
        self,
        say: Callable[[Sequence[Line]], None],
        width: Callable[[], int],
        details: bool,
        between: Callable[[], None],
    ) -> None:
        self._say = say
        self._width = width
        self._details = details
        self._between = between
        self._open: dict[str, Activity] = {}
        self._names: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._hosts_of: dict[str, int] = {}
        self._left: dict[str, int] = {}  # operations that each host still has before it
        self._changes: dict[str, int] = {}
        self._all_hosts = 0
        self._unchanged = 0
        self._skipped = 0
        self._overlap = False  # hosts go each at their own pace: told host by host
        self._state: State | None = None
        self.told = True
        self.order: Mapping[str, int] = {}  # places of hosts in the inventory

    def handlers(self, moves: bool) -> Handlers:
        """What is listened to.

        Args:
            moves: whether there is a part that moves.
        """
        found: Handlers = {
            OperationStarted: self._started,
            OperationHostEnded: self._host_ended,
            OperationHostRetry: self._retry,
            OperationEnded: self._ended,
            HostFailed: self._host_failed,
            RunEnded: self._run_ended,
        }
        return {OperationHostStarted: self._host_started, **found} if moves else found

    def expect(self, state: State) -> int:
        """Look at what is about to run; return the number of operations."""
        order = state.get_op_order()
        self._state = state
        self._numbers = {op_hash: number for number, op_hash in enumerate(order, 1)}
        self._hosts_of = dict.fromkeys(order, 0)
        active = list(state.active_hosts)
        self._all_hosts = len(active)
        for host in active:
            ours = state.ops[host]
            self._left[host.name] = len(ours)
            for op_hash in ours:
                self._hosts_of[op_hash] = self._hosts_of.get(op_hash, 0) + 1
        return len(order)

    def name(self, op_hash: str, short: str = "") -> str:
        """An operation as it is shown."""
        found = self._names.get(op_hash)
        if found is None:
            meta = self._state.op_meta.get(op_hash) if self._state is not None else None
            found = shown_name(tuple(meta.names), tuple(meta.args)) if meta is not None else short or op_hash
            self._names[op_hash] = found
        return found

    def activity_lines(self, now: float, width: int) -> list[Line]:
        """What goes on now."""
        running = list(self._open.values())
        lines: list[Line] = []
        for activity in running[:_MOST_ROWS]:
            lines += activity.lines(now, width)
        if len(running) > _MOST_ROWS:
            lines.append(Line(f"    and {count(len(running) - _MOST_ROWS, 'more operation')}", "dim"))
        return lines

    # -- events ----------------------------------------------------------------------------

    def _started(self, when: float, event: OperationStarted) -> None:
        self._overlap = self._overlap or bool(self._open)
        title = self._numbered(event.operation, event.name)
        self._open[event.operation] = Activity(title, when, self._hosts_of.get(event.operation, 0))

    def _numbered(self, op_hash: str, short: str) -> str:
        number = self._numbers.get(op_hash)
        total = str(len(self._numbers))
        prefix = f"[{number:>{len(total)}}/{total}] " if number is not None else ""
        return prefix + self.name(op_hash, short)

    def _host_started(self, when: float, event: OperationHostStarted) -> None:
        activity = self._open.get(event.operation)
        if activity is not None:
            activity.running[event.host] = when

    def _host_ended(self, when: float, event: OperationHostEnded) -> None:
        activity = self._open.get(event.operation)
        if activity is not None:
            _count(activity, event)
        if not event.nested:
            self._host_goes_on(event)

    def _retry(self, when: float, event: OperationHostRetry) -> None:
        activity = self._open.get(event.operation)
        if activity is not None:
            activity.retries += 1

    def _host_goes_on(self, event: OperationHostEnded) -> None:
        left = self._left.get(event.host)
        if left is None:
            return
        self._left[event.host] = left - 1
        if event.changed:
            self._changes[event.host] = self._changes.get(event.host, 0) + 1
        if left == 1 and self._overlap and self.told:
            changed = self._changes.get(event.host, 0)
            if changed:
                text = f": {count(changed, 'operation')} changed something"
                self._say([Line("    ").add(f"[{event.host}]", "bold").add(text, "green")])

    def _host_failed(self, when: float, event: HostFailed) -> None:
        if self._overlap and self.told and self._left.pop(event.host, 0):
            self._say([Line("    ").add(f"[{event.host}]", "bold").add(": failed", "red")])

    def _ended(self, when: float, event: OperationEnded) -> None:
        activity = self._open.pop(event.operation, None)
        if activity is None:
            return
        loud = activity.changed or activity.failed
        if not loud and not activity.ignored:
            skipped = activity.skipped and activity.skipped >= activity.done
            self._skipped += bool(skipped)
            self._unchanged += not skipped
        if self.told and not self._overlap and (loud or self._details):
            self._say(self._line(activity, when - activity.began))
        if not self._overlap or activity.failed:
            self._between()

    def _line(self, activity: Activity, seconds: float) -> list[Line]:
        changed, failed = (sorted(hosts, key=self._place) for hosts in (activity.changed, activity.failed))
        total = self._all_hosts or None
        parts = [
            f"changed on {fold_hosts(changed, total, 36)}" if changed else "",
            f"failed on {fold_hosts(failed, total, 36)}" if failed else "",
            count(activity.retries, "retry") if activity.retries else "",
        ]
        quiet = "error ignored" if activity.ignored else "skipped" if activity.skipped else "no change"
        outcome = listed(parts) or quiet
        style = "red" if failed else "green" if changed else "dim"
        time = f" ({seconds_text(seconds)})" if seconds >= _NOTEWORTHY else ""
        line = Line("    ").add(f"{activity.title}: ").add(outcome, style).add(time, "dim")
        if line.width <= self._width():
            return [line]
        return hanging(f"{activity.title}: {outcome}{time}", self._width(), style)

    def _place(self, host: str) -> int:
        """Chance decides in which order hosts are done."""
        return self.order.get(host, 0)

    def _run_ended(self, when: float, event: RunEnded) -> None:
        self._open.clear()
        self._between()
        text = listed(
            [
                f"{count(self._unchanged, 'operation')} had nothing to change" if self._unchanged else "",
                f"{count(self._skipped, 'operation')} skipped by conditions" if self._skipped else "",
            ]
        )
        if text and self.told and not self._details:
            self._say([Line("    ").add(text, "dim")])
        self._unchanged = self._skipped = 0


def _count(activity: Activity, event: OperationHostEnded) -> None:
    activity.finish(event.host)
    if event.error is not None:
        (activity.ignored if event.ignored else activity.failed).append(event.host)
    elif event.changed:
        activity.changed.append(event.host)
    elif event.skipped:
        activity.skipped += 1
