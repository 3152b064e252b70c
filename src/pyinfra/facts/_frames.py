"""Numbered answers: how one process on the host answers many calls of a fact.

The calls are numbered from 1. Lines that begin with one of the marks below, and then numbers, are ours; each fact sees
to it that what comes from the host (names, contents) never begins a line like that, so nothing on a host can pass for
an answer.
"""

from __future__ import annotations

import re
from typing import NoReturn, TypeVar

from pyinfra._core.errors import FactProcessError

T = TypeVar("T")

EXISTS = "="
MISSING = "-"
FAILED = "!"

_HEADER = re.compile(r"([=!@-])((?: [0-9]+)*)\Z")


def header(line: str) -> tuple[str, list[int]] | None:
    """Return the mark and the numbers of a line of ours, or None."""
    match = _HEADER.match(line)
    if match is None:
        return None
    return match.group(1), [int(number) for number in match.group(2).split()]


def not_understood(what: str, line: str) -> NoReturn:
    """Raise ``FactProcessError`` for a line that makes no sense."""
    raise FactProcessError(f"{what}: not understood: {line!r}")


def answered(what: str, answers: dict[int, T], count: int) -> list[T]:
    """Return the answers in order.

    Raises:
        FactProcessError: when the answer to a call is missing, or one came to a call that was not made.
    """
    if set(answers) != set(range(1, count + 1)):
        raise FactProcessError(f"{what}: {len(answers)} answers to {count} calls")
    return [answers[number] for number in range(1, count + 1)]


def only(answers: list[T | FactProcessError]) -> T:
    """Return the answer to the one call that was made; raise it when it is an error."""
    (answer,) = answers
    if isinstance(answer, FactProcessError):
        raise answer
    return answer


def line_answers(what: str, lines: list[str], count: int) -> list[str | None]:
    """Read one line for each call: ``= 1 3`` says whose lines follow, ``- 2`` which calls have none."""
    answers: dict[int, str | None] = {}
    rest = iter(lines)
    for line in rest:
        found = header(line)
        if found is None or found[0] not in (EXISTS, MISSING):
            not_understood(what, line)
        for number in found[1]:
            if number in answers:
                not_understood(what, line)
            answers[number] = None if found[0] == MISSING else next(rest, None)
            if found[0] == EXISTS and answers[number] is None:
                raise FactProcessError(f"{what}: the output ends too early")
    return answered(what, answers, count)
