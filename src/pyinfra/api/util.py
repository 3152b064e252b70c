"""Small helpers that other packages use. Nothing new belongs here."""

from __future__ import annotations

import hashlib
import inspect
import logging
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from pyinfra._core.locations import call_site, place
from pyinfra._engine.controller.files import (
    BLOCKSIZE,
    get_file_io,
    get_file_md5,
    get_file_path,
    get_file_sha1,
    get_file_sha256,
    get_path_permissions_mode,
)
from pyinfra._engine.controller.processes import print_line
from pyinfra._engine.controller.styling import format_text
from pyinfra._engine.controller.templates import get_template
from pyinfra._engine.prepare.argument_text import value_text

if TYPE_CHECKING:
    from pyinfra._core.output import CommandOutput
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State, StateOperationMeta

__all__ = [
    "BLOCKSIZE",
    "PYINFRA_INSTALL_DIR",
    "format_exception",
    "format_text",
    "get_call_location",
    "get_caller_frameinfo",
    "get_file_io",
    "get_file_md5",
    "get_file_path",
    "get_file_sha1",
    "get_file_sha256",
    "get_kwargs_str",
    "get_operation_order_from_stack",
    "get_path_permissions_mode",
    "get_template",
    "log_error_or_warning",
    "log_host_command_error",
    "log_operation_start",
    "logger",
    "make_hash",
    "memoize",
    "print_host_combined_output",
    "raise_if_bad_type",
    "sha1_hash",
    "try_int",
]

logger = logging.getLogger("pyinfra")

PYINFRA_INSTALL_DIR: str = str(Path(__file__).resolve().parent.parent)


# -- values --------------------------------------------------------------------------------


def try_int(value: Any) -> Any:
    """Return a value as a whole number if it is one, otherwise as it is."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return value


def sha1_hash(string: str) -> str:
    """Return the SHA-1 digest of a text."""
    return hashlib.sha1(string.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def make_hash(obj: Any) -> str:
    """Return a digest that is the same for equal values, in every run."""
    return sha1_hash(_canonical(obj))


def _canonical(obj: Any) -> str:
    if isinstance(obj, Mapping):
        return f"{{{','.join(sorted(f'{_canonical(key)}:{_canonical(value)}' for key, value in obj.items()))}}}"
    if isinstance(obj, (list, tuple)):
        return f"[{','.join(map(_canonical, obj))}]"
    if isinstance(obj, (set, frozenset)):
        return f"<{','.join(sorted(map(_canonical, obj)))}>"
    if isinstance(obj, str):
        return repr(obj)
    return f"{type(obj).__name__}({value_text(obj)})"


def memoize(func: Callable[..., Any]) -> Callable[..., Any]:
    """Have a function remember its last results. Calls with arguments that cannot be a key are not remembered."""
    remembered = lru_cache(maxsize=1024, typed=True)(func)

    @wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            hash((args, tuple(kwargs.values())))
        except TypeError:
            return func(*args, **kwargs)
        return remembered(*args, **kwargs)

    return wrapper


def get_kwargs_str(kwargs: dict[Any, Any]) -> str:
    """Return keyword arguments as text, secrets masked."""
    from pyinfra._engine.prepare.argument_text import argument_texts

    return ", ".join(argument_texts(inspect.Signature(), (), {str(key): value for key, value in kwargs.items()}))


def format_exception(e: Exception) -> str:
    """Return an exception as text: its type and arguments."""
    return f"{type(e).__name__}{e.args!r}"


def raise_if_bad_type(value: Any, type_: Any, exception: type[Exception], message_prefix: str) -> None:
    """Raise an exception unless a value has a type. The message does not show the value: it may be secret.

    Args:
        value: the value.
        type_: any type that annotations can have.
        exception: what to raise.
        message_prefix: how the message begins.
    """
    if type(value) is type_ or (isinstance(type_, type) and type_ is float and type(value) is int):
        return
    from typeguard import CollectionCheckStrategy, TypeCheckError, check_type

    try:
        check_type(value, type_, collection_check_strategy=CollectionCheckStrategy.ALL_ITEMS)
    except TypeCheckError as error:
        shown = getattr(type_, "__name__", None) if isinstance(type_, type) else None
        kind = type(value).__name__
        raise exception(f"{message_prefix}: it takes {shown or type_}, not {kind}") from error


# -- places --------------------------------------------------------------------------------


def get_caller_frameinfo(frame_offset: int = 0) -> inspect.Traceback:
    """Return where the function that calls this one was called from.

    Args:
        frame_offset: how many more calls to go back.
    """
    frame: FrameType = sys._getframe(1)
    for _ in range(frame_offset + 1):
        if frame.f_back is None:
            break
        frame = frame.f_back
    return inspect.getframeinfo(frame, context=0)


def get_call_location(frame_offset: int = 1) -> str:
    """Return the place in the user's own code that led here, as text."""
    found = place()
    if found is not None:
        return found
    info = get_caller_frameinfo(frame_offset)
    return f"{info.filename}:{info.lineno}"


def get_operation_order_from_stack(state: State) -> list[int]:
    """Return a sort key for a call: number of the deploy file, and the lines that lead from it to the call."""
    lines = [line for _, line in call_site(state.current_deploy_filename)]
    return [state.current_op_file_number, *lines]


# -- words ---------------------------------------------------------------------------------


def print_host_combined_output(host: Host, output: CommandOutput) -> None:
    """Print what a command printed."""
    for line in output:
        print_line(host.print_prefix, line)


def log_operation_start(op_meta: StateOperationMeta, op_types: list[str] | None = None, prefix: str = "--> ") -> None:
    """Log that an operation begins."""
    kinds = f"{', '.join(op_types)} " if op_types else ""
    arguments = f" ({', '.join(map(str, op_meta.args))})" if op_meta.args else ""
    names = ", ".join(sorted(op_meta.names))
    logger.info("%s%s%s%s", format_text(prefix, "blue"), format_text(kinds), format_text(names, bold=True), arguments)


def log_error_or_warning(
    host: Host,
    ignore_errors: bool,
    description: str = "",
    continue_on_error: bool = False,
    exception: Exception | None = None,
) -> None:
    """Log that something failed on a host: as a warning where errors are ignored."""
    detail = f": {description}" if description else ""
    if exception is not None:
        detail += f"{' ' if detail else ': '}{format_exception(exception)}"
    if not ignore_errors:
        logger.error("%s%s%s", host.print_prefix, format_text("Error", "red"), detail)
        return
    how = "ignored, execution continued" if continue_on_error else "ignored"
    logger.warning("%s%s%s", host.print_prefix, format_text(f"Error ({how})", "yellow"), detail)


def log_host_command_error(host: Host, e: Exception, timeout: int | None = 0) -> None:
    """Log why a command could not be run on a host."""
    if isinstance(e, TimeoutError):
        text = f"timeout of {timeout} seconds" if timeout else str(e) or "timeout"
    elif isinstance(e, OSError):
        text = f"command socket or file error: {e}"
    else:
        text = f"command error: {format_exception(e)}"
    logger.error("%s%s", host.print_prefix, format_text(text, "red"))
