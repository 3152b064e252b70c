"""The global arguments that every operation, deploy and fact takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pyinfra._core.argument_types import (
    AllArguments,
    ConnectorArguments,
    EnvValue,
    ExecutionArguments,
    MetaArguments,
)
from pyinfra._core.arguments import (
    CONNECTOR_ARGUMENT_NAMES,
    EXECUTION_ARGUMENT_NAMES,
    GLOBAL_ARGUMENTS,
    GlobalArgument,
    check_types,
    generate_env,
)
from pyinfra._core.context import ctx_config

from .exceptions import ArgumentTypeError
from .hiddenvalue import HiddenValue
from .util import raise_if_bad_type

if TYPE_CHECKING:
    from .config import Config
    from .host import Host
    from .state import State

__all__ = [
    "CONNECTOR_ARGUMENT_KEYS",
    "EXECUTION_KWARG_KEYS",
    "AllArguments",
    "ArgumentMeta",
    "ArgumentTypeError",
    "ConnectorArguments",
    "EnvValue",
    "ExecutionArguments",
    "HiddenValue",
    "MetaArguments",
    "all_argument_meta",
    "all_global_arguments",
    "ctx_config",
    "generate_env",
    "pop_global_arguments",
    "raise_if_bad_type",
]

T = TypeVar("T")


class ArgumentMeta(Generic[T]):
    """Description of one global argument.

    Args:
        description: what it does.
        default: gives the default under a configuration.
        handler: makes the value in use from the configuration and the given value.
    """

    description: str
    default: Callable[[Config], T]
    handler: Callable[[Config, T], T] | None

    def __init__(
        self, description: str, default: Callable[[Config], T], handler: Callable[[Config, T], T] | None = None
    ) -> None:
        self.description = description
        self.default = default
        self.handler = handler


def _metas(group: str) -> dict[str, ArgumentMeta[Any]]:
    handlers: dict[str, Any] = {"_env": generate_env}
    return {
        argument.name: ArgumentMeta(argument.description, argument.default_of, handlers.get(argument.name))
        for argument in GLOBAL_ARGUMENTS.values()
        if argument.group == group
    }


auth_argument_meta = _metas("privilege")
shell_argument_meta = _metas("shell")
retry_argument_meta = _metas("retry")
meta_argument_meta = _metas("meta")
execution_argument_meta = _metas("execution")

all_argument_meta: dict[str, ArgumentMeta[Any]] = {
    **auth_argument_meta,
    **shell_argument_meta,
    **retry_argument_meta,
    **meta_argument_meta,
    **execution_argument_meta,
}

CONNECTOR_ARGUMENT_KEYS: list[str] = list(CONNECTOR_ARGUMENT_NAMES)
EXECUTION_KWARG_KEYS: list[str] = list(EXECUTION_ARGUMENT_NAMES)

# The types of the arguments as objects, made once: for code that checks values itself.
_TYPES: dict[str, Any] = {
    "bool": bool,
    "int": int,
    "int | None": int,
    "int | float": int | float,
    "str | None": str,
    "str | HiddenValue | None": str | HiddenValue,
    "Mapping[str, str | HiddenValue]": Mapping[str, EnvValue],
    "Iterable[int]": Iterable[int],
    "str | list[str] | Iterable[str] | None": str | list[str] | Iterable[str],
    "Callable[[dict], bool] | None": Callable[[dict[str, Any]], bool],
    "list[Callable[[], bool]] | Callable[[], bool] | None": list[Callable[[], bool]] | Callable[[], bool] | None,
}


def _type_of(argument: GlobalArgument) -> Any:
    return _TYPES[argument.type]


_ALL: list[tuple[str, Any]] = [(argument.name, _type_of(argument)) for argument in GLOBAL_ARGUMENTS.values()]


def all_global_arguments() -> list[tuple[str, type]]:
    """Return the names and types of all global arguments, in the order of resolution."""
    return list(_ALL)


def pop_global_arguments(state: State, host: Host, kwargs: dict[str, Any]) -> tuple[AllArguments, list[str]]:
    """Take the global arguments out of keyword arguments, and resolve them for a host.

    Args:
        state: the run.
        host: the host.
        kwargs: keyword arguments of a call; the global ones are removed.

    Returns:
        All global arguments, and the names of those that were given.

    Raises:
        ArgumentTypeError: when one has the wrong type.
    """
    from pyinfra._engine.prepare.arguments import resolve_arguments

    found = {name: kwargs.pop(name) for name in GLOBAL_ARGUMENTS if name in kwargs}
    check_types(found)
    given = {name: value for name, value in found.items() if value is not None or not _none_is_default(name)}
    resolved: Any = dict(resolve_arguments(host, given).values)
    return resolved, list(found)


def _none_is_default(name: str) -> bool:
    return GLOBAL_ARGUMENTS[name].none_is_default
