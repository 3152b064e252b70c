"""The global arguments that every operation, deploy and fact takes: one table, checked and resolved from it.

Resolution, strongest first: the call, the deploys around it, host data, the configuration, the fixed default.

Example:
    >>> given, own = split_arguments({"path": "/srv", "_sudo": True})
    >>> given, own
    ({'_sudo': True}, {'path': '/srv'})
    >>> resolve(given, None, {}, defaults(Config()))["_sudo"]
    True
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from .argument_checks import (
    any_text,
    conditions,
    count,
    environment,
    flag,
    function,
    integers,
    lines,
    number,
    secret_text,
    text,
)
from .argument_types import AllArguments as AllArguments
from .argument_types import ConnectorArguments as ConnectorArguments
from .argument_types import EnvValue as EnvValue
from .argument_types import ExecutionArguments as ExecutionArguments
from .argument_types import MetaArguments as MetaArguments
from .errors import ArgumentTypeError
from .locations import place
from .records import Record
from .suggestions import did_you_mean


class GlobalArgument(Record):
    """One global argument.

    Args:
        name: as given in a call.
        group: ``privilege``, ``shell``, ``retry``, ``meta`` or ``execution``.
        type: what a value may be, as text.
        check: whether a value may be given. None is a value like any other here.
        default: value when nothing else says one.
        config_name: attribute of ``Config`` that gives the default instead.
        description: one sentence.
        none_is_default: None in a call means that the argument was not given.
        secret: the value is never shown.
    """

    name: str
    group: str
    type: str
    check: Callable[[Any], bool]
    default: Any
    config_name: str | None
    description: str
    none_is_default: bool = False
    secret: bool = False

    @property
    def is_connector(self) -> bool:
        """Whether it tells the connector how to run commands."""
        return self.group in ("privilege", "shell", "retry")

    @property
    def is_execution(self) -> bool:
        """Whether it must be the same on all hosts."""
        return self.group == "execution"

    def default_of(self, config: Any) -> Any:
        """Return the default under a configuration."""
        return self.default if self.config_name is None else getattr(config, self.config_name, self.default)


_PRIVILEGE, _SHELL, _RETRY, _META, _EXECUTION = "privilege", "shell", "retry", "meta", "execution"
_BOOL, _STR = "bool", "str | None"

_TABLE = (
    GlobalArgument("_sudo", _PRIVILEGE, _BOOL, flag, False, "SUDO", "Run commands with sudo."),
    GlobalArgument("_sudo_user", _PRIVILEGE, _STR, text, None, "SUDO_USER", "User that sudo changes to."),
    GlobalArgument(
        "_use_sudo_login", _PRIVILEGE, _BOOL, flag, False, "USE_SUDO_LOGIN", "Start a login shell with sudo."
    ),
    GlobalArgument(
        "_sudo_password", _PRIVILEGE, "str | HiddenValue | None", secret_text, None, "SUDO_PASSWORD",
        "Password for sudo.", secret=True,
    ),
    GlobalArgument(
        "_preserve_sudo_env", _PRIVILEGE, _BOOL, flag, False, "PRESERVE_SUDO_ENV", "Keep the environment with sudo."
    ),
    GlobalArgument("_su_user", _PRIVILEGE, _STR, text, None, "SU_USER", "Run commands as this user with su."),
    GlobalArgument("_use_su_login", _PRIVILEGE, _BOOL, flag, False, "USE_SU_LOGIN", "Start a login shell with su."),
    GlobalArgument(
        "_preserve_su_env", _PRIVILEGE, _BOOL, flag, False, "PRESERVE_SU_ENV", "Keep the environment with su."
    ),
    GlobalArgument("_su_shell", _PRIVILEGE, _STR, any_text, False, "SU_SHELL", "Shell that su starts."),
    GlobalArgument(
        "_su_password", _PRIVILEGE, "str | HiddenValue | None", secret_text, None, "SU_PASSWORD",
        "Password for su.", secret=True,
    ),
    GlobalArgument("_doas", _PRIVILEGE, _BOOL, flag, False, "DOAS", "Run commands with doas."),
    GlobalArgument("_doas_user", _PRIVILEGE, _STR, text, None, "DOAS_USER", "User that doas changes to."),
    GlobalArgument("_dzdo", _PRIVILEGE, _BOOL, flag, False, "DZDO", "Run commands with dzdo."),
    GlobalArgument("_dzdo_user", _PRIVILEGE, _STR, text, None, "DZDO_USER", "User that dzdo changes to."),
    GlobalArgument(
        "_shell_executable", _SHELL, _STR, text, "sh", "SHELL", "Shell that runs commands; None for no extra shell."
    ),
    GlobalArgument("_chdir", _SHELL, _STR, text, None, None, "Directory to run commands in."),
    GlobalArgument(
        "_env", _SHELL, "Mapping[str, str | HiddenValue]", environment, {}, None,
        "Environment variables for commands.", none_is_default=True,
    ),
    GlobalArgument(
        "_success_exit_codes", _SHELL, "Iterable[int]", integers, [0], None,
        "Exit statuses that count as success.", none_is_default=True,
    ),
    GlobalArgument("_timeout", _SHELL, "int | None", count, None, None, "Seconds that each command may take."),
    GlobalArgument("_get_pty", _SHELL, _BOOL, flag, False, None, "Give commands a terminal."),
    GlobalArgument(
        "_stdin", _SHELL, "str | list[str] | Iterable[str] | None", lines, None, None, "Standard input of commands."
    ),
    GlobalArgument(
        "_retries", _RETRY, "int", count, 0, "RETRY", "How often to try again after a failure.", none_is_default=True
    ),
    GlobalArgument(
        "_retry_delay", _RETRY, "int | float", number, 5, "RETRY_DELAY",
        "Seconds to wait before trying again.", none_is_default=True,
    ),
    GlobalArgument(
        "_retry_until", _RETRY, "Callable[[dict], bool] | None", function, None, None,
        "Try again for as long as this says True of the output.",
    ),
    GlobalArgument("_temp_dir", _SHELL, _STR, text, None, "TEMP_DIR", "Directory for temporary files on the host."),
    GlobalArgument("name", _META, _STR, text, None, None, "Name of the operation."),
    GlobalArgument(
        "_ignore_errors", _META, _BOOL, flag, False, "IGNORE_ERRORS", "Go on with the host when the operation fails."
    ),
    GlobalArgument(
        "_continue_on_error", _META, _BOOL, flag, False, None, "Run the remaining commands after one has failed."
    ),
    GlobalArgument(
        "_if", _META, "list[Callable[[], bool]] | Callable[[], bool] | None", conditions, [], None,
        "Run the operation only if all of these say True when its turn comes.", none_is_default=True,
    ),
    GlobalArgument(
        "_parallel", _EXECUTION, "int", count, 0, "PARALLEL", "On how many hosts to run at once.", none_is_default=True
    ),
    GlobalArgument("_run_once", _EXECUTION, _BOOL, flag, False, None, "Run on one host only."),
    GlobalArgument("_serial", _EXECUTION, _BOOL, flag, False, None, "Run on one host after the other."),
)  # fmt: skip

GLOBAL_ARGUMENTS: dict[str, GlobalArgument] = {argument.name: argument for argument in _TABLE}
GLOBAL_ARGUMENT_NAMES: frozenset[str] = frozenset(GLOBAL_ARGUMENTS)
CONNECTOR_ARGUMENT_NAMES: tuple[str, ...] = tuple(arg.name for arg in _TABLE if arg.is_connector)
EXECUTION_ARGUMENT_NAMES: tuple[str, ...] = tuple(arg.name for arg in _TABLE if arg.is_execution)
# A host's data may well have a "name" of its own, which is not meant for operations.
_FROM_DATA = GLOBAL_ARGUMENT_NAMES - {"name"}
_CHECKS = {argument.name: argument.check for argument in _TABLE}
_NONE_IS_DEFAULT = frozenset(argument.name for argument in _TABLE if argument.none_is_default)


def all_global_arguments() -> list[GlobalArgument]:
    """Return every global argument in the order of resolution."""
    return list(_TABLE)


def split_arguments(kwargs: Mapping[str, Any], own: Collection[str] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part the keyword arguments of a call into global ones and the rest. Types are not checked.

    Args:
        kwargs: keyword arguments of the call.
        own: names of the operation's own parameters, which may begin with an underscore too.

    Raises:
        ArgumentTypeError: for a name that looks like a misspelt global argument.
    """
    given: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, value in kwargs.items():
        if name in GLOBAL_ARGUMENT_NAMES:
            if value is not None or name not in _NONE_IS_DEFAULT:
                given[name] = value
            continue
        if name[:1] == "_" and name not in own:
            _reject_misspelt(name)
        rest[name] = value
    return given, rest


def _reject_misspelt(name: str) -> None:
    hint = did_you_mean(name, GLOBAL_ARGUMENT_NAMES)
    if hint:
        raise ArgumentTypeError(f"there is no global argument {name}{hint}", argument=name, place=place())


def check_types(given: Mapping[str, Any]) -> None:
    """Check the values of global arguments.

    Raises:
        ArgumentTypeError: naming the argument, what it takes and what was given.
    """
    for name, value in given.items():
        if not _CHECKS[name](value):
            raise _wrong_type(GLOBAL_ARGUMENTS[name], value)


def _wrong_type(argument: GlobalArgument, value: Any) -> ArgumentTypeError:
    shown = "" if argument.secret or argument.name == "_env" else f" ({_short(value)})"
    return ArgumentTypeError(
        f"{argument.name} takes {argument.type}, not {type(value).__name__}{shown}",
        argument=argument.name,
        place=place(),
    )


def _short(value: Any) -> str:
    try:
        shown = repr(value)
    except Exception:  # noqa: BLE001 - a broken __repr__ must not hide the error that we are about to report
        return "..."
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


# -- resolution ----------------------------------------------------------------------------


def generate_env(config: Any, value: Mapping[str, EnvValue] | None) -> dict[str, EnvValue]:
    """Return an environment: inherited variables, then ``config.ENV``, then the given ones.

    Args:
        config: gives ``INHERIT_ENV`` (names of variables of this process) and ``ENV``.
        value: what ``_env`` was given.
    """
    env: dict[str, EnvValue] = {key: os.environ[key] for key in config.INHERIT_ENV if key in os.environ}
    env.update(getattr(config, "ENV", None) or {})
    env.update(value or {})
    return env


def defaults(config: Any) -> dict[str, Any]:
    """Return every global argument as the configuration has it. Depends on nothing but ``config.settings_version``."""
    values = {argument.name: argument.default_of(config) for argument in _TABLE}
    values["_env"] = generate_env(config, None)
    return values


def data_layer(host_data: Any) -> dict[str, Any]:
    """Return the global arguments that the data of a host sets.

    Args:
        host_data: a ``HostData``, or anything with ``dict()``.
    """
    layers = getattr(host_data, "_evaluated_layers", None)
    if layers is None:
        return _only_global(host_data.dict())
    found: dict[str, Any] = {}
    for layer in layers():  # strongest first
        if not _FROM_DATA.isdisjoint(layer):
            found = {**_only_global(layer), **found}
    return found


def _only_global(layer: Mapping[str, Any]) -> dict[str, Any]:
    return {key: layer[key] for key in _FROM_DATA.intersection(layer)}


def resolve(
    given: Mapping[str, Any],
    deploy: Mapping[str, Any] | None,
    data: Mapping[str, Any],
    base: Mapping[str, Any],
) -> dict[str, Any]:
    """Lay the sources of global arguments over one another. The result holds all of them.

    ``_env`` of the strongest source is laid over that of the configuration. ``_if`` is a list: the conditions of
    the deploys around the call (``host.when``), then its own.

    Args:
        given: keyword arguments of the call.
        deploy: those of the deploys around it.
        data: from ``data_layer``.
        base: from ``defaults``.
    """
    values = {**base, **data}
    if deploy:
        values.update({key: value for key, value in deploy.items() if value is not None or key not in _NONE_IS_DEFAULT})
        around = conditions_of(deploy.get("_if"))
    else:
        around = []
    values.update(given)
    env = values["_env"]
    if env is not base["_env"]:
        values["_env"] = {**base["_env"], **env} if env else base["_env"]
    if around and "_if" in given:
        values["_if"] = [*around, *conditions_of(given["_if"])]
    else:
        values["_if"] = conditions_of(values["_if"])
    return values


def conditions_of(value: Any) -> list[Callable[[], bool]]:
    """Return the value of ``_if`` as a list."""
    if callable(value):  # first: an operation's answer is callable, and has no truth before the operation has run
        return [value]
    return list(value or ())


def shown_arguments(arguments: Mapping[str, Any], hidden: Iterable[str] = ("_env",)) -> dict[str, Any]:
    """Return arguments as they may be shown in a log: secrets masked."""
    masked = {name for name, argument in GLOBAL_ARGUMENTS.items() if argument.secret}.union(hidden)
    return {key: "*MASKED*" if key in masked and value else value for key, value in arguments.items()}
