"""Foreseeing whether the conditions of an operation (``_if``) will hold, where they only ask about other operations.

A condition is the user's own function, so it is not called before its time, unless nothing in it does anything else
than to ask operations whether they changed something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

from pyinfra._engine.model.operation_meta import Answer, OperationMeta, foreseeing

_QUESTIONS = frozenset(("did_change", "did_not_change", "did_succeed", "did_error", "changed", "values"))
_HARMLESS = frozenset(("any", "all", "bool"))


def foresee(conditions: Iterable[Callable[[], Any]]) -> bool | None:
    """Return whether all conditions will hold, as far as the plan goes; None when nobody can know."""
    answers = [_foresee_one(condition) for condition in conditions]
    if False in answers:
        return False
    return None if None in answers else True


def _foresee_one(condition: Callable[[], Any]) -> bool | None:
    if not isinstance(condition, Answer) and not _only_asks(condition):
        return None
    token = foreseeing.set(True)
    try:
        return bool(condition())
    except Exception:  # noqa: BLE001 - whatever it is, it is not known yet
        return None
    finally:
        foreseeing.reset(token)


def _only_asks(condition: object) -> bool:
    """Whether a function does nothing but ask operations."""
    if not isinstance(condition, FunctionType) or condition.__code__.co_argcount:
        return False
    try:
        captured = [cell.cell_contents for cell in condition.__closure__ or ()]
    except ValueError:  # not filled yet
        return False
    names = {name for code in _codes(condition.__code__) for name in code.co_names}
    named = [condition.__globals__.get(name) for name in names - _QUESTIONS - _HARMLESS]
    hidden = [name for name in names & _HARMLESS if name in condition.__globals__]  # another ``any`` than Python's
    return not hidden and all(map(_is_operations, [*captured, *named]))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _is_operations(value: object) -> bool:
    if isinstance(value, (OperationMeta, Answer)):
        return True
    if isinstance(value, Mapping):
        return all(map(_is_operations, value.values()))
    return isinstance(value, (list, tuple, set)) and all(map(_is_operations, value))
