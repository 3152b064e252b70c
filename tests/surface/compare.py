"""Compares what this package offers with the public surface that it is compatible with."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .trim import signature_text

HERE = Path(__file__).parent
SURFACE: dict[str, dict[str, str]] = json.loads((HERE / "surface.json").read_text())
WHOLE_MODULE = "*"
_NOTHING: Any = object()


def allowed_missing() -> dict[str, list[str]]:
    """Names that are known not to exist yet, by module; ``["*"]`` for a module that does not exist."""
    found: dict[str, list[str]] = json.loads((HERE / "missing.json").read_text())
    return found


def allowed_differences() -> dict[str, dict[str, str]]:
    """Names that are different on purpose, by module, each with the reason."""
    found: dict[str, dict[str, str]] = json.loads((HERE / "different.json").read_text())
    return found


def compare(module_name: str) -> tuple[list[str], dict[str, str]]:
    """Return the names of a module that are missing, and those that are different with what is different."""
    wanted = SURFACE[module_name]
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(("pyinfra.", "pyinfra_cli")):
            raise
        return [WHOLE_MODULE], {}
    missing: list[str] = []
    different: dict[str, str] = {}
    for name, text in wanted.items():
        problem = _check(module, name, text)
        if problem == "":
            missing.append(name)
        elif problem is not None:
            different[name] = problem
    return missing, different


def compare_all() -> tuple[dict[str, list[str]], dict[str, dict[str, str]]]:
    """Do so for every module; only those with something to tell are in the answer."""
    results = {name: compare(name) for name in SURFACE}
    missing = {name: found for name, (found, _) in results.items() if found}
    return missing, {name: found for name, (_, found) in results.items() if found}


def _check(module: Any, name: str, text: str) -> str | None:
    """None when all is well, "" when it is missing, else what is different."""
    kind, _, wanted = text.partition(" ")
    if kind == "data":
        return _check_data(module, name, wanted)
    found = _find(module, name)
    if found is _NOTHING:
        return ""
    if kind in ("name", "attribute"):
        return None
    if kind == "property":
        return None if isinstance(found, property) or not callable(found) else "no property"
    if kind == "fact":
        return _check_fact(found, wanted)
    if kind == "operation" and not hasattr(found, "_inner"):
        return "no operation"
    if not callable(found):
        return f"a {type(found).__name__}, not callable"
    target = found._inner if kind == "operation" else found
    return _check_signature(target, wanted, bound="." in name and not _is_static(module, name))


def _find(module: Any, name: str) -> Any:
    head, _, tail = name.partition(".")
    found = getattr(module, head, _NOTHING)
    if not tail or found is _NOTHING:
        return found
    raw = inspect.getattr_static(found, tail, _NOTHING)
    if raw is not _NOTHING:
        return raw if isinstance(raw, property) else getattr(found, tail, raw)
    if any(tail in vars(cls).get("__annotations__", {}) for cls in found.__mro__):
        return None
    functions = [value for cls in found.__mro__ for value in vars(cls).values() if inspect.isfunction(value)]
    return None if any(tail in function.__code__.co_names for function in functions) else _NOTHING  # set on instances


def _is_static(module: Any, name: str) -> bool:
    head, _, tail = name.partition(".")
    return isinstance(inspect.getattr_static(getattr(module, head), tail, None), (staticmethod, classmethod))


def _described(function: Any, bound: bool) -> list[dict[str, Any]]:
    parameters = list(inspect.signature(function).parameters.values())
    return [
        {
            "name": parameter.name,
            "kind": parameter.kind.name,
            **({} if parameter.default is parameter.empty else {"default": _default_text(parameter.default)}),
        }
        for parameter in parameters[1 if bound else 0 :]
    ]


def _default_text(value: Any) -> str:
    return value.__name__ if isinstance(value, type) else repr(value)


def _check_signature(function: Any, wanted: str, bound: bool = False) -> str | None:
    try:
        ours = _described(function, bound)
    except (TypeError, ValueError):
        return None  # a class without a signature of its own
    text = signature_text(ours)
    if text == wanted or _extends(ours, wanted):
        return None
    return f"{text} instead of {wanted}"


def _extends(ours: list[dict[str, Any]], wanted: str) -> bool:
    """Ours may have more parameters, as long as every call that was possible is possible and means the same."""
    for drop in range(1, len(ours) + 1):
        if any("default" not in p and not p["kind"].startswith("VAR") for p in ours[-drop:]):
            return False
        if signature_text(ours[:-drop]) == wanted:
            return True
    extra = [p for p in ours if p["kind"] == "KEYWORD_ONLY" and "default" in p]
    return bool(extra) and signature_text([p for p in ours if p not in extra]) == wanted


def _check_fact(fact: Any, wanted: str) -> str | None:
    signature, _, default = wanted.rpartition(" -> ")
    command = getattr(fact, "command", None)
    if callable(command):
        bound = not isinstance(inspect.getattr_static(fact, "command"), staticmethod)
        problem = _check_signature(command, signature, bound=bound)
        if problem is not None:
            return problem
    elif signature != "()":
        return f"no parameters instead of {signature}"
    ours = repr(fact.default()) if hasattr(fact, "default") else "None"
    unknowable = default.startswith("<") or default.endswith("(dynamic)")
    return None if default in (ours, "None") or unknowable else f"default {ours} instead of {default}"


def _check_data(module: Any, name: str, default: str) -> str | None:
    cls_name, _, key = name.split(" ")
    cls = getattr(module, cls_name, None)
    if cls is None or key not in cls.data_meta:
        return ""
    ours = repr(cls.data_meta[key].default)
    return None if ours == default or default.startswith("<") else f"default {ours} instead of {default}"


def unexpected(found: Mapping[str, Any], allowed: Mapping[str, Any]) -> list[str]:
    """Return what differs between what is and what is listed, in words."""
    lines: list[str] = []
    for module in sorted({*found, *allowed}):
        is_now, listed = set(found.get(module, ())), set(allowed.get(module, ()))
        lines.extend(f"{module}: {name} is not listed" for name in sorted(is_now - listed))
        lines.extend(f"{module}: {name} is listed and should not be any more" for name in sorted(listed - is_now))
    return lines
