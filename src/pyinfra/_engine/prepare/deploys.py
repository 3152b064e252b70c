"""Deploys: functions that call operations, with a name and data defaults of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, cast

from pyinfra._core.arguments import check_types, split_arguments
from pyinfra._core.context import ctx_host
from pyinfra._core.errors import PyinfraError

if TYPE_CHECKING:
    from pyinfra._engine.model.typed_operation import PyinfraOperation

P = ParamSpec("P")


def deploy(
    name: str | None = None, data_defaults: dict[str, Any] | None = None
) -> Callable[[Callable[P, Any]], PyinfraOperation[P]]:
    """Turn a function that calls operations into a deploy, which takes global arguments for all of them.

    Args:
        name: put before the names of its operations; the function's name by default.
        data_defaults: values of ``host.data`` that nobody else gave.

    Example:
        @deploy("Install the app", data_defaults={"app_user": "app"})
        def install_app():
            server.user(user=host.data.app_user)

        add_deploy(state, install_app, _sudo=True)
    """
    if callable(name):
        raise PyinfraError("the deploy decorator must be called: write @deploy() or @deploy('name')")

    def decorate(function: Callable[P, Any]) -> PyinfraOperation[P]:
        shown = name or function.__name__

        @wraps(function)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            import inspect

            given, own = split_arguments(kwargs, inspect.signature(function).parameters)
            check_types(given)
            with ctx_host.get().deploy(shown, given, data_defaults):
                return function(*args, **own)

        decorated._inner = function  # type: ignore[attr-defined]
        decorated.deploy_name = shown  # type: ignore[attr-defined]
        decorated.deploy_data = data_defaults  # type: ignore[attr-defined]
        return cast("PyinfraOperation[P]", decorated)

    return decorate
