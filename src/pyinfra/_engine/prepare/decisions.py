"""What the bodies of operations decide, shared by hosts that answer alike.

A body is a function of its arguments and of what it asks: facts of its host, and settings such as ``config.DIFF``.
So what it asked, what it was answered and what came of it are kept as a tree of steps, one tree for each call. On the
next host the steps are followed with that host's own answers: where they have all been heard before, the plan is known
and the body need not run, and all such hosts share one plan.

This is for operations of this package. One written elsewhere may depend on anything, so its body runs on every host. A
body that looks at its host in another way (its name, its data, a random name) is kept out by the trail that it leaves.

Example:
    >>> trail = decisions.trail(options)
    >>> trail.asks(key), trail.answered(value, Certainty.CERTAIN, vague=False)
    >>> plan = trail.ended(recorder.plan())
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO, StringIO
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from pyinfra._core.commands import FileDownloadCommand, FileUploadCommand, StringCommand, WriteFileCommand
from pyinfra._core.context import ContextObject, ctx_host, current_file
from pyinfra._engine.facts.keys import FactKey
from pyinfra._engine.prepare.plans import Certainty, Plan

if TYPE_CHECKING:
    from pyinfra._engine.model.state import State
    from pyinfra._engine.prepare.calls import OperationCall
    from pyinfra._engine.prepare.identity import Identity
    from pyinfra._transport.base import ExecOptions

_OURS = "pyinfra.operations."
_MOST_ANSWERS = 8  # hosts that differ more than that have little to share
_LARGE = 1024 * 1024  # bytes: a file in memory that is larger is only like itself
_SAME_FOR_ALL_HOSTS = (StringCommand, FileUploadCommand, WriteFileCommand, FileDownloadCommand)
_NOTED_ELSEWHERE = ("get_fact", "noop")
_PLAIN = (str, int, bool, float, bytes, type(None))


class Glance(NamedTuple):
    """A look at a plain value of ``config`` or ``state``."""

    proxy: ContextObject
    attribute: str

    def answer(self) -> Any:
        """Look at it where the code runs now."""
        return getattr(self.proxy, self.attribute)


class Answer:
    """What a question was answered, and where the body went from there."""

    __slots__ = ("certainty", "next", "vague", "value")

    def __init__(self, value: Any, certainty: Certainty, vague: bool) -> None:
        self.value = value
        self.certainty = certainty
        self.vague = vague
        self.next = Step()


class Step:
    """A point that bodies come to: the next question, or the end with a plan; neither when no body got further."""

    __slots__ = ("answers", "plan", "prefetched", "question")

    def __init__(self) -> None:
        self.prefetched: tuple[FactKey, ...] = ()
        self.question: FactKey | Glance | None = None
        self.answers: list[Answer] = []
        self.plan: Plan | None = None

    def heard(self, value: Any, certainty: Certainty, vague: bool) -> Answer | None:
        """Return an answer that was heard before."""
        for answer in self.answers:
            if (
                answer.certainty is certainty
                and answer.vague is vague
                and (answer.value is value or answer.value == value)
            ):
                return answer
        return None


class Decisions:
    """The steps of one call, for each way in which its facts are read.

    Args:
        call: kept, so that nothing else can take the place in memory of its arguments.
    """

    __slots__ = ("_call", "_starts", "unfit")

    def __init__(self, call: OperationCall) -> None:
        self._call = call
        self._starts: list[tuple[ExecOptions, Step]] = []
        self.unfit = False  # the body depends on more than what it asks

    def start(self, options: ExecOptions) -> Step | None:
        """Return where bodies begin that read facts like this; None when nothing can be shared."""
        if self.unfit:
            return None
        for known, step in self._starts:
            if known is options or known == options:
                return step
        if len(self._starts) >= _MOST_ANSWERS:
            return None
        self._starts.append((options, Step()))
        return self._starts[-1][1]

    def trail(self, options: ExecOptions) -> Trail | None:
        """Return what takes note of a body that is going to run."""
        start = self.start(options)
        return Trail(self, start) if start is not None else None


class Trail:
    """Takes note of what one body asks, step by step, so that bodies of other hosts can follow while it waits."""

    __slots__ = ("_decisions", "_step")

    def __init__(self, decisions: Decisions, start: Step) -> None:
        self._decisions = decisions
        self._step: Step | None = start

    def prefetches(self, key: FactKey) -> None:
        """The body asks for a fact that it will need later."""
        step = self._step
        if step is not None and step.question is None and step.plan is None and key not in step.prefetched:
            step.prefetched += (key,)

    def asks(self, question: FactKey | Glance) -> None:
        """The body cannot go on without an answer."""
        step = self._step
        if step is None:
            return
        if isinstance(question, FactKey) and not question.cls.cacheable:
            self.leave()
        elif step.question is None and step.plan is None:
            step.question = question
        elif step.question != question:
            self.spoil()

    def answered(self, value: Any, certainty: Certainty, vague: bool) -> None:
        """The body goes on with this answer to what it asked."""
        step = self._step
        if step is None:
            return
        answer = step.heard(value, certainty, vague)
        if answer is None and len(step.answers) < _MOST_ANSWERS:
            answer = Answer(value, certainty, vague)
            step.answers.append(answer)
        self._step = answer.next if answer is not None else None

    def looks(self, proxy: ContextObject, attribute: str, value: Any) -> None:
        """The body looks at its host, the run or the configuration."""
        if proxy is ctx_host.context and attribute in _NOTED_ELSEWHERE:
            return
        if attribute and type(value) in _PLAIN and proxy is not ctx_host.context:
            self.asks(Glance(proxy, attribute))
            self.answered(value, Certainty.CERTAIN, vague=False)
        else:
            self.spoil()

    def ended(self, plan: Plan) -> Plan:
        """Return the plan of this body, or an equal one of another host's."""
        step, self._step = self._step, None
        if step is None or plan.live:
            return plan
        if step.question is not None or not all(type(command) in _SAME_FOR_ALL_HOSTS for command in plan.commands):
            self.spoil()
            return plan
        if step.plan is None:
            step.plan = plan
        return step.plan

    def leave(self) -> None:
        """Take no further note of this body; others may be followed."""
        self._step = None

    def spoil(self) -> None:
        """The body depends on something that nobody else can be asked for."""
        self._step = None
        self._decisions.unfit = True


# -- which calls are the same ----------------------------------------------------------------


def share_decisions(state: State, call: OperationCall, identity: Identity) -> None:
    """Give a call the decisions of calls like it on other hosts, where hosts can have any in common."""
    call.shares = True
    operation = call.operation
    if not operation.function.__module__.startswith(_OURS) or not operation.set_in_op:
        return
    try:
        arguments = (frozen(call.args), frozen(call.kwargs))
    except TypeError:
        return
    place = (identity.op_hash, current_file.get(), arguments)
    known = state.decisions.get(place)
    if known is None:
        known = state.decisions[place] = Decisions(call)
    call.decisions = known


def frozen(value: Any) -> Any:
    """Return something hashable that only values of the same types and contents give.

    Raises:
        TypeError: it may hold something that is not the same for all hosts.
    """
    kind = type(value)
    if kind is str or value is None:
        return value
    how = _FROZEN.get(kind)
    if how is not None:
        return kind, how(value)
    if isinstance(value, PurePath):
        return kind, str(value)
    raise TypeError(f"not plain: {kind.__name__}")


def _itself(value: Any) -> Any:
    return value


def _items(value: Any) -> tuple[Any, ...]:
    return tuple(map(frozen, value))


def _pairs(value: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple((frozen(key), frozen(item)) for key, item in value.items())


def _content(file: StringIO | BytesIO) -> Any:
    if file.closed:
        raise TypeError("a closed file")
    content = file.getvalue()
    return content if len(content) <= _LARGE else id(file)


_FROZEN: dict[type, Callable[[Any], Any]] = {
    int: _itself, bool: _itself, float: _itself, bytes: _itself,
    list: _items, tuple: _items, dict: _pairs,
    set: lambda value: frozenset(map(frozen, value)), frozenset: lambda value: frozenset(map(frozen, value)),
    StringIO: _content, BytesIO: _content,
}  # fmt: skip
