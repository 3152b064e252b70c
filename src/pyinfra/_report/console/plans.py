"""The plan as text: what is going to happen, where, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from pyinfra._core.display import visible
from pyinfra._core.records import changed
from pyinfra._report.plan import HostGroup, PlannedOperation, PlanReport

from .changes import change_lines
from .folding import fold_hosts
from .lines import Line, columns, count, shorten, text_lines, wrapped

_MARKS = {"certain": " ", "inferred": "~", "unknown": "?"}
_MARK_STYLES = {"~": "cyan", "?": "yellow"}
_LEGEND = {
    "~": "as it will be after the operations before it",
    "?": "unknown until it runs: what it changes may be more, less or something else",
}
_COMMANDS = 3  # so many are shown
_PLACE = 28
_HOSTS = 30


def plan_lines(plan: PlanReport, width: int, diff: bool = False, names: bool = False) -> list[Line]:
    """Tell a plan.

    Args:
        plan: the plan.
        width: columns that lines may take.
        diff: with the text of changed contents.
        names: name also operations without change.
    """
    lines = [heading(plan)]
    layout = _Layout(plan, width, diff)
    for operation in plan.operations:
        if operation.changing or operation.unchecked:
            lines += layout.operation(operation)
    lines += _rest(plan, layout, names)
    return lines + layout.legend()


def heading(plan: PlanReport) -> Line:
    """The plan in one line."""
    total, hosts = len(plan.operations), count(len(plan.hosts), "host")
    if not total:
        return Line("--> ", "bold").add(f"Plan: no operations for {hosts}", "bold")
    if not plan.checked:
        return Line("--> ", "bold").add(f"Not planned: {count(total, 'operation')} will run on {hosts}", "bold")
    if not plan.is_pending:
        return Line("--> ", "bold").add(f"Plan: nothing to change on {hosts}", "bold")
    touched = {host for operation in plan.operations for host in (*operation.hosts_with_change, *operation.unchecked)}
    changing = sum(bool(operation.changing or operation.unchecked) for operation in plan.operations)
    verb = "changes" if changing == 1 else "change"
    where = hosts if len(touched) == len(plan.hosts) else f"{len(touched)} of {hosts}"
    text = f"Plan: {changing} of {count(total, 'operation')} {verb} something on {where}"
    return Line("--> ", "bold").add(text, "bold")


def _rest(plan: PlanReport, layout: _Layout, names: bool) -> list[Line]:
    unchanged = [operation for operation in plan.operations if not (operation.changing or operation.unchecked)]
    if not unchanged:
        return []
    verb = "has" if len(unchanged) == 1 else "have"
    told = Line(" " * 4).add(f"{count(len(unchanged), 'operation')} {verb} nothing to change", "dim")
    if not names:
        return [told] if plan.is_pending else []
    return [told, *(line for operation in unchanged for line in layout.title(operation, " ", ()))]


class _Layout:
    """The columns of one plan: number, mark, name, hosts, place."""

    def __init__(self, plan: PlanReport, width: int, diff: bool) -> None:
        self._total = len(plan.hosts)
        self._width = width
        self._diff = diff
        self._marks: set[str] = set()
        self._digits = max(2, len(str(len(plan.operations))))
        self._indent = 4 + self._digits + 3
        told = [operation for operation in plan.operations if operation.changing or operation.unchecked]
        self._place = max((columns(_place(operation)) for operation in told), default=0)
        hosts = (columns(self._hosts((*op.hosts_with_change, *op.unchecked))) for op in told)
        self._host_column = max(width - 2 - self._place - max(hosts, default=0), self._indent)

    def _hosts(self, names: Sequence[str]) -> str:
        return fold_hosts(names, self._total, _HOSTS)

    def operation(self, operation: PlannedOperation) -> list[Line]:
        """An operation that changes something, with what it changes."""
        groups = self._alike(operation.changing)
        mark = _MARKS[groups[0].certainty] if len(groups) == 1 else " "
        if not operation.unchecked and len({group.certainty for group in groups}) == 1:
            mark = _MARKS[groups[0].certainty]
        self._marks.add(mark)
        hosts = (*operation.hosts_with_change, *operation.unchecked)
        lines = self.title(operation, mark, hosts)
        if operation.conditional:
            lines.append(Line(" " * self._indent).add("if its condition holds then", "yellow"))
        alone = len(groups) + bool(operation.unchecked) == 1
        for group in groups:
            lines += self._group(group, alone, mark)
        if operation.unchecked and groups:
            lines.append(Line(" " * self._indent).add(f"{self._hosts(operation.unchecked)}: not planned", "dim"))
        return lines

    def _alike(self, groups: Sequence[HostGroup]) -> list[HostGroup]:
        """Take groups together that would be shown alike: often only the texts differ from host to host."""
        if len(groups) == 1 or self._diff:
            return list(groups)
        merged: dict[tuple[str, ...], HostGroup] = {}
        for group in groups:
            shown = (group.certainty, *(line.plain for line in self._body(group)))
            known = merged.get(shown)
            merged[shown] = group if known is None else changed(known, hosts=(*known.hosts, *group.hosts))
        return list(merged.values())

    def _body(self, group: HostGroup) -> list[Line]:
        indent = self._indent + 2
        if group.changes:
            return change_lines(group.changes, indent, self._width, self._diff)
        return _commands(group.commands, indent, self._width)

    def title(self, operation: PlannedOperation, mark: str, hosts: Sequence[str]) -> list[Line]:
        """Number, name, hosts and place."""
        start = Line(f"    {operation.number:>{self._digits}} ", "dim").add(f"{mark} ", _MARK_STYLES.get(mark, ""))
        place = _place(operation)
        right = Line(self._hosts(hosts) if hosts else "", "cyan")
        right.pad(self._width - self._place - self._host_column, 2 if place else 0).add(place, "dim")
        room = self._host_column - 2 - self._indent
        name = visible(operation.name)
        if columns(name) <= room:
            return [start.add(name, "bold").pad(self._host_column).join(right)]
        lines = [start]
        for number, part in enumerate(wrapped(shorten(name, 5 * self._width), self._width - self._indent)):
            if number:
                lines.append(Line(" " * self._indent))
            lines[-1].add(part, "bold")
        if lines[-1].width + 2 > self._host_column:
            lines.append(Line())
        lines[-1].pad(self._host_column).join(right)
        return lines

    def _group(self, group: HostGroup, alone: bool, mark: str) -> list[Line]:
        lines: list[Line] = []
        indent = self._indent + 2
        if not alone:
            own = _MARKS[group.certainty]
            self._marks.add(own)
            shown = own if own != mark else " "
            start = Line(" " * (self._indent - 2)).add(f"{shown} ", _MARK_STYLES.get(shown, ""))
            lines.append(start.add(f"{fold_hosts(group.hosts, self._total, self._width - indent)}:", "cyan"))
        return lines + self._body(group)

    def legend(self) -> list[Line]:
        """What the marks that were used mean."""
        lines: list[Line] = []
        for mark, text in _LEGEND.items():
            if mark in self._marks:
                first, *more = wrapped(text, self._width - 6)
                lines.append(Line("    ").add(f"{mark} ", _MARK_STYLES[mark]).add(first, "dim"))
                lines += [Line(" " * 6).add(part, "dim") for part in more]
        return lines


def _place(operation: PlannedOperation) -> str:
    place = visible(operation.place or "")
    return place if columns(place) <= _PLACE else f"...{place[3 - _PLACE :]}"


def _commands(commands: Sequence[str], indent: int, width: int) -> list[Line]:
    """What an operation without known changes is going to run."""
    lines = []
    for command in commands[:_COMMANDS]:
        first, *more = text_lines(command)
        text = f"{first} ..." if more else first
        lines.append(Line(" " * indent).add("$ ", "dim").add(shorten(text, width - indent - 2)))
    if len(commands) > _COMMANDS:
        left = count(len(commands) - _COMMANDS, "more command")
        lines.append(Line(" " * indent).add(f"and {left}", "dim"))
    if not commands:
        lines.append(Line(" " * indent).add("decided while it runs", "dim"))
    return lines
