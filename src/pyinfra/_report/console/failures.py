"""Failures as blocks: what failed, where, why, what was printed, what helps, and how to run just that again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pyinfra._core.display import visible
from pyinfra._core.events import Failure, Phase
from pyinfra._core.locations import TraceLine
from pyinfra._core.records import changed
from pyinfra._report.view import Problem, ProblemKind

from .folding import all_hosts, fold_hosts, grouped
from .lines import Line, text_lines, wrapped

Rerun = Callable[[Sequence[str]], str]
_HEADS = {
    Phase.CONNECT: "Cannot connect to",
    Phase.DEPLOY: "Deploy code failed for",
    Phase.FACT: "Fact not read from",
    Phase.PLAN: "Not planned: ",
    Phase.EXECUTE: "Failed: ",
}
_IN = " " * 4
_ANY_HOST = "<host>"
_RERUN_HOSTS = 20  # a command line with more of them is of no use to anybody


def same(failures: Sequence[Failure]) -> list[tuple[list[str], Failure]]:
    """Take hosts that failed in the same way together.

    Messages often contain the name of their host: where several share one, it says ``<host>`` instead.
    """
    first: dict[Failure, Failure] = {}
    pairs = []
    for failure in failures:
        key = without_host(failure)
        first.setdefault(key, failure)
        pairs.append((failure.host, key))
    return [
        (list(dict.fromkeys(hosts)), first[key] if len(set(hosts)) == 1 else changed(key, host=hosts[0]))
        for hosts, key in grouped(pairs)
    ]


def without_host(failure: Failure) -> Failure:
    """The failure as it would be on any other host."""
    name = re.compile(rf"(?<![\w-]){re.escape(failure.host)}(?![\w-]|\.\w)")

    def anywhere(text: str) -> str:
        return name.sub(_ANY_HOST, text) if failure.host in text else text

    return changed(
        failure,
        host="",
        message=anywhere(failure.message),
        hint=failure.hint and anywhere(failure.hint),
        command=failure.command and anywhere(failure.command),
        last_lines=tuple(map(anywhere, failure.last_lines)),
    )


def failure_lines(
    hosts: Sequence[str],
    failure: Failure,
    width: int,
    rerun: Rerun | None = None,
    total: int | None = None,
    output: bool = True,
) -> list[Line]:
    """Tell a failure of one or more hosts.

    Args:
        hosts: where it is the same.
        failure: what is known of it, for the first of these hosts.
        width: columns of the terminal.
        rerun: makes the command line that does the same on these hosts only.
        total: number of hosts that take part.
        output: whether the last lines that the command printed are to be shown.
    """
    what = _HEADS[failure.phase]
    named = f"{what}{failure.name} on" if failure.name else what.rstrip(": ")
    if failure.phase in (Phase.EXECUTE, Phase.PLAN) and not failure.name:
        named += " on"
    shown = fold_hosts(hosts, total, max(width - len(visible(named)) - 5, 24))
    lines = [Line("--> ", "bold red").add(f"{named} {shown}", "bold red")]
    lines += _block(failure.message, width)
    if failure.place and not failure.trace:
        lines.append(_field("at", failure.place))
    lines += trace_lines(failure.trace)
    if failure.command:
        lines += _command(failure.command)
    if failure.exit_status is not None and f"exit status {failure.exit_status}" not in failure.message:
        lines.append(_field("exit status:", str(failure.exit_status)))
    if output and failure.last_lines:
        lines += [Line(f"{_IN}  | ", "dim").add(line) for line in failure.last_lines]
    lines += _hint(failure.hint, width)
    if rerun is not None and len(hosts) <= _RERUN_HOSTS:
        lines.append(_field("again:", rerun(hosts)))
    return lines


def ignored_lines(hosts: Sequence[str], failure: Failure, width: int) -> list[Line]:
    """Tell an error that was to be ignored."""
    reason = text_lines(failure.message)[0]
    name = f"{failure.name}: " if failure.name else ""
    text = f"{name}failed on {fold_hosts(hosts, None, 40)}, ignored: {reason}"
    return hanging(text, width, "yellow")


def repeated_lines(hosts: Sequence[str], failure: Failure, total: int | None, width: int) -> list[Line]:
    """Tell of more hosts with a failure that was shown before."""
    name = failure.name or text_lines(failure.message)[0]
    return hanging(f"{name}: failed in the same way on {fold_hosts(hosts, total, 48)}", width, "red")


def reason(failure: Failure) -> str:
    """A failure in one line, without its host."""
    first = text_lines(failure.message)[0]
    return f"{failure.name}: {first}" if failure.name else first


def problem_lines(problem: Problem, width: int) -> list[Line]:
    """Tell what ended a run."""
    first, *more = text_lines(problem.message) if problem.message else [problem.kind.value]
    if problem.kind in (ProblemKind.DECLINED, ProblemKind.INTERRUPTED):
        lines = [Line("--> ", "bold").add(first, "bold")]
    else:
        lines = [Line("--> ", "bold red").add("Error: ", "bold red").add(first, "bold")]
    lines += [Line(_IN).add(line) for line in more]
    if problem.place and not problem.trace:
        lines.append(_field("at", problem.place))
    return lines + trace_lines(problem.trace) + _hint(problem.hint, width)


def trace_lines(trace: Sequence[TraceLine]) -> list[Line]:
    """The way through the user's code, the innermost last."""
    lines: list[Line] = []
    for place, function, source in trace:
        within = f" in {function}" if function not in ("", "<module>") else ""
        lines.append(_field("at", f"{place}{within}"))
        if source:
            lines.append(Line(f"{_IN}      ").add(source))
    return lines


def _command(command: str) -> list[Line]:
    first, *more = text_lines(command)
    return [Line(f"{_IN}$ ", "dim").add(first), *(Line(f"{_IN}  ").add(line) for line in more)]


def _field(name: str, text: str) -> Line:
    return Line(f"{_IN}{name} ", "dim").add(text)


def _block(text: str, width: int) -> list[Line]:
    lines = text_lines(text) if text else ()
    return [Line(_IN).add(part) for line in lines for part in wrapped(line, width - len(_IN))]


def _hint(hint: str | None, width: int) -> list[Line]:
    return hanging(f"hint: {hint}", width, "cyan") if hint else []


def hanging(text: str, width: int, style: str = "") -> list[Line]:
    """A text with every line but the first a little further to the right."""
    lines: list[Line] = []
    for line in text_lines(text):
        for part in wrapped(line, width - 6):
            lines.append(Line(_IN + ("  " if lines else "")).add(part, style))
    return lines


def host_reasons(pairs: Sequence[tuple[str, str]], status: str, width: int, total: int) -> list[Line]:
    """Name the hosts that did not get through, with the reason; those with the same one together."""
    lines: list[Line] = []
    for hosts, why in grouped(pairs):
        names = all_hosts(hosts, total, width - 4)
        lines += [Line(_IN).add(name, "bold") for name in names[:-1]]
        text = f"{status}: {why}" if why else status
        last = Line(_IN).add(names[-1], "bold")
        if len(hosts) > 1 or last.width + len(text) + 2 > width:
            lines.append(last)
            lines += [Line(_IN + "  ").add(part, "red") for part in wrapped(text, width - 6)]
        else:
            lines.append(last.add("  ").add(text, "red"))
    return lines
