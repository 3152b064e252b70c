"""Signatures of functions, as they are written in a source."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, get_args

from pyinfra.api.facts import FactBase, ShortFactBase


def operations_of(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the operations that a module exports, with their names."""
    for name in module.__all__:
        thing = getattr(module, name)
        if is_operation(thing):
            yield name, thing


def is_operation(thing: Any) -> bool:
    """Whether something is an operation or a deploy."""
    return hasattr(thing, "_inner")


def facts_of(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield the facts that a module exports, with their names. Those that only serve as bases are left out."""
    for name in module.__all__:
        thing = getattr(module, name)
        if is_fact(thing) and not getattr(thing, "abstract", False):
            yield name, thing


def is_fact(thing: Any) -> bool:
    """Whether something is the class of a fact."""
    return inspect.isclass(thing) and issubclass(thing, (FactBase, ShortFactBase))


def fact_call(name: str, fact: Any) -> str:
    """Return how a fact is read: ``host.get_fact(File, path: str)``.

    Args:
        name: what to call the fact.
        fact: its class.
    """
    return f"host.get_fact({', '.join([name, *fact_parameters(fact)])})"


def fact_parameters(fact: Any) -> list[str]:
    """Return the parameters of a fact, each as text."""
    return _parameters(fact.command, method=True) if issubclass(fact, FactBase) else []


def value_type(fact: type) -> str | None:
    """Return the type of a fact's value as it is written in the class or its nearest base."""
    for cls in fact.__mro__:
        for base in cls.__dict__.get("__orig_bases__", ()):
            for value in get_args(base):
                text = annotation_text(value)
                return None if isinstance(value, type(Any)) or text in ("T", "Any", "~T") else text
    return None


def signature_of(function: Callable[..., Any], *, method: bool = False) -> str:
    """Return the parameters of a function in parentheses.

    Args:
        function: any function.
        method: leave out the first parameter.

    Example:
        >>> def wait(seconds: float = 1.0, *, quiet: bool = False): ...
        >>> signature_of(wait)
        '(seconds: float = 1.0, *, quiet: bool = False)'
    """
    return f"({', '.join(_parameters(function, method=method))})"


def _parameters(function: Callable[..., Any], *, method: bool) -> list[str]:
    parameters = list(inspect.signature(function).parameters.values())[1 if method else 0 :]
    words: list[str] = []
    kinds = inspect.Parameter
    for number, parameter in enumerate(parameters):
        earlier = [p.kind for p in parameters[:number]]
        if parameter.kind is not kinds.POSITIONAL_ONLY and earlier and earlier[-1] is kinds.POSITIONAL_ONLY:
            words.append("/")
        if parameter.kind is kinds.KEYWORD_ONLY and not {kinds.KEYWORD_ONLY, kinds.VAR_POSITIONAL} & set(earlier):
            words.append("*")
        words.append(_parameter_text(parameter))
    return words


def _parameter_text(parameter: inspect.Parameter) -> str:
    kind = parameter.kind
    stars = "*" if kind is parameter.VAR_POSITIONAL else "**" if kind is parameter.VAR_KEYWORD else ""
    text = stars + parameter.name
    typed = parameter.annotation is not parameter.empty
    if typed:
        text += f": {annotation_text(parameter.annotation)}"
    if parameter.default is not parameter.empty:
        default = repr(parameter.default)
        text += (" = " if typed else "=") + ("..." if default.startswith("<") else default)
    return text


def annotation_text(annotation: Any) -> str:
    """Return a type as it is written in a source.

    Example:
        >>> annotation_text(Callable[[], bool])
        'Callable[[], bool]'
    """
    annotation = getattr(annotation, "__forward_arg__", annotation)
    text: str = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"\b(?:typing|collections\.abc|pyinfra\.[\w.]+)\.", "", text).strip("'\"")


def folded_call(text: str, width: int) -> str:
    """Return a call with one parameter a line when it is longer than a line.

    Args:
        text: ``files.line(path: str, line: str)``.
        width: of a line, in characters.
    """
    if len(text) <= width or "(" not in text:
        return text
    head, _, rest = text.partition("(")
    inner, _, tail = rest.rpartition(")")
    return f"{head}(\n" + "".join(f"    {word},\n" for word in split_outside_brackets(inner)) + f"){tail}"


def split_outside_brackets(text: str) -> list[str]:
    """Split at the commas that are not inside of brackets."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]
