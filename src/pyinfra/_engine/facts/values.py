"""From what a host printed to the values of facts.

Hosts often print the same. What a fact of this package made of the last output is kept, so that the same output is
understood once, and hosts that are alike share one value in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pyinfra._core.errors import FactProcessError
from pyinfra._core.output import STDOUT, decode
from pyinfra._engine.facts.texts import MISSING_PROGRAM

if TYPE_CHECKING:
    from pyinfra._engine.facts.base import FactBase
    from pyinfra._engine.facts.keys import Question
    from pyinfra._transport.base import Result


class LastOutput:
    """What was printed last, and what was understood of it."""

    __slots__ = ("printed", "values")

    def __init__(self) -> None:
        self.printed: tuple[bytes, bool] | None = None
        self.values: dict[Any, Any] = {}

    def of(self, printed: tuple[bytes, bool]) -> dict[Any, Any]:
        """Return the values of an output; none if it is another than the last one."""
        if printed != self.printed:
            self.printed, self.values = printed, {}
        return self.values


def single_value(question: Question, fact: FactBase[Any], result: Result) -> Any:
    """Return the value of one fact from the result of its command.

    Raises:
        FactProcessError: the output is not to be understood.
    """
    printed = result.output.bytes_of(STDOUT)
    if not question.is_ours:
        return _single(fact, printed, result.ok)
    values = _last(question).of((printed, result.ok))
    if None not in values:
        values[None] = _single(fact, printed, result.ok)
    return values[None]


def _single(fact: FactBase[Any], printed: bytes, ok: bool) -> Any:
    lines = lines_of(printed)
    if not ok or not lines or lines == [MISSING_PROGRAM]:
        return fact.default()
    return fact.process(lines)


@lru_cache(maxsize=1024)
def _last(_asked: Question | tuple[Question, ...]) -> LastOutput:
    return LastOutput()


class BatchValues:
    """The values of one batch: understood once for each class in it, and handed out one by one.

    Args:
        questions: what was asked, in order.
        result: what the host answered.
    """

    __slots__ = ("_ok", "_printed", "_questions", "_values")

    def __init__(self, questions: Sequence[Question], result: Result) -> None:
        self._questions = tuple(questions)
        self._ok = result.ok
        self._printed = result.output.bytes_of(STDOUT)
        ours = all(question.is_ours for question in questions)
        self._values = _last(self._questions).of((self._printed, result.ok)) if ours else {}

    def value(self, fact: FactBase[Any], index: int) -> Any:
        """Return the value at a place of the batch.

        Raises:
            FactProcessError: it is not to be understood.
        """
        values = self._values.get(type(fact))
        if values is None:
            values = self._values[type(fact)] = self._understood_by(fact)
        value = values[index]
        if isinstance(value, FactProcessError):
            raise value
        return value

    def _understood_by(self, fact: FactBase[Any]) -> Sequence[Any]:
        lines = lines_of(self._printed)
        if not self._ok or not lines:
            return [fact.default() for _ in self._questions]
        return fact.batch_process([question.arguments for question in self._questions], lines)


def lines_of(printed: bytes) -> list[str]:
    """Return lines of text; the last one may lack its newline."""
    if not printed:
        return []
    lines = decode(printed).split("\n")
    if not lines[-1]:
        lines.pop()
    return lines
