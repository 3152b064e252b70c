"""What a decorated operation looks like to editors and type checkers: its own parameters and the global ones."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol

if TYPE_CHECKING:
    from pyinfra._core.arguments import EnvValue
    from pyinfra._core.secrets import HiddenValue

    from .operation_meta import OperationMeta

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
        _sudo_user: None | str = None,
        _use_sudo_login: bool = False,
        _sudo_password: None | str | HiddenValue = None,
        _preserve_sudo_env: bool = False,
        _su_user: None | str = None,
        _use_su_login: bool = False,
        _preserve_su_env: bool = False,
        _su_shell: None | str = None,
        _su_password: None | str | HiddenValue = None,
        _doas: bool = False,
        _doas_user: None | str = None,
        _dzdo: bool = False,
        _dzdo_user: None | str = None,
        _shell_executable: None | str = None,
        _chdir: None | str = None,
        _env: None | Mapping[str, EnvValue] = None,
        _success_exit_codes: Iterable[int] = (0,),
        _timeout: None | int = None,
        _get_pty: bool = False,
        _stdin: None | str | list[str] | Iterable[str] = None,
        _retries: None | int = None,
        _retry_delay: None | int | float = None,
        _retry_until: None | Callable[[dict[str, Any]], bool] = None,
        _temp_dir: None | str = None,
        name: None | str = None,
        _ignore_errors: bool = False,
        _continue_on_error: bool = False,
        _if: list[Callable[[], bool]] | Callable[[], bool] | None = None,
        _parallel: None | int = None,
        _run_once: bool = False,
        _serial: bool = False,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> OperationMeta: ...
