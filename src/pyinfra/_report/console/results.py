"""The results as text: a table of operations, the hosts that did not get through, and one line that sums it up."""

from __future__ import annotations

from collections.abc import Sequence

from pyinfra._core.events import Failure
from pyinfra._report.results import HostStatus, OperationReport, Outcome, RunReport

from .failures import host_reasons, reason, same
from .lines import Line, count, listed, seconds_text, shorten, wrapped

_HEADINGS = {
    Outcome.CHANGED: ("changed", "green"),
    Outcome.UNCHANGED: ("no change", ""),
    Outcome.SKIPPED: ("skipped", ""),
    Outcome.IGNORED: ("ignored", "yellow"),
    Outcome.FAILED: ("failed", "bold red"),
    Outcome.INTERRUPTED: ("interrupted", "bold red"),
    Outcome.NOT_RUN: ("not run", "yellow"),
}
_QUIET = {Outcome.UNCHANGED, Outcome.SKIPPED}
_IN = 4


def results_lines(run: RunReport, width: int, names: bool = False) -> list[Line]:
    """Tell what happened.

    Args:
        run: the run.
        width: columns that lines may take.
        names: name also operations that changed nothing.
    """
    lines = [Line("--> ", "bold").add("Results", "bold")]
    lines += _table(run, width, names)
    lines += failed_hosts(run, width)
    last = summary(run)
    style = last.spans[0][1]
    return lines + [Line(" " * _IN).add(part, style) for part in wrapped(last.plain, width - _IN)]


def summary(run: RunReport, operations: bool = True) -> Line:
    """The run in one line.

    Args:
        run: the run.
        operations: whether to count operations, too.
    """
    hosts = len(run.statuses)
    counts = {status: len(run.hosts(status)) for status in HostStatus}
    parts = listed(f"{number} {status.value}" for status, number in counts.items() if number)
    bad = hosts - counts[HostStatus.OK]
    line = Line(f"{count(hosts, 'host')}: {parts}" if hosts else "no hosts", "bold red" if bad else "bold")
    top = [operation for operation in run.operations if not operation.nested]
    if operations and top:
        changed = sum(bool(operation.hosts(Outcome.CHANGED)) for operation in top)
        text = f"; {changed} of {count(len(top), 'operation')} changed something"
        if bad and not any(operation.hosts(*set(Outcome) - {Outcome.NOT_RUN}) for operation in top):
            text = f"; {count(len(top), 'operation')} not run"
        line.add(text)
    return line.add(f" ({seconds_text(run.seconds)})" if run.seconds else "")


def failed_hosts(run: RunReport, width: int) -> list[Line]:
    """Every host that did not get through, with the reason."""
    why: dict[str, Failure] = {}
    for failure in run.failures:
        why.setdefault(failure.host, failure)
    lines: list[Line] = []
    for status in (HostStatus.UNREACHABLE, HostStatus.FAILED, HostStatus.INTERRUPTED):
        names = run.hosts(status)
        groups = same([why[host] for host in names if host in why])
        pairs = [(host, reason(failure)) for hosts, failure in groups for host in hosts]
        pairs += [(host, "") for host in names if host not in why]
        lines += host_reasons(pairs, status.value, width, len(run.statuses))
    return lines


# -- the table -----------------------------------------------------------------------------


def _table(run: RunReport, width: int, names: bool) -> list[Line]:
    used = [outcome for outcome in _HEADINGS if any(operation.hosts(outcome) for operation in run.operations)]
    if not used:
        return []
    shown = [operation for operation in run.operations if names or not _is_quiet(operation)]
    folded = [operation for operation in run.operations if operation not in shown]
    rows = [(_name(operation, run), _cells(used, [operation])) for operation in shown]
    times = [_time(operation.seconds) for operation in shown]
    if folded:
        text = count(len(folded), "other operation" if shown else "operation")
        rows.append((Line(" " * (_IN + _digits(run) + 2)).add(text), _cells(used, folded)))
        times.append("")
    heads = [(_HEADINGS[outcome][0], "dim") for outcome in used]
    widths = [len(head) for head, _ in heads]
    if any(times):
        widths.append(max(map(len, (*times, "time"))))
        heads.append(("time", "dim"))
        rows = [(name, [*cells, (time, "dim")]) for (name, cells), time in zip(rows, times, strict=True)]
    gap = 1 if any(name.width > width - sum(widths) - 2 * len(widths) for name, _ in rows) else 2
    widths = [gap + cell for cell in widths]
    column = width - sum(widths)
    lines = [_row(Line(), column, heads, widths)]
    for name, cells in rows:
        *above, last = _fitted(name, column, width)
        lines += [*above, _row(last, column, cells, widths)]
    return lines


def _fitted(name: Line, column: int, width: int) -> list[Line]:
    """The name beside the numbers, or above them when it is too long."""
    if name.width <= column:
        return [name]
    (number, style), *rest = name.spans
    room = width - len(number)
    parts = list(wrapped("".join(text for text, _ in rest), room))
    lines = [Line(number if not n else " " * len(number), style).add(part) for n, part in enumerate(parts)]
    return lines if lines[-1].width <= column and len(lines) > 1 else [*lines, Line()]


def _name(operation: OperationReport, run: RunReport) -> Line:
    nested = "  " if operation.nested else ""
    start = f"{' ' * _IN}{operation.number:>{_digits(run)}}  {nested}"
    return Line(start, "dim").add(shorten(operation.name, 400))


def _digits(run: RunReport) -> int:
    return max(2, len(str(len(run.operations))))


def _row(start: Line, column: int, cells: Sequence[tuple[str, str]], widths: Sequence[int]) -> Line:
    start.pad(column)
    for (text, style), width in zip(cells, widths, strict=True):
        start.add(" " * (width - len(text))).add(text, style)
    return start


def _cells(used: Sequence[Outcome], operations: Sequence[OperationReport]) -> list[tuple[str, str]]:
    numbers = (sum(len(operation.hosts(outcome)) for operation in operations) for outcome in used)
    return [_cell(number, outcome) for number, outcome in zip(numbers, used, strict=True)]


def _cell(number: int, outcome: Outcome) -> tuple[str, str]:
    return (str(number), _HEADINGS[outcome][1]) if number else ("-", "dim")


def _time(seconds: float) -> str:
    return seconds_text(seconds) if seconds >= 0.05 else ""


def _is_quiet(operation: OperationReport) -> bool:
    return not any(operation.hosts(outcome) for outcome in Outcome if outcome not in _QUIET)
