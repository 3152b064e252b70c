"""Calls of operations and facts with hostile texts in one argument after the other, made from their own examples.

A text is obeyed when the program ``pwned`` runs. It needs neither blanks nor slashes, so that few texts are refused for
what they would be refused for anyway.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from pyinfra import facts, operations
from pyinfra.api import FactBase

PROGRAM = "pwned"
TEXTS = (
    f"$({PROGRAM})",
    f"`{PROGRAM}`",
    f"';{PROGRAM};'",
    f'";{PROGRAM};"',
    f"x\n{PROGRAM}\n",
    f"x;{PROGRAM}|{PROGRAM}&",
    f"-oProxyCommand={PROGRAM}",
    f"--upload-pack={PROGRAM}",
)
# What is a command line, or part of one, by its very meaning.
RAW = {
    ("server.shell", "commands"),
    ("server.Command", "command"),
    ("ssh.command", "command"),
}
_RAW_NAMES = re.compile(r"extra_\w*args|\w+_args\Z")


@dataclass(frozen=True)
class Call:
    """A call with one hostile argument."""

    argument: str
    arguments: dict[str, Any]


def public_operations() -> dict[str, Any]:
    """All operations, by the names that people use."""
    return {
        f"{noun}.{name}": member
        for noun, module in _modules(operations, "pyinfra.operations.")
        for name, member in _exported(module)
        if hasattr(member, "_inner")
    }


def public_facts() -> dict[str, type[FactBase[Any]]]:
    """All facts that can be asked for with arguments, by the names that people use."""
    return {name: fact for name, fact in all_facts().items() if _parameters(fact)}


def all_facts() -> dict[str, type[FactBase[Any]]]:
    """All facts that have a command of their own, by the names that people use."""
    return {
        f"{noun}.{name}": member
        for noun, module in _modules(facts, "pyinfra.facts.")
        for name, member in _exported(module)
        if isinstance(member, type) and issubclass(member, FactBase) and not member.__dict__.get("abstract")
    }  # fmt: skip


def _modules(package: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for found in walk_packages(package.__path__, prefix):
        noun = found.name.removeprefix(prefix)
        if not noun.startswith(("_", "util")) and "._" not in noun and not found.ispkg:
            yield noun, import_module(found.name)


def _exported(module: Any) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(module, name)) for name in module.__all__)


def _parameters(fact: type[FactBase[Any]]) -> list[inspect.Parameter]:
    return list(inspect.signature(fact.command).parameters.values())[1:]


def calls_of_operation(name: str, operation: Any) -> list[Call]:
    """All calls of an operation, one hostile argument each."""
    return list(_calls(name, inspect.signature(operation._inner), usual_arguments(name, operation)))


def usual_arguments(name: str, operation: Any) -> dict[str, Any]:
    """With which arguments an operation has something to do."""
    return _filled(inspect.signature(operation._inner), example(operation.__doc__ or "", name))


def calls_of_fact(name: str, fact: type[FactBase[Any]]) -> list[Call]:
    """All calls of a fact, one hostile argument each."""
    return list(_calls(name, inspect.Signature(_parameters(fact)), usual_arguments_of_fact(fact)))


def usual_arguments_of_fact(fact: type[FactBase[Any]]) -> dict[str, Any]:
    """With which arguments a fact has something to tell."""
    return _filled(inspect.Signature(_parameters(fact)), example(fact.__doc__ or "", "get_fact"))


def example(docstring: str, callee: str) -> dict[str, Any]:
    """The arguments of the call in an example, as far as they are literals."""
    found = re.search(r"\n *Example:\n(.*?)(?:\n *[A-Z]\w+:\n|\Z)", docstring, re.DOTALL)
    if found is None:
        return {}
    code = re.sub(r"^ *>>> ", "", textwrap.dedent(found[1]), flags=re.MULTILINE)
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(callee):
            return {word.arg: _literal(word.value) for word in node.keywords if word.arg and _is_literal(word.value)}
    return {}


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        return lambda: io.StringIO(ast.literal_eval(node.args[0]))
    if isinstance(node, ast.Attribute):  # brew.BrewItemKind.CASK
        noun, *rest = ast.unparse(node).split(".")
        return reduce(getattr, rest, import_module(f"pyinfra.operations.{noun}"))
    return ast.literal_eval(node)


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).endswith("StringIO")
    try:
        _literal(node)
    except (ValueError, ImportError, AttributeError):
        return False
    return True


def _calls(name: str, signature: inspect.Signature, usual: dict[str, Any]) -> Iterator[Call]:
    for one in signature.parameters.values():
        if (name, one.name) in RAW or _RAW_NAMES.match(one.name) or one.kind is one.VAR_POSITIONAL:
            continue
        for text in TEXTS:
            for value in _shapes(one, usual.get(one.name), text):
                called = {"v" if one.kind is one.VAR_KEYWORD else one.name: value}
                yield Call(one.name, {**usual, **called})


def _filled(signature: inspect.Signature, given: dict[str, Any]) -> dict[str, Any]:
    return {
        one.name: given.get(one.name, _usual(one))
        for one in signature.parameters.values()
        if one.name in given or (one.default is one.empty and one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL))
    }


def _usual(parameter: inspect.Parameter) -> Any:
    words = str(parameter.annotation)
    plain: Any = "/tmp/walk/x" if "path" in parameter.name or parameter.name in ("src", "dest") else "x"
    if "int" in words:
        return 1
    return [plain] if words.startswith("list") else plain


def _shapes(parameter: inspect.Parameter, usual: Any, text: str) -> list[Any]:
    """A text in the forms that an argument may have."""
    words = str(parameter.annotation)
    if words in ("bool", "bool | None"):
        return []
    if isinstance(usual, dict) or (usual is None and words.startswith(("dict", "Mapping"))):
        return [{text: "x"}, {"x": text}]
    if isinstance(usual, list) or (usual is None and words.startswith(("list", "Iterable", "Sequence", "tuple"))):
        return [[text]]
    if isinstance(usual, str) and usual.startswith("/"):
        return [f"/tmp/walk/{text}", text]
    return [text]
