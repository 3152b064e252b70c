"""The run as one JSON document, written when it is over, however it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from pyinfra._report.collecting import CollectingView
from pyinfra._report.encoding import to_json_text
from pyinfra._report.plan import PlanReport
from pyinfra._report.results import host_statuses
from pyinfra._report.shapes import (
    VERSION,
    Json,
    facts_shape,
    failure_shape,
    inventory_shape,
    plan_shape,
    problem_shape,
    results_shape,
    unread_shape,
)
from pyinfra._report.view import Form


class DocumentView(CollectingView):
    """Writes one JSON document when the run ends.

    The shape depends on what was asked for: ``docs/schema/run.json``, ``facts.json`` or ``inventory.json``.

    Args:
        stream: where to; nothing else may be written there. A terminal gets a document that is easy to read, anything
            else gets one line.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._plan_shape: list[Json] = []
        self._hosts: list[Json] | None = None

    def plan(self, plan: PlanReport) -> None:
        self._plan_shape = plan_shape(plan)  # now: the plan of a live operation is another one after it has run

    def inventory(self, hosts: Sequence[Mapping[str, Any]]) -> None:
        self._hosts = inventory_shape(hosts)

    def finish(self, exit_code: int) -> None:
        self._stream.write(to_json_text(self.document(exit_code), 2 if self._stream.isatty() else None) + "\n")
        self._stream.flush()

    def document(self, exit_code: int) -> Any:
        """Return what is written.

        Args:
            exit_code: that of the process.
        """
        form = self._run.form if self._run is not None else None
        if form is Form.FACT:
            return self._facts_document(exit_code)
        if form is Form.INVENTORY:
            return self._hosts if self._is_complete(exit_code) else self._ending(exit_code)
        document: Json = {
            **self._ending(exit_code),
            "run": self._run_shape(),
            "hosts": self._hosts_shape(),
            "failures": self._failures_shape(),
            "plan": self._plan_shape,
            "results": results_shape(self._results) if self._results is not None else None,
        }
        if self._facts:  # --debug-facts
            document["facts"] = facts_shape(self._facts)
        return document

    def _is_complete(self, exit_code: int) -> bool:
        return exit_code == 0 and self._problem is None and self._hosts is not None

    def _run_shape(self) -> Json | None:
        if self._run is None:
            return None
        return {"form": self._run.form.value, "title": self._run.title, "dry": self._run.dry}

    def _ending(self, exit_code: int) -> Json:
        problem = problem_shape(self._problem) if self._problem is not None else None
        return {"version": VERSION, "exit_code": exit_code, "problem": problem}

    def _facts_document(self, exit_code: int) -> Json:
        """Nothing but values when all went well. Facts have a dot in their names: no other key can be one of them."""
        document = facts_shape(self._facts)
        failures, unread = self._failures_shape(), unread_shape(self._facts)
        if exit_code or self._problem is not None or failures or unread:
            document.update({**self._ending(exit_code), "failures": failures, "unread": unread})
        return document

    def _failures_shape(self) -> list[Json]:
        return [failure_shape(failure) for failure in self._state.failures] if self._state is not None else []

    def _hosts_shape(self) -> dict[str, Json]:
        if self._state is None:
            return {}
        inventory, activated = self._state.inventory, self._state.activated_hosts
        shape: dict[str, Json] = {}
        for name, status in host_statuses(self._state).items():
            host = inventory.get_host(name)
            shape[name] = {"status": status.value, "connected": host in activated, "groups": list(host.groups)}
        return shape
