"""Looks up the functions and facts that the words of a command line name, with their arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from pyinfra._core.arguments import split_arguments
from pyinfra._engine.facts.keys import FactSignature, signature_of
from pyinfra._engine.prepare.calls import Operation, OperationCall
from pyinfra.api.exceptions import ArgumentTypeError, FactTypeError, OperationTypeError
from pyinfra.api.facts import FactBase, ShortFactBase
from pyinfra_cli.exceptions import CliError
from pyinfra_cli.words.lookup import try_import_module_attribute
from pyinfra_cli.words.module_names import FACTS, OPERATIONS
from pyinfra_cli.words.values import parse_cli_arg, split_keyword

__all__ = [
    "CliError",
    "FactBase",
    "FactCall",
    "FunctionCall",
    "check_call",
    "get_facts_and_args",
    "get_func_and_args",
    "parse_cli_arg",
    "try_import_module_attribute",
]


class FunctionCall(NamedTuple):
    """An operation, or a function that calls operations, and ``(args, kwargs)``."""

    function: Callable[..., Any]
    arguments: tuple[list[Any], dict[str, Any]]


class FactCall(NamedTuple):
    """A fact and its arguments."""

    cls: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    name: str  # as it was written


def get_func_and_args(commands: Sequence[str]) -> FunctionCall:
    """Return the function that words name, and its arguments.

    Args:
        commands: ``["server.user", "app", "shell=/bin/sh"]``; or one word of JSON, ``[args, kwargs]``, after the name.

    Raises:
        CliError: there is no such function, or nothing that can be called.
        UserCodeError: the module of the function raised while it was imported.

    Example:
        >>> function, (args, kwargs) = get_func_and_args(["server.user", "app", "shell=/bin/sh"])
        >>> function.__name__, args, kwargs
        ('user', ['app'], {'shell': '/bin/sh'})
    """
    name, *words = commands
    function = try_import_module_attribute(name, prefix=OPERATIONS)
    if isinstance(function, type) and issubclass(function, (FactBase, ShortFactBase)):
        raise CliError(f"{name} is a fact", hint=f"pyinfra INVENTORY fact {name}")
    if not callable(function) or isinstance(function, type) or _is_other_name_of_ours(function):
        raise CliError(f"{name} is no operation, but {_described(function)}")
    return FunctionCall(function, _arguments(words))


def _is_other_name_of_ours(function: Any) -> bool:
    module = getattr(function, "__module__", None) or ""
    return module.startswith(("pyinfra.", "pyinfra_cli.")) and not hasattr(function, "_inner")


def _described(thing: Any) -> str:
    if inspect.ismodule(thing):
        return "a module"
    return "a class" if isinstance(thing, type) else f"a {type(thing).__name__}"


def _arguments(words: Sequence[str]) -> tuple[list[Any], dict[str, Any]]:
    if len(words) == 1:
        match parse_cli_arg(words[0]):
            case [list() as args, dict() as kwargs]:
                return args, kwargs
    args, kwargs = [], {}
    for word in words:
        keyword = split_keyword(word)
        if keyword is None:
            args.append(parse_cli_arg(word))
        else:
            kwargs[keyword[0]] = parse_cli_arg(keyword[1])
    return args, kwargs


def check_call(call: FunctionCall) -> None:
    """Compare arguments with what an operation takes, before any host is connected to.

    Args:
        call: of an operation, a deploy, or any other function.

    Raises:
        CliError: an argument is unknown, missing, or of the wrong kind.
    """
    operation = getattr(call.function, "_operation", None)
    if not isinstance(operation, Operation):
        _check_function(call)
        return
    args, kwargs = call.arguments
    try:
        OperationCall.make(operation, tuple(args), kwargs)
    except (OperationTypeError, ArgumentTypeError) as error:
        raise CliError(str(error), hint=_argument_hint(error, kwargs)) from error


def _check_function(call: FunctionCall) -> None:
    from pyinfra._core.arguments import split_arguments
    from pyinfra._core.suggestions import did_you_mean

    function = call.function
    signature = inspect.signature(getattr(function, "_inner", function))
    args, kwargs = call.arguments
    # Only deploys take global arguments.
    own = split_arguments(kwargs, signature.parameters)[1] if hasattr(function, "_inner") else kwargs
    try:
        signature.bind(*args, **own)
    except TypeError as error:
        name = getattr(function, "__name__", str(function))
        unknown = next((key for key in own if key not in signature.parameters), None)
        meant = did_you_mean(unknown, signature.parameters) if unknown else ""
        raise CliError(f"{name}: {error}{meant}", hint=f"{name}{signature}") from None


def _argument_hint(error: OperationTypeError | ArgumentTypeError, kwargs: dict[str, Any]) -> str | None:
    unknown = error.details.argument
    if unknown in kwargs:
        return f"""text that is no argument but holds "=" is given in double quotes of its own: '"{unknown}=..."'"""
    return error.details.hint


def get_facts_and_args(commands: Iterable[str]) -> list[FactCall]:
    """Return the facts that words name, with their arguments.

    Args:
        commands: ``["server.Os", "files.File", "path=/etc/hosts"]``; arguments belong to the fact before them.

    Raises:
        CliError: there is no such fact, or an argument is unknown or missing.
        UserCodeError: the module of the fact raised while it was imported.

    Example:
        >>> [(call.name, call.kwargs) for call in get_facts_and_args(["server.Os", "files.File", "path=/etc/hosts"])]
        [('server.Os', {}), ('files.File', {'path': '/etc/hosts'})]
    """
    calls: list[FactCall] = []
    for word in commands:
        keyword = split_keyword(word)
        if keyword is None:
            calls.append(FactCall(_fact(word, calls), (), {}, word))
        elif not calls:
            raise CliError(f"{word!r} comes before any fact", hint=f"pyinfra INVENTORY fact module.Fact {word}")
        else:
            calls[-1].kwargs[keyword[0]] = parse_cli_arg(keyword[1])
    for call in calls:
        _check_fact(call)
    return calls


def _fact(word: str, before: Sequence[FactCall]) -> Any:
    if before and not word.replace(".", "").replace(":", "").replace("_", "").isalnum():
        names = _signature(before[-1].cls).names
        example = f"{names[0]}={word}" if names else "name=value"
        raise CliError(f"{word!r} names no fact", hint=f"arguments of facts are given by name: {example}")
    found = try_import_module_attribute(word, prefix=FACTS)
    if not isinstance(found, type) or not issubclass(found, (FactBase, ShortFactBase)):
        raise CliError(f"{word} is no fact, but {_described(found)}")
    if getattr(found, "abstract", False) and not issubclass(found, ShortFactBase):
        raise CliError(f"{word} only serves as a base of other facts")
    return found


def _signature(cls: Any) -> FactSignature:
    while issubclass(cls, ShortFactBase):
        cls = cls.fact
    return signature_of(cls)


def _check_fact(call: FactCall) -> None:
    signature = _signature(call.cls)
    try:
        _, own = split_arguments(call.kwargs, signature.names)
        if not signature.open_ended:
            signature.bind(call.args, own)
    except (FactTypeError, ArgumentTypeError) as error:
        takes = " ".join(f"{name}=..." for name in signature.names)
        hint = f"{call.name} takes {takes}" if takes else f"{call.name} takes no arguments"
        raise CliError(str(error), hint=hint) from error
