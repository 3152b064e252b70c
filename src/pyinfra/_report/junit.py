"""The run as JUnit XML: a test suite for each host, a test case for each operation."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from pyinfra._core.display import visible
from pyinfra._core.events import Failure, Phase
from pyinfra._report.collecting import CollectingView
from pyinfra._report.plan import PlannedOperation
from pyinfra._report.results import OperationReport, Outcome, outcome_of
from pyinfra._report.view import FactReport, Problem, ProblemKind

if TYPE_CHECKING:
    from pyinfra.api.operation import OperationMeta

_PLACE = re.compile(r"(.+):(\d+)\Z", re.DOTALL)
# Of the output of one operation on one host: servers that read these files hold them in memory.
_MOST_OUTPUT = 100_000
_NOT_CHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")
_COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def xml_text(text: str) -> str:
    r"""Return text with what XML cannot hold, or a terminal would act on, written as an escape; lines are kept.

    Example:
        >>> xml_text("\x1b[31mred\r\n")
        '\\x1b[31mred\n'
    """
    lines = text.replace("\r\n", "\n").split("\n")
    return _NOT_CHARACTERS.sub(lambda found: f"\\u{ord(found[0]):04x}", "\n".join(map(visible, lines)))


class JUnitView(CollectingView):
    """Writes a file of JUnit XML when the run ends.

    Failed operations are failures, what was skipped or not run is skipped, and what keeps a host from taking part
    (a connection, deploy code that raises) is a failure of a test case of its own. With a plan only, operations that
    would change something are skipped tests that say so.

    Args:
        path: where to; written beside it first, so that nobody reads half a file.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        self._path = Path(path)

    def finish(self, exit_code: int) -> None:
        root = self._root(exit_code)
        ET.indent(root)
        data = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        write_whole(self._path, data + b"\n")

    # -- suites ----------------------------------------------------------------------------

    def _root(self, exit_code: int) -> ET.Element:
        suites: dict[str, ET.Element] = {}
        failures = self._state.failures if self._state is not None else []
        for failure in failures:
            if failure.phase is not Phase.EXECUTE or self._results is None:  # else the operation's case tells it
                suites.setdefault(failure.host, ET.Element("testsuite")).append(_failed_host_case(failure))
        for host, case in self._cases():
            suites.setdefault(host, ET.Element("testsuite")).append(case)
        if self._has_problem_of_its_own() or (exit_code and not failures and not suites):
            suites.setdefault("pyinfra", ET.Element("testsuite")).append(_problem_case(self._problem, exit_code))
        root = ET.Element("testsuites", name=xml_text(f"pyinfra: {self._title}"))
        for name, suite in suites.items():
            suite.set("name", xml_text(name))
            _count(suite, suite.iter("testcase"))
            root.append(suite)
        _count(root, root.iter("testcase"))
        return root

    def _has_problem_of_its_own(self) -> bool:
        """Whether something went wrong that the failures of the hosts do not tell already."""
        if self._problem is None or self._problem.kind is ProblemKind.DECLINED:
            return False
        told = self._problem.kind in (ProblemKind.FAILED, ProblemKind.UNREACHABLE)
        return not (told and self._state is not None and self._state.failures)

    def _cases(self) -> Iterable[tuple[str, ET.Element]]:
        if self._results is not None:
            for operation in self._results.operations:
                for host, meta in operation.metas.items():
                    yield host, _result_case(operation, host, meta)
        elif self._plan is not None:
            for planned in self._plan.operations:
                yield from _planned_cases(planned)
        for fact in self._facts:
            yield from _fact_cases(fact)


def _count(element: ET.Element, cases: Iterable[ET.Element]) -> None:
    found = list(cases)
    element.set("tests", str(len(found)))
    for attribute, tag in _COUNTED.items():
        element.set(attribute, str(sum(case.find(tag) is not None for case in found)))
    element.set("time", f"{sum(float(case.get('time', 0)) for case in found):.3f}")


# -- cases ---------------------------------------------------------------------------------


def _case(host: str, name: str, place: str | None = None, seconds: float = 0.0) -> ET.Element:
    case = ET.Element("testcase", classname=xml_text(host), name=xml_text(name), time=f"{seconds:.3f}")
    found = _PLACE.match(place or "")
    if found is not None:
        case.set("file", xml_text(found[1]))
        case.set("line", found[2])
    return case


def _add(case: ET.Element, tag: str, text: str = "", **attributes: str) -> None:
    element = ET.SubElement(case, tag, {name: xml_text(value) for name, value in attributes.items()})
    element.text = xml_text(_shortened(text)) or None


def _shortened(text: str) -> str:
    if len(text) <= _MOST_OUTPUT:
        return text
    half = _MOST_OUTPUT // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters left out here]\n{text[-half:]}"


def _result_case(operation: OperationReport, host: str, meta: OperationMeta) -> ET.Element:
    case = _case(host, operation.name, operation.place, meta.seconds)
    outcome = outcome_of(meta)
    failure = meta.failure or Failure(host, "the operation failed")
    if outcome is Outcome.FAILED:
        _add(case, "failure", _explained(failure), message=failure.message, type=failure.phase.value)
    elif outcome is Outcome.SKIPPED:
        _add(case, "skipped", message="its conditions did not hold")
    elif outcome is Outcome.INTERRUPTED:
        _add(case, "error", message="interrupted")
    elif outcome is Outcome.NOT_RUN:
        _add(case, "skipped", message="not run")
    if meta.is_complete():
        ignored = f"ignored: {_explained(failure)}\n" if outcome is Outcome.IGNORED else ""
        for tag, text in (("system-out", ignored + meta.stdout), ("system-err", meta.stderr)):
            if text:
                _add(case, tag, text)
    return case


def _planned_cases(planned: PlannedOperation) -> Iterable[tuple[str, ET.Element]]:
    for group in planned.changing:
        changes = "\n".join(
            f"{change.resource}: {change.attribute}: {change.before!r} -> {change.after!r}" for change in group.changes
        )
        for host in group.hosts:
            case = _case(host, planned.name, planned.place)
            _add(case, "skipped", message=f"would change ({group.certainty})")
            _add(case, "system-out", changes or "\n".join(group.commands))
            yield host, case
    for host in planned.unchanged:
        yield host, _case(host, planned.name, planned.place)
    for host in planned.unchecked:
        case = _case(host, planned.name, planned.place)
        _add(case, "skipped", message="not planned")
        yield host, case


def _fact_cases(fact: FactReport) -> Iterable[tuple[str, ET.Element]]:
    for host in fact.values:
        if host not in fact.failed:
            yield host, _case(host, fact.title)
    for host, why in fact.failed.items():
        case = _case(host, fact.title)
        _add(case, "failure", why, message=why, type="fact")
        yield host, case


def _failed_host_case(failure: Failure) -> ET.Element:
    case = _case(failure.host, failure.name or failure.phase.value, failure.place)
    _add(case, "failure", _explained(failure), message=failure.message, type=failure.phase.value)
    return case


def _problem_case(problem: Problem | None, exit_code: int) -> ET.Element:
    if problem is None:
        problem_case = _case("pyinfra", "run")
        _add(problem_case, "error", message=f"exit status {exit_code}", type="exit")
        return problem_case
    case = _case("pyinfra", "run", problem.place)
    lines = [problem.message, *_trace_lines(problem), *([problem.hint] if problem.hint else [])]
    _add(case, "error", "\n".join(lines), message=problem.message, type=problem.kind.value)
    return case


def _trace_lines(source: Failure | Problem) -> list[str]:
    return [f"{line.place} in {line.function}: {line.source}" for line in source.trace]


def _explained(failure: Failure) -> str:
    fields: Mapping[str, object] = {
        "place": failure.place,
        "command": failure.command,
        "exit status": failure.exit_status,
        "hint": failure.hint,
    }
    told = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\n".join([failure.message, *told, *_trace_lines(failure), *failure.last_lines])


# -- the file ------------------------------------------------------------------------------


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is never seen half written. A pipe or device is written as it is.

    Args:
        path: where to; missing directories are made.
        data: its content.
    """
    if path.is_relative_to("/dev") or (path.exists() and not path.is_file()):
        with path.open("ab") as file:
            file.write(data)
        return
    path = path.resolve()  # a link keeps pointing to the file
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with beside.open("xb") as file:
            file.write(data)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
