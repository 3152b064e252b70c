"""Filling templates with the data of a host, and errors that say where."""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Any

from pyinfra import host, inventory, state
from pyinfra.api import HiddenValue, OperationError
from pyinfra.api.util import get_file_io, get_template

_SECRET_NAME = re.compile(r"pass(word|wd|phrase)?$|secret|token|private_?key|api_?key|credential", re.IGNORECASE)
_AROUND = 1  # lines shown before and after the one that is wrong

_seen: ContextVar[set[str] | None] = ContextVar("pyinfra_template_secrets", default=None)


def render(
    src: str | IO[Any], data: Mapping[str, Any], jinja_env_kwargs: Mapping[str, Any] | None
) -> tuple[str, set[str]]:
    """Fill a template.

    Args:
        src: path on this machine, or an open file.
        data: its variables; ``host``, ``state`` and ``inventory`` are there too.
        jinja_env_kwargs: options of the Jinja2 environment.

    Returns:
        The text, and the secrets in it: hidden values, and those of variables with names such as ``password``.

    Raises:
        OperationError: the template is wrong, or something that it needs is not defined.
    """
    secrets = set(_named_secrets(data))
    token = _seen.set(secrets)
    try:
        template = get_template(src, _options(jinja_env_kwargs))
        text = template.render({"host": host, "state": state, "inventory": inventory, **data})
    except Exception as error:
        raise _explained(src, error) from error
    finally:
        _seen.reset(token)
    return text, {secret for secret in secrets if secret in text}


def _options(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Hidden values are shown by a template as they are: that is what it is for."""
    options = dict(given or {})
    if "finalize" not in options:
        options["finalize"] = _revealed
    return options


def _revealed(value: Any) -> Any:
    if not isinstance(value, HiddenValue):
        return value
    secrets = _seen.get()
    if secrets is not None:
        secrets.add(value.unmask())
    return value.unmask()


def _named_secrets(data: Mapping[str, Any]) -> Iterator[str]:
    for name, value in data.items():
        if isinstance(value, HiddenValue):
            yield value.unmask()
        elif isinstance(value, str) and value and _SECRET_NAME.search(str(name)):
            yield value
        elif isinstance(value, Mapping):
            yield from _named_secrets(value)


# -- errors --------------------------------------------------------------------------------


def _explained(src: str | IO[Any], error: Exception) -> OperationError:
    name = str(src) if isinstance(src, (str, os.PathLike)) else "the template"
    lines = [line for line in _lines_of(src, error) if line is not None]
    number = lines[-1] if lines else None
    what = f"{type(error).__name__}: {error}"
    if number is None:
        return OperationError(f"{name}: {what}", argument="src")
    shown = "\n".join(_source_lines(src, number))
    return OperationError(f"{name}, line {number}: {what}\n{shown}", argument="src")


def _lines_of(src: str | IO[Any], error: Exception) -> Iterable[int | None]:
    """The lines of the template that the error comes from, the outermost first."""
    if hasattr(error, "lineno"):  # a syntax error
        return [error.lineno]
    names = {"<template>", str(src)}
    return [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename in names]


def _source_lines(src: str | IO[Any], number: int) -> Iterator[str]:
    if isinstance(src, (str, os.PathLike)) and not Path(src).is_file():
        return
    with get_file_io(src, "r") as file:
        lines = file.read().split("\n")
    for position in range(max(1, number - _AROUND), min(len(lines), number + _AROUND) + 1):
        mark = ">" if position == number else " "
        yield f"  {mark} {position}: {lines[position - 1]}"
