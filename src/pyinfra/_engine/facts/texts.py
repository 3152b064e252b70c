"""What is sent to a host to read facts. Of facts of this package it is made once for all hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pyinfra._core.commands import QuoteString, StringCommand
from pyinfra._engine.facts.base import FactBase

if TYPE_CHECKING:
    from pyinfra._engine.facts.keys import Question

# Printed instead of a fact's output when the program that it needs is not on the host.
MISSING_PROGRAM = "__pyinfra_program_is_missing__"


class Text(NamedTuple):
    """A command: as it is run, and as it may be shown."""

    raw: str
    shown: str

    @classmethod
    def of(cls, command: StringCommand | str) -> Text:
        """Make it of a command."""
        return cls(command, command) if isinstance(command, str) else cls(command.get_raw_value(), str(command))


def single_text(question: Question, fact: FactBase[Any]) -> Text | None:
    """Return what reads one fact; None when the batch form of its class does.

    Args:
        question: the fact and its arguments.
        fact: an instance of it, which will understand the output.
    """
    return _known_single(question) if question.is_ours else _single(fact, question.arguments)


@lru_cache(maxsize=4096)
def _known_single(question: Question) -> Text | None:
    return _single(question.fact(), question.arguments)


def _single(fact: FactBase[Any], arguments: Mapping[str, Any]) -> Text | None:
    if type(fact).batch_command is not FactBase.batch_command and fact.batch_command([arguments]) is not None:
        return None
    command = fact.command(**arguments) if callable(fact.command) else fact.command
    program = fact.requires_command(**arguments)
    if not program:
        return Text.of(command)
    guard = StringCommand(
        "command -v", QuoteString(program), f">/dev/null 2>&1 || {{ echo {MISSING_PROGRAM}; exit 0; }}"
    )
    return Text.of(StringCommand(guard, command, _separator="\n"))


def batch_text(questions: Sequence[Question]) -> Text | None:
    """Return what reads several facts of one family; None when they are too many for one command."""
    if all(question.is_ours for question in questions):
        return _known_batch(tuple(questions))
    return _batch(questions)


@lru_cache(maxsize=1024)
def _known_batch(questions: tuple[Question, ...]) -> Text | None:
    return _batch(questions)


def _batch(questions: Sequence[Question]) -> Text | None:
    speaker = max(questions, key=lambda question: question.cls.batch_rank)
    command = speaker.fact().batch_command([question.arguments for question in questions])
    return None if command is None else Text.of(command)
