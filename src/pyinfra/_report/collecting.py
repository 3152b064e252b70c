"""Views that write everything at once, when the run has ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyinfra._report.plan import PlanReport
from pyinfra._report.results import RunReport
from pyinfra._report.view import FactReport, Problem, RunInfo, View

if TYPE_CHECKING:
    from pyinfra.api import State


class CollectingView(View):
    """Keeps what it is told. Subclasses write it in ``finish``."""

    def __init__(self) -> None:
        self._run: RunInfo | None = None
        self._state: State | None = None
        self._plan: PlanReport | None = None
        self._results: RunReport | None = None
        self._facts: list[FactReport] = []
        self._problem: Problem | None = None
        self._ended = False

    @property
    def _title(self) -> str:
        return self._run.title if self._run is not None else "pyinfra"

    def begin(self, run: RunInfo) -> None:
        self._run = run

    def attach(self, state: State) -> None:
        self._state = state

    def plan(self, plan: PlanReport) -> None:
        self._plan = plan

    def facts(self, facts: Sequence[FactReport]) -> None:
        self._facts.extend(facts)

    def results(self, run: RunReport) -> None:
        self._results = run

    def problem(self, problem: Problem) -> None:
        self._problem = self._problem or problem  # the first one is why; others follow from it

    def end(self, exit_code: int) -> None:
        if not self._ended:
            self._ended = True
            self.finish(exit_code)

    def finish(self, exit_code: int) -> None:
        """Write everything.

        Args:
            exit_code: that of the process.

        Raises:
            OSError: it cannot be written.
        """
        raise NotImplementedError
