"""Finds what words such as ``files.file``, ``server.Os`` and ``my.module:function`` name, or what was meant."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from pyinfra._core.locations import user_trace
from pyinfra._core.suggestions import closest
from pyinfra_cli.exceptions import CliError
from pyinfra_cli.run.user_code import running_user_code
from pyinfra_cli.words.module_names import FACTS, OPERATIONS, bundled_modules, defined_names, module_spec, own_modules

__all__ = ["suggestion_for", "try_import_module_attribute"]

_PATH = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*)(?P<separator>[.:])(?P<attribute>[^\W\d]\w*)")
_KINDS = {OPERATIONS: "operation", FACTS: "fact"}
_MOST = 12  # names in a hint
_OTHER = {OPERATIONS: FACTS, FACTS: OPERATIONS}


class _Path(NamedTuple):
    module: str
    separator: str
    attribute: str


def try_import_module_attribute(path: str, prefix: str | None = None, raise_for_none: bool = True) -> Any:
    """Return an attribute of a module.

    Args:
        path: ``module.attribute`` or ``package.module:attribute``.
        prefix: a package of ours, ``pyinfra.operations`` or ``pyinfra.facts``, whose modules can be given without it.
            They go before modules of the same name elsewhere (there are packages called ``git``, ``pip`` and
            ``docker``), as long as they have the attribute; with a colon the other way round.
        raise_for_none: raise when there is no such thing; None is returned otherwise.

    Raises:
        CliError: there is no such thing.
        UserCodeError: the module raised while it was imported.

    Example:
        >>> try_import_module_attribute("server.shell", prefix="pyinfra.operations").__name__
        'shell'
    """
    parts = _parts(path)
    if parts is None:
        if raise_for_none:
            kind = _KINDS.get(prefix or "")
            form = f"module.{kind}" if kind else "module:name"
            raise CliError(f"{path!r} is no name of the form {form}", hint=_listing(path, prefix))
        return None
    found = _find(parts, prefix)
    if found is None and raise_for_none:
        raise _not_found(path, parts, prefix)
    return found


def _parts(path: str) -> _Path | None:
    match = _PATH.fullmatch(path)
    return _Path(match["module"], match["separator"], match["attribute"]) if match else None


def _find(parts: _Path, prefix: str | None) -> Any:
    """Return the attribute of the first module that has it, or None."""
    bundled = _bundled_module(parts.module, prefix)
    if parts.separator == ":":
        return _first(parts.attribute, parts.module, bundled)
    return _first(parts.attribute, bundled, parts.module)


def _first(attribute: str, *modules: str | None) -> Any:
    for name in modules:
        module = _import(name) if name is not None else None
        found = getattr(module, attribute, None)
        if found is not None:
            return found
    return None


def _bundled_module(module: str, prefix: str | None) -> str | None:
    if prefix is None or module.startswith("_"):
        return None
    name = f"{prefix}.{module}"
    return name if module_spec(name) is not None else None


# -- importing -----------------------------------------------------------------------------


def _import(name: str) -> ModuleType | None:
    """Import a module; None when there is none of that name. What one of ours raises is no business of the user's."""
    known = sys.modules.get(name)
    if known is not None:
        return known
    if name.startswith("pyinfra."):
        return import_module(name)
    with running_user_code(_filename(name)):
        try:
            return import_module(name)
        except ModuleNotFoundError as error:
            if _is_about(name, error):
                return None
            raise


def _is_about(name: str, error: ModuleNotFoundError) -> bool:
    """Whether the module itself is missing, and not one that it imports."""
    missing = error.name or ""
    return (name == missing or name.startswith(missing + ".")) and not user_trace(error)


def _filename(name: str) -> str:
    spec = module_spec(name) or module_spec(name.partition(".")[0])
    return spec.origin if spec is not None and spec.origin else name


# -- suggesting ----------------------------------------------------------------------------


def suggestion_for(path: str, prefix: str | None) -> str | None:
    """Return what somebody may have meant by a path that names nothing. No module is imported for it.

    Example:
        >>> suggestion_for("servr.shel", "pyinfra.operations")
        'server.shell'
    """
    parts = _parts(path)
    if parts is None:
        return None
    bundled = bundled_modules(prefix) if prefix is not None else ()
    is_there = parts.module in bundled or module_spec(parts.module) is not None
    meant = parts.module if is_there else closest(parts.module, [*bundled, *own_modules(parts.module)])
    if meant is None:
        return None
    attribute = closest(parts.attribute, defined_names(f"{prefix}.{meant}" if meant in bundled else meant))
    return f"{meant}{parts.separator}{attribute}" if attribute is not None else None


def _not_found(path: str, parts: _Path, prefix: str | None) -> CliError:
    kind = _KINDS.get(prefix or "")
    meant = suggestion_for(path, prefix)
    did_you_mean = f" (did you mean {meant}?)" if meant else ""
    hint = _other_kind(path, prefix) or (None if meant else _listing(parts.module, prefix))
    if _bundled_module(parts.module, prefix) is None and module_spec(parts.module) is None:
        what = f"{kind} {path}" if kind else path
        return CliError(f"there is no {what}: no module {parts.module!r} was found{did_you_mean}", hint)
    return CliError(f"{parts.module} has no {kind or 'name'} {parts.attribute!r}{did_you_mean}", hint)


def _other_kind(path: str, prefix: str | None) -> str | None:
    parts = _parts(path)
    other = _OTHER.get(prefix or "")
    if parts is None or other is None:
        return None
    named = (name for name in defined_names(f"{other}.{parts.module}") if name.lower() == parts.attribute.lower())
    name = next(named, None)
    if name is None:
        return None
    if other == FACTS:
        return f"{parts.module}.{name} is a fact: pyinfra INVENTORY fact {parts.module}.{name}"
    return f"{parts.module}.{name} is an operation: pyinfra INVENTORY {parts.module}.{name} ..."


def _listing(module: str, prefix: str | None) -> str | None:
    if prefix not in _KINDS:
        return None
    if module not in bundled_modules(prefix):
        return f"modules: {', '.join(bundled_modules(prefix))}"
    names = defined_names(f"{prefix}.{module}")
    fitting = [f"{module}.{name}" for name in names if name[0].isupper() == (prefix == FACTS) and not name.isupper()]
    more = ", ..." if len(fitting) > _MOST else ""
    return f"there are {', '.join(fitting[:_MOST])}{more}"
