"""The steps of a run before and after its operations: one line when each begins, one when it is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pyinfra._core.events import HostConnected, HostConnectFailed, HostConnecting, HostFailed, HostPrepared
from pyinfra._report.view import Step

from .activity import Activity
from .failing import Handlers
from .lines import Line, count, listed, seconds_text

if TYPE_CHECKING:
    from pyinfra.api import State

_VERBS = {Step.CONNECT: "connected", Step.PREPARE: "prepared"}
_MINOR = (Step.CONFIG, Step.INVENTORY, Step.DISCONNECT)  # told only to those who want to know more


class StepTeller:
    """Tells the steps.

    Args:
        say: writes commentary.
        details: whether small steps are told, too.
    """

    def __init__(self, say: Callable[[Sequence[Line]], None], details: bool) -> None:
        self._say = say
        self._details = details
        self.brief = False  # only the result is of interest
        self.step: Step | None = None
        self.activity: Activity | None = None
        self.state: State | None = None

    def handlers(self) -> Handlers:
        """What is listened to."""
        return {
            HostConnecting: self._connecting,
            HostConnected: self._through,
            HostConnectFailed: self._not_connected,
            HostPrepared: self._through,
            HostFailed: self._failed,
        }

    def begin(self, step: Step, detail: str, now: float) -> None:
        """A step begins; the one before must have been finished."""
        self.step = step
        hosts = self._hosts(step)
        title = self._title(step, detail, len(hosts))
        counted = len(hosts) if step in _VERBS else 0
        self.activity = Activity(title, now, counted, _VERBS.get(step, ""))
        if step is Step.PREPARE:
            self.activity.running = dict.fromkeys(hosts, now)
        if self._is_told(step):
            self._say([Line("--> ", "bold").add(title, "bold")])

    def finish(self, now: float) -> None:
        """The step is over."""
        step, activity = self.step, self.activity
        self.step = self.activity = None
        if activity is None or step not in (Step.CONNECT, Step.PREPARE):
            return
        outcome = self._outcome(step, activity)
        if outcome and self._is_told(step):
            time = seconds_text(max(now - activity.began, 0.0))
            self._say([Line("    ").add(outcome, "red" if activity.failed else "").add(f" ({time})", "dim")])

    def _is_told(self, step: Step) -> bool:
        return self._details or not (self.brief or step in _MINOR)

    def _hosts(self, step: Step) -> list[str]:
        state = self.state
        if state is None or step in (Step.CONFIG, Step.INVENTORY):
            return []
        if step is Step.CONNECT:
            return [host.name for host in state.inventory if state.is_host_in_limit(host)]
        return [host.name for host in list(state.active_hosts)]

    def _title(self, step: Step, detail: str, hosts: int) -> str:
        on = count(hosts, "host")
        if step is Step.EXECUTE:
            return f"Running {detail or 'operations'} on {on}"
        return {
            Step.CONFIG: f"Loading {detail or 'the configuration'}",
            Step.INVENTORY: f"Loading {detail or 'the inventory'}",
            Step.CONNECT: f"Connecting to {on}",
            Step.PREPARE: f"Preparing {detail}" if detail else "Preparing",
            Step.FACTS: f"Reading {detail or 'facts'} from {on}",
            Step.DISCONNECT: f"Disconnecting from {on}",
        }[step]

    def _outcome(self, step: Step, activity: Activity) -> str:
        failed = f"{len(activity.failed)} failed" if activity.failed else ""
        if step is Step.CONNECT:
            return listed([f"{activity.total - len(activity.failed)} connected", failed])
        operations = len(self.state.op_meta) if self.state is not None else 0
        hosts = max(activity.total - len(activity.failed), 0)
        planned = f"{count(operations, 'operation')} on {count(hosts, 'host')}" if hosts or not failed else ""
        return listed([planned, failed])

    # -- events ----------------------------------------------------------------------------

    def _connecting(self, when: float, event: HostConnecting) -> None:
        if self.activity is not None:
            self.activity.running[event.host] = when

    def _through(self, when: float, event: HostConnected | HostPrepared) -> None:
        if self.activity is not None and self.step is _STEP_OF[type(event)]:
            self.activity.finish(event.host)

    def _not_connected(self, when: float, event: HostConnectFailed) -> None:
        if self.activity is not None and self.step is Step.CONNECT:
            self.activity.finish(event.host)
            self.activity.failed.append(event.host)

    def _failed(self, when: float, event: HostFailed) -> None:
        if self.activity is not None and self.step in (Step.PREPARE, Step.FACTS):
            self.activity.running.pop(event.host, None)
            self.activity.failed.append(event.host)


_STEP_OF = {HostConnected: Step.CONNECT, HostPrepared: Step.PREPARE}
