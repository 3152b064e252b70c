"""Facts as plain values that can be kept in a file, and back."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pyinfra._core.errors import PyinfraError
from pyinfra._engine.facts.base import FactBase, ShortFactBase
from pyinfra._engine.facts.keys import FactKey, question_of
from pyinfra._transport.base import PLAIN, ExecOptions, Method, PrivilegeStep

# A fact: [place of the class, arguments, as whom: None for the host's usual user].
Entry = list[Any]

_SECRET = re.compile(r"passw|secret|token|credential|private", re.IGNORECASE)


def entry_of(key: FactKey, usual: ExecOptions) -> Entry | None:
    """Return how a fact is written down; None when it is not to be.

    Secrets are not written down; what may change without our doing is not asked for beforehand.

    Args:
        key: the fact.
        usual: as whom the host is usually asked.
    """
    cls = key.cls
    if not cls.cacheable or key.resources is None or "<" in cls.__qualname__:
        return None
    if not all(_is_plain(name, value) for name, value in key.arguments.items()):
        return None
    whom = None if key.options == usual else _whom(key.options)
    if whom is None and key.options != usual:
        return None
    return [f"{cls.__module__}:{cls.__qualname__}", dict(key.arguments), whom]


def entry_at(place: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Entry | None:
    """Return how a fact is written down that the host's usual user asks for; None when there is no such fact.

    Args:
        place: of its class: module, colon, name.
        args: positional arguments of its command.
        kwargs: arguments by name.
    """
    cls = _class_at(place)
    try:
        return None if cls is None else entry_of(question_of(cls, args, kwargs).key(PLAIN), PLAIN)
    except (TypeError, PyinfraError):
        return None


def _is_plain(name: str, value: Any) -> bool:
    if _SECRET.search(name):
        return False
    if isinstance(value, list):
        return all(_is_plain(name, item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(inner, str) and _is_plain(inner, item) for inner, item in value.items())
    return value is None or type(value) in (str, int, float, bool)


def _whom(options: ExecOptions) -> list[list[Any]] | None:
    """As whom, if that is all that is unusual, and needs no password."""
    if options != ExecOptions(privilege=options.privilege) or any(step.password for step in options.privilege):
        return None
    return [[step.method.value, step.user, step.login, step.preserve_env, step.shell] for step in options.privilege]


def key_from(entry: Any, usual: ExecOptions) -> FactKey | None:
    """Return the fact that was written down; None when there is no such fact any more.

    Args:
        entry: what was written down, which nobody has checked.
        usual: as whom the host is usually asked.
    """
    try:
        place, arguments, whom = entry
        cls = _class_at(place)
        if cls is None or not isinstance(arguments, Mapping):
            return None
        options = usual if whom is None else ExecOptions(privilege=tuple(_step(*step) for step in whom))
        return question_of(cls, (), arguments).key(PLAIN if options == PLAIN else options)
    except (TypeError, ValueError, AttributeError, PyinfraError):
        return None


def _step(method: str, user: str | None, login: bool, preserve_env: bool, shell: str | None) -> PrivilegeStep:
    return PrivilegeStep(Method(method), user, login=login, preserve_env=preserve_env, shell=shell)


def _class_at(place: str) -> type[FactBase[Any]] | None:
    module, _, name = place.partition(":")
    try:
        found: Any = importlib.import_module(module)
    except ImportError:
        return None
    for part in name.split("."):
        found = getattr(found, part, None)
    if isinstance(found, type) and issubclass(found, ShortFactBase):
        found = found.fact
    return found if isinstance(found, type) and issubclass(found, FactBase) and not found.abstract else None
