"""The types of the global arguments, as editors and type checkers see them.

The table in ``arguments.py`` is what the engine works with; a test keeps the two in agreement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict

from .secrets import HiddenValue

EnvValue = str | HiddenValue
Condition = Callable[[], bool]


class ConnectorArguments(TypedDict, total=False):
    """How commands are run on a host: as whom, where, with which shell."""

    _sudo: bool
    _sudo_user: str | None
    _use_sudo_login: bool
    _sudo_password: str | HiddenValue | None
    _preserve_sudo_env: bool
    _su_user: str | None
    _use_su_login: bool
    _preserve_su_env: bool
    _su_shell: str | None
    _su_password: str | HiddenValue | None
    _doas: bool
    _doas_user: str | None
    _dzdo: bool
    _dzdo_user: str | None
    _shell_executable: str | None
    _chdir: str | None
    _env: Mapping[str, EnvValue] | None
    _success_exit_codes: Iterable[int]
    _timeout: int | None
    _get_pty: bool
    _stdin: str | list[str] | Iterable[str] | None
    _retries: int | None
    _retry_delay: int | float | None
    _retry_until: Callable[[dict[str, Any]], bool] | None
    _temp_dir: str | None


class MetaArguments(TypedDict, total=False):
    """What an operation is called, and when it counts as failed or is left out."""

    name: str | None
    _ignore_errors: bool
    _continue_on_error: bool
    _if: list[Condition] | Condition | None


class ExecutionArguments(TypedDict, total=False):
    """On which hosts an operation runs at the same time."""

    _parallel: int | None
    _run_once: bool
    _serial: bool


class AllArguments(ConnectorArguments, MetaArguments, ExecutionArguments, total=False):
    """Every global argument."""
