"""A call of an operation: its arguments taken apart and checked, once for all hosts."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any

from pyinfra._core.arguments import check_types, split_arguments
from pyinfra._core.errors import OperationTypeError
from pyinfra._core.locations import place
from pyinfra._core.suggestions import did_you_mean
from pyinfra._engine.prepare.argument_text import argument_texts

if TYPE_CHECKING:
    from pyinfra._engine.prepare.decisions import Decisions

Body = Callable[..., Generator[Any, Any, Any]]


_OURS = "pyinfra.operations."


def _noun(module: str) -> str:
    """What comes before the dot when people name an operation: ``files``, ``freebsd.pkg``, ``deploys``."""
    return module.removeprefix(_OURS) if module.startswith(_OURS) else module.rpartition(".")[2]


class Operation:
    """What is known of a decorated function; the decorated function carries it as ``_operation``."""

    __slots__ = ("function", "is_deprecated", "known_calls", "notice", "parameters", "set_in_op", "short_name",
                 "signature")  # fmt: skip

    def __init__(self, function: Body, set_in_op: bool, notice: str | None) -> None:
        self.function = function
        self.set_in_op = set_in_op
        self.notice = notice  # said to whoever calls a deprecated operation
        self.signature = inspect.signature(function)
        self.parameters = self.signature.parameters
        # Whether a call fits depends on how many arguments there are and on their names: known ones are not looked at.
        self.known_calls: set[tuple[int, tuple[str, ...]]] = set()
        self.short_name = f"{_noun(function.__module__)}.{function.__name__}"


def described(function: Any) -> Operation:
    """Return what is known of a decorated function.

    Raises:
        OperationTypeError: when it is not decorated.
    """
    found = getattr(function, "_operation", None)
    if not isinstance(found, Operation):
        raise OperationTypeError(f"not an operation: {function!r}", hint="decorate the function with @operation()")
    return found


class OperationCall:
    """One call of an operation, its arguments taken apart once for all hosts."""

    __slots__ = ("args", "decisions", "global_arguments", "kwargs", "name", "operation", "shares", "shown")

    def __init__(
        self, operation: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any], given: dict[str, Any]
    ) -> None:
        self.operation = operation
        self.args = args
        self.kwargs = kwargs
        self.global_arguments = given
        self.name: str | None = given.get("name")
        self.shares = False  # whether it is known what it shares with other hosts
        self.decisions: Decisions | None = None  # of its bodies; None when they have nothing in common
        self.shown: list[str] | None = None  # arguments as text, when the name is generated

    @classmethod
    def make(cls, operation: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> OperationCall:
        """Split and check the arguments.

        Raises:
            OperationTypeError: an argument of the operation is missing or unknown.
            ArgumentTypeError: a global argument is unknown or has the wrong type.
        """
        given, own = split_arguments(kwargs, operation.parameters)
        if given:
            check_types(given)
        _check_signature(operation, args, own)
        return cls(operation, args, own, given)

    def arguments_text(self) -> list[str]:
        """The arguments as they are shown to people; secrets masked, computed once."""
        if self.shown is None:
            self.shown = argument_texts(self.operation.signature, self.args, self.kwargs)
        return self.shown


_MISSING = re.compile(r"missing a required (?:keyword-only )?argument: '(\w+)'")


def _check_signature(operation: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    form = (len(args), tuple(kwargs))
    if form in operation.known_calls:
        return
    try:
        operation.signature.bind(*args, **kwargs)
        operation.known_calls.add(form)
    except TypeError as error:
        name = operation.short_name
        unknown = next((key for key in kwargs if key not in operation.parameters), None)
        missing = _MISSING.search(str(error))
        if unknown is not None:
            message = f"{name} has no argument {unknown!r}{did_you_mean(unknown, operation.parameters)}"
        elif missing is not None:
            message = f"{name}: the argument {missing[1]!r} is missing"
        else:
            message = f"{name}: {error}"
        argument = unknown or (missing[1] if missing else None)
        hint = f"{name}({', '.join(operation.parameters)})"
        raise OperationTypeError(message, operation=name, argument=argument, place=place(), hint=hint) from None
