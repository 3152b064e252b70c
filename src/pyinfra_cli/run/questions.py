"""Questions to whoever sits at the terminal."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pyinfra._core.errors import RunStoppedError
from pyinfra._core.secrets import HiddenValue
from pyinfra_cli.exceptions import CliError

if TYPE_CHECKING:
    from pyinfra._report.plan import PlanReport
    from pyinfra._report.view import View
    from pyinfra.api import State

_YES = ("", "y", "yes")


def at_terminal() -> bool:
    """Whether somebody can be asked."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stderr.isatty())


class Questions:
    """Asks, while the views leave the terminal alone.

    Args:
        view: what is shown.
        is_answered: True when every question is answered with yes (``-y``).
    """

    def __init__(self, view: View, is_answered: bool) -> None:
        self._view = view
        self._is_answered = is_answered
        self._accepted: set[str] = set()

    @property
    def can_ask(self) -> bool:
        """Whether questions are asked at all."""
        return not self._is_answered and at_terminal()

    def run_it(self, plan: PlanReport) -> bool:
        """Ask whether to run a plan."""
        if self._is_answered or not plan.is_pending:
            return True
        count = len(plan.hosts)
        hosts = "1 host" if count == 1 else f"{count} hosts"
        return self._ask(f"Run this on {hosts}? Press Enter to run, type anything else to leave: ")

    def may_stop(self, state: State) -> bool:
        """Say whether a run that lost hosts is to be stopped: what ``state.should_raise_failed_hosts`` is called for.

        Raises:
            RunStoppedError: the answer is to stop.
        """
        from pyinfra._engine import bridge

        lost = [host.name for host in state.failed_hosts if host.name not in self._accepted]
        if not lost:
            return False
        left = len(state.active_hosts)
        names = ", ".join(lost[:5]) + (", ..." if len(lost) > 5 else "")
        question = f"Failed: {names}. Go on with the other {left}? Press Enter to go on, type anything else to stop: "
        if not bridge.wait(bridge.in_thread(lambda: self._ask(question))):
            raise RunStoppedError("stopped, since hosts failed")
        self._accepted.update(lost)
        return False

    def password(self, what: str, option: str) -> HiddenValue:
        """Ask for a password.

        Raises:
            CliError: there is nobody to ask.
        """
        if not at_terminal():
            raise CliError(f"{option} needs a terminal to ask at")
        return HiddenValue(self._quietly(lambda: getpass.getpass(f"{what}: ")))

    def _ask(self, question: str) -> bool:
        def ask() -> str:
            sys.stderr.write(f"\n{question}")
            sys.stderr.flush()
            return sys.stdin.readline() or "end of input"

        return self._quietly(ask).strip().lower() in _YES

    def _quietly(self, ask: Callable[[], str]) -> str:
        with self._view.paused():
            return ask()
