"""What a decorated operation looks like to editors and type checkers: its own parameters and the global ones."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol

if TYPE_CHECKING:
    from pyinfra._core.arguments import EnvValue
    from pyinfra._core.secrets import HiddenValue
    from pyinfra._engine.model.operation_meta import OperationMeta

P = ParamSpec("P")


class PyinfraOperation(Protocol[P]):
    """An operation: the function that was decorated, taking every global argument too."""

    @property
    def _inner(self) -> Callable[P, Generator[Any, Any, Any]]:
        """The plain function, for use within other operations."""

    # mypy checks a call against P only through *args and **kwargs, so the rest cannot be keyword-only here.
    def __call__(
        self,
        _sudo: bool = False,
        _sudo_user: str | None = None,
        _use_sudo_login: bool = False,
        _sudo_password: str | HiddenValue | None = None,
        _preserve_sudo_env: bool = False,
        _su_user: str | None = None,
        _use_su_login: bool = False,
        _preserve_su_env: bool = False,
        _su_shell: str | None = None,
        _su_password: str | HiddenValue | None = None,
        _doas: bool = False,
        _doas_user: str | None = None,
        _dzdo: bool = False,
        _dzdo_user: str | None = None,
        _shell_executable: str | None = None,
        _chdir: str | None = None,
        _env: Mapping[str, EnvValue] | None = None,
        _success_exit_codes: Iterable[int] = (0,),
        _timeout: int | None = None,
        _get_pty: bool = False,
        _stdin: str | list[str] | Iterable[str] | None = None,
        _retries: int | None = None,
        _retry_delay: int | float | None = None,
        _retry_until: Callable[[dict[str, Any]], bool] | None = None,
        _temp_dir: str | None = None,
        name: str | None = None,
        _ignore_errors: bool = False,
        _continue_on_error: bool = False,
        _if: list[Callable[[], bool]] | Callable[[], bool] | None = None,
        _parallel: int | None = None,
        _run_once: bool = False,
        _serial: bool = False,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> OperationMeta: ...
