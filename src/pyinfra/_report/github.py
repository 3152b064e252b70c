"""The run for GitHub Actions: annotations at the lines of the deploy, and a summary of the job.

The runner takes orders from what a step prints: lines that begin with ``::``, and the older ``##[...]`` anywhere in a
line. What a host prints must never become one. So the view turns the taking of orders off for as long as the run lasts,
with a token that no host knows, and on again only around lines of its own, whose values are escaped.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from pyinfra._core.display import visible
from pyinfra._core.events import Failure
from pyinfra._core.records import changed
from pyinfra._report.collecting import CollectingView
from pyinfra._report.plan import PlanReport
from pyinfra._report.results import HostStatus, Outcome, RunReport
from pyinfra._report.view import ProblemKind, RunInfo

_PLACE = re.compile(r"(.+):(\d+)\Z", re.DOTALL)
_SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
_MOST_SUMMARY = 1_000_000  # bytes; GitHub refuses a summary of more than 1 MiB
_MOST_HOSTS = 10  # names that one annotation tells
_TOLD = (ProblemKind.FAILED, ProblemKind.UNREACHABLE)  # by the failures of the hosts


def command(name: str, message: str = "", **properties: str | None) -> str:
    """Return one workflow command.

    Args:
        name: ``error``, ``warning``, ``notice``, ``group`` ...
        message: its text; may have several lines.
        properties: ``file``, ``line``, ``title``; those that are None are left out.

    Example:
        >>> command("error", "100% wrong\\nreally", title="web1: a, b")
        '::error title=web1%3A a%2C b::100%25 wrong%0Areally'
    """
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value is not None)
    return f"::{name} {given}::{_message(message)}" if given else f"::{name}::{_message(message)}"


def _message(text: str) -> str:
    return "%0A".join(visible(line).replace("%", "%25") for line in text.replace("\r\n", "\n").split("\n"))


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


class GitHubView(CollectingView):
    """Prints annotations, and appends a summary to the file named by ``GITHUB_STEP_SUMMARY`` when that is set.

    Args:
        stream: standard output of the step; other views may print there too.
        summary: file of the summary, instead of the one of the environment.
    """

    def __init__(self, stream: TextIO, summary: Path | None = None) -> None:
        super().__init__()
        self._stream = stream
        from_environment = os.environ.get(_SUMMARY_VARIABLE)
        self._summary = summary or (Path(from_environment) if from_environment else None)
        self._token = secrets.token_hex(16)
        self._is_off = False
        self._logged: set[str] = set()

    def begin(self, run: RunInfo) -> None:
        super().begin(run)
        self._turn_off()

    def log(self, level: int, text: str) -> None:
        if level >= logging.WARNING and text not in self._logged:
            self._logged.add(text)
            self._print(command("error" if level >= logging.ERROR else "warning", text))

    def finish(self, exit_code: int) -> None:
        self._turn_off()
        self._annotate()
        self._write(f"::{self._token}::\n")
        if self._summary is not None:
            append_limited(self._summary, self._summary_text(exit_code))

    # -- annotations -----------------------------------------------------------------------

    def _annotate(self) -> None:
        failures = self._failures()
        for hosts, failure in folded(failures):
            self._print(_annotation("error", hosts, failure))
            if failure.last_lines:
                what = failure.name or failure.phase.value
                self._group(f"{_named(hosts)}: {what}: last lines of output", failure.last_lines)
        for hosts, failure in folded(self._ignored()):
            self._print(_annotation("warning", hosts, changed(failure, message=f"{failure.message} (ignored)")))
        for fact in self._facts:
            for host, why in fact.failed.items():
                self._print(command("error", why, title=f"{host}: {fact.title}"))
        problem = self._problem
        if (
            problem is not None
            and problem.kind is not ProblemKind.DECLINED
            and not (failures and problem.kind in _TOLD)
        ):
            text = "\n".join([problem.message, *([problem.hint] if problem.hint else [])])
            self._print(command("error", text, **_at(problem.place), title=f"pyinfra: {problem.kind.value}"))

    def _failures(self) -> list[Failure]:
        return list(self._state.failures) if self._state is not None else []

    def _ignored(self) -> list[Failure]:
        operations = self._results.operations if self._results is not None else ()
        found = [operation.metas[host].failure for operation in operations for host in operation.hosts(Outcome.IGNORED)]
        return [failure for failure in found if failure is not None]

    # -- printing --------------------------------------------------------------------------

    def _turn_off(self) -> None:
        if not self._is_off:
            self._is_off = True
            self._write(f"::stop-commands::{self._token}\n")

    def _print(self, line: str) -> None:
        if self._is_off:
            line = f"::{self._token}::\n{line}\n::stop-commands::{self._token}"
        self._write(line + "\n")

    def _group(self, title: str, lines: Iterable[str]) -> None:
        self._print(command("group", title))
        for line in lines:  # orders are off here
            self._write(f"    {visible(line)}\n")
        self._print(command("endgroup"))

    def _write(self, text: str) -> None:
        """Write at once and flush, so that what others print on the same stream does not come in between."""
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        self._stream.flush()

    # -- summary ---------------------------------------------------------------------------

    def _summary_text(self, exit_code: int) -> str:
        parts = [f"### pyinfra: {_markdown(self._title)}\n", f"Exit status {exit_code}.{self._hosts_text()}\n"]
        if self._problem is not None:
            parts.append(f"**{_markdown(self._problem.message)}**\n")
        if self._results is not None:
            parts.append(_results_table(self._results))
        elif self._plan is not None:
            parts.append(_plan_table(self._plan))
        parts.extend(_details(hosts, failure) for hosts, failure in folded(self._failures()))
        return "\n".join(parts) + "\n"

    def _hosts_text(self) -> str:
        if self._results is None:
            return ""
        counts = [(status.value, len(self._results.hosts(status))) for status in HostStatus]
        return " Hosts: " + ", ".join(f"{count} {name}" for name, count in counts if count) + "."


def folded(failures: Iterable[Failure]) -> list[tuple[list[str], Failure]]:
    """Take failures together that differ in the host only; the hosts of each, and one of them."""
    groups: dict[Failure, list[str]] = {}
    for failure in failures:
        groups.setdefault(changed(failure, host=""), []).append(failure.host)
    return [(hosts, failure) for failure, hosts in groups.items()]


def _named(hosts: Sequence[str]) -> str:
    if len(hosts) <= _MOST_HOSTS:
        return ", ".join(hosts)
    return f"{', '.join(hosts[:_MOST_HOSTS])} and {len(hosts) - _MOST_HOSTS} more hosts"


def _at(place: str | None) -> dict[str, str | None]:
    """Where an annotation goes: GitHub counts paths from the top of the repository."""
    found = _PLACE.match(place or "")
    if found is None:
        return {}
    file, top = Path(found[1]), os.environ.get("GITHUB_WORKSPACE")
    if top and file.absolute().is_relative_to(top):
        file = file.absolute().relative_to(top)
    return {"file": str(file), "line": found[2]}


def _annotation(kind: str, hosts: Sequence[str], failure: Failure) -> str:
    lines = [f"{_named(hosts)}: {failure.message}"]
    if failure.command:
        lines.append(f"command: {failure.command}")
    lines.extend(failure.last_lines)
    if failure.hint:
        lines.append(failure.hint)
    return command(kind, "\n".join(lines), **_at(failure.place), title=failure.name or failure.phase.value)


# -- markdown ------------------------------------------------------------------------------

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-!|<>&~@:])")


def _markdown(text: str) -> str:
    """Text that markdown shows as it is, on one line."""
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", " ".join(visible(text).split()))


def _results_table(run: RunReport) -> str:
    columns = (
        ("Changed", Outcome.CHANGED), ("Unchanged", Outcome.UNCHANGED), ("Skipped", Outcome.SKIPPED),
        ("Failed", Outcome.FAILED), ("Ignored", Outcome.IGNORED), ("Interrupted", Outcome.INTERRUPTED),
        ("Not run", Outcome.NOT_RUN),
    )  # fmt: skip
    shown = [column for column in columns if any(operation.hosts(column[1]) for operation in run.operations)]
    rows = [
        [_markdown(operation.name), *(str(len(operation.hosts(outcome)) or "") for _, outcome in shown)]
        for operation in run.operations
    ]
    return _table(["Operation", *(title for title, _ in shown)], rows)


def _plan_table(plan: PlanReport) -> str:
    rows = [
        [
            _markdown(operation.name), str(len(operation.hosts_with_change) or ""),
            str(len(operation.unchanged) or ""), str(len(operation.unchecked) or ""),
        ]
        for operation in plan.operations
    ]  # fmt: skip
    return _table(["Operation", "Would change", "Unchanged", "Not planned"], rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(head), ["---", *(["---:"] * (len(head) - 1))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _details(hosts: Sequence[str], failure: Failure) -> str:
    what = _markdown(f"{_named(hosts)}: {failure.name or failure.phase.value}: {failure.message}")
    told = [f"$ {failure.command}"] if failure.command else []
    text = "\n".join(visible(line) for part in (*told, *failure.last_lines) for line in part.split("\n"))
    place = f"{_markdown(failure.place)}\n\n" if failure.place else ""
    return f"<details><summary>{what}</summary>\n\n{place}{_fenced(text) if text else ''}\n</details>\n"


def _fenced(text: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}\n"


def append_limited(path: Path, text: str) -> None:
    """Append a summary to a file; what is too long for GitHub is cut, and says so.

    Args:
        path: the file, which other steps of the job write too.
        text: markdown.
    """
    data = text.encode("utf-8", "replace")
    if len(data) > _MOST_SUMMARY:
        data = data[: data.rindex(b"\n", 0, _MOST_SUMMARY)] + b"\n\n(more was left out)\n"
    with path.open("ab") as file:
        file.write(data)
