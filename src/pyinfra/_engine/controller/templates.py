"""Jinja2 templates, compiled once for each text and set of options."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import IO, TYPE_CHECKING, Any

from pyinfra._engine.controller.files import get_file_io

if TYPE_CHECKING:
    from jinja2 import Environment, Template

_KEPT = 256
_templates: OrderedDict[Hashable, Template] = OrderedDict()
_environments: OrderedDict[Hashable, tuple[Environment, Any]] = OrderedDict()


def get_template(filename_or_io: str | IO[Any], jinja_env_kwargs: dict[str, Any] | None = None) -> Template:
    """Return a template, which fails on undefined names and keeps its last newline.

    Args:
        filename_or_io: path, or an open file.
        jinja_env_kwargs: options of ``jinja2.Environment``, over ours; never changed.

    Example:
        >>> get_template(StringIO("hello {{ name }}")).render(name="world")
        'hello world'
    """
    with get_file_io(filename_or_io, "r") as file:
        source = file.read()
    filename = str(filename_or_io) if isinstance(filename_or_io, (str, os.PathLike)) else None
    environment, options_key = _environment(jinja_env_kwargs or {})
    key = (options_key, filename, source)
    template = _templates.get(key)
    if template is None:
        template = _templates[key] = _compile(environment, source, filename)
        if len(_templates) > _KEPT:
            _templates.popitem(last=False)
    return template


def _compile(environment: Environment, source: str, filename: str | None) -> Template:
    code = environment.compile(source, name=filename, filename=filename)  # errors then name the file and line
    return environment.template_class.from_code(environment, code, environment.make_globals(None))


def _environment(options: Mapping[str, Any]) -> tuple[Environment, Hashable]:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    directory = os.getcwd()  # noqa: PTH109 - plain string for the key
    key = (directory, *sorted((name, _key_of(value)) for name, value in options.items()))
    known = _environments.get(key)
    if known is not None:
        return known[0], key
    ours: dict[str, Any] = {
        "undefined": StrictUndefined,
        "keep_trailing_newline": True,
        "loader": FileSystemLoader(directory),
    }
    environment = Environment(**{**ours, **options})  # noqa: S701 - these are not web pages
    _environments[key] = environment, dict(options)  # keeps the values alive whose identity is in the key
    if len(_environments) > _KEPT:
        _environments.popitem(last=False)
    return environment, key


def _key_of(value: Any) -> str:
    """Equal for equal plain values, otherwise by identity."""
    if value is None or isinstance(value, (str, int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_key_of, value))}]"
    return f"<{id(value)}>"
