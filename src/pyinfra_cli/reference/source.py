"""What modules offer, read from their source: operations, deploys and facts, without importing anything.

Completion answers while somebody waits with a finger on a key, and must not run what it lists.

Example:
    >>> definitions_in("pyinfra.operations.server")["group"].summary
    'Ensure that a group exists, or that it does not.'
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path

from pyinfra_cli.words.module_names import module_spec

from .docstrings import parse_docstring, plain, summary

_MAKERS = {"operation": "operation", "deploy": "deploy"}
_FACT_BASES = frozenset({"FactBase", "ShortFactBase"})
_DEEPEST = 12  # imports of imports, bases of bases: more than anybody writes, and an end to circles


class Kind(StrEnum):
    """What a definition is."""

    OPERATION = "operation"
    DEPLOY = "deploy"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter, as it is written. ``default`` is None when it must be given."""

    name: str
    type: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Definition:
    """One operation, deploy or fact."""

    name: str
    kind: Kind
    docstring: str
    parameters: tuple[Parameter, ...]

    @property
    def summary(self) -> str:
        """Its first sentence."""
        return plain(summary(self.docstring))

    @property
    def meanings(self) -> dict[str, str]:
        """What the docstring says of each argument."""
        sections = [section for section in parse_docstring(self.docstring) if section.title == "Args"]
        return {name: plain(text) for section in sections for name, text in section.items}


@contextmanager
def modules_of_here(directory: str = "") -> Iterator[None]:
    """Have modules of a directory found, as they are when a deploy runs there.

    Args:
        directory: the one that the process is in by default.
    """
    path = str(Path(directory).resolve())
    sys.path.insert(0, path)
    try:
        yield
    finally:
        sys.path.remove(path)


def module_summary(name: str) -> str:
    """Return the first sentence of a module's docstring; empty when there is none."""
    return plain(summary(module_docstring(name)))


def module_docstring(name: str) -> str:
    """Return the docstring of a module; empty when there is none."""
    path = _source_of(name)
    try:
        # Lists need this of many modules and nothing else: only their beginning is parsed, if that will do.
        tree = ast.parse(_beginning(Path(path).read_bytes())) if path is not None else None
    except (OSError, SyntaxError, ValueError):
        module = _module(name)
        return module.docstring if module is not None else ""
    return (ast.get_docstring(tree) if tree is not None else None) or ""


def _beginning(source: bytes) -> bytes:
    quotes = source[:3]
    return source[: source.index(quotes, 3) + 3] if quotes == b'"""' else source


def definitions_in(name: str) -> dict[str, Definition]:
    """Return what a module exports that can be named on a command line, in alphabetical order.

    Args:
        name: of the module. One that has no source or cannot be parsed offers nothing.
    """
    module = _module(name)
    if module is None:
        return {}
    found = (_definition(module, exported) for exported in sorted(module.exported))
    return {definition.name: definition for definition in found if definition is not None}


def definition_of(name: str, member: str) -> Definition | None:
    """Return one member of a module, or None.

    Args:
        name: of the module.
        member: what it exports.
    """
    module = _module(name)
    return _definition(module, member) if module is not None else None


# -- modules -----------------------------------------------------------------------------------


class _Module:
    """The syntax tree of a module, and where its names come from."""

    def __init__(self, name: str, tree: ast.Module, is_package: bool) -> None:
        self.name = name
        self.docstring = ast.get_docstring(tree) or ""
        self._tree = tree
        self._package = name if is_package else name.rpartition(".")[0]

    @cached_property
    def defined(self) -> Mapping[str, ast.AST]:
        return {
            node.name: node
            for node in _statements(self._tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        }

    @cached_property
    def imported(self) -> Mapping[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        for node in _statements(self._tree):
            if isinstance(node, ast.ImportFrom):
                source = self._absolute(node.level, node.module)
                found.update({alias.asname or alias.name: (source, alias.name) for alias in node.names})
        return found

    @cached_property
    def exported(self) -> Iterable[str]:
        for node in self._tree.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                try:
                    return [str(name) for name in ast.literal_eval(node.value)]
                except (ValueError, TypeError):  # computed
                    break
        return [name for name in self.defined if not name.startswith("_")]

    def _absolute(self, level: int, module: str | None) -> str:
        if not level:
            return module or ""
        parents = self._package.split(".")
        return ".".join(filter(None, [*parents[: len(parents) + 1 - level], module]))


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported, those inside of ``if`` and ``try`` too."""
    waiting = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If):
            waiting += [*reversed(node.orelse), *reversed(node.body)]
        elif isinstance(node, ast.Try):
            handled = [statement for handler in node.handlers for statement in handler.body]
            waiting += reversed([*node.body, *handled, *node.orelse, *node.finalbody])


def _module(name: str) -> _Module | None:
    path = _source_of(name)
    return _parsed(name, path) if path is not None else None


def _source_of(name: str) -> str | None:
    spec = module_spec(name) if name else None
    return spec.origin if spec is not None and spec.origin is not None and spec.origin.endswith(".py") else None


@cache
def _parsed(name: str, path: str) -> _Module | None:
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None
    return _Module(name, tree, Path(path).name == "__init__.py")


def _resolved(module: _Module, name: str, depth: int = 0) -> tuple[_Module, ast.AST] | None:
    """Follow imports to the definition of a name."""
    if name in module.defined:
        return module, module.defined[name]
    source, original = module.imported.get(name, ("", ""))
    other = _module(source) if depth < _DEEPEST else None
    return _resolved(other, original, depth + 1) if other is not None else None


# -- definitions -------------------------------------------------------------------------------


def _definition(module: _Module, name: str) -> Definition | None:
    found = _resolved(module, name)
    if found is None:
        return None
    home, node = found
    if isinstance(node, ast.ClassDef):
        return _fact(home, node, name)
    if isinstance(node, ast.FunctionDef):
        kind = next((_MAKERS[maker] for maker in map(_last_name, node.decorator_list) if maker in _MAKERS), None)
        if kind is not None:
            return Definition(name, Kind(kind), ast.get_docstring(node) or "", _parameters(node.args))
    return None


def _last_name(node: ast.AST) -> str:
    """The name of what is called, decorated with or inherited from: ``deploy`` of ``api.deploy("Install")``."""
    while isinstance(node, (ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _fact(module: _Module, node: ast.ClassDef, name: str) -> Definition | None:
    if _is_abstract(node):
        return None
    line = list(_line_of(module, node))
    if not any(_last_name(base) in _FACT_BASES for cls in line for base in cls.bases):
        return None
    docstring = next(filter(None, (ast.get_docstring(cls) for cls in line)), "")
    command = next((function for cls in line if (function := _method(cls, "command"))), None)
    return Definition(name, Kind.FACT, docstring, _parameters(command.args, skip=1) if command is not None else ())


def _line_of(module: _Module, node: ast.ClassDef, depth: int = 0) -> Iterator[ast.ClassDef]:
    """A class and those that it inherits from, nearest first."""
    yield node
    for base in node.bases:
        found = _resolved(module, _last_name(base)) if depth < _DEEPEST else None
        if found is not None and isinstance(found[1], ast.ClassDef) and _last_name(base) not in _FACT_BASES:
            yield from _line_of(found[0], found[1], depth + 1)


def _method(cls: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    return next((node for node in cls.body if isinstance(node, ast.FunctionDef) and node.name == name), None)


def _is_abstract(cls: ast.ClassDef) -> bool:
    # With or without a type; it says nothing about the classes that inherit from this one.
    for node in cls.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if ast.unparse(target) == "abstract":
                return ast.unparse(node.value) == "True"
    return False


def _parameters(arguments: ast.arguments, skip: int = 0) -> tuple[Parameter, ...]:
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = len(positional) - len(arguments.defaults)
    defaults: list[ast.expr | None] = [*[None] * missing, *arguments.defaults]
    pairs = [*zip(positional, defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    return tuple(
        Parameter(
            argument.arg,
            ast.unparse(argument.annotation) if argument.annotation is not None else "",
            ast.unparse(default) if default is not None else None,
        )
        for argument, default in pairs[skip:]
    )
