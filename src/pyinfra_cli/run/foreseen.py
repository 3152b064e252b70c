"""Facts that a deploy file says it will ask for, told from its text: they can be asked for together.

Only what runs in any case counts: what stands in functions or behind conditions does not. A fact that is named beside a
call, as in a table that a loop goes through, is taken to be asked for without arguments.

Example:
    >>> foreseen_facts("from pyinfra.facts.server import Users\\nusers = host.get_fact(Users)")
    [Foreseen(place='pyinfra.facts.server:Users', args=(), kwargs={})]
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

_FACTS = "pyinfra.facts"


class Foreseen(NamedTuple):
    """A fact that will be asked for.

    Attributes:
        place: of its class: module, colon, name.
        args: positional arguments of its command.
        kwargs: arguments by name.
    """

    place: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


def foreseen_facts(source: str | bytes) -> list[Foreseen]:
    """Return the facts that a file asks for whatever it finds, in the order of its text.

    Args:
        source: of the file.

    Raises:
        SyntaxError: it is no Python.
    """
    reader = _Reader()
    reader.visit(ast.parse(source))
    return reader.found


class _Reader(ast.NodeVisitor):
    """Goes through what runs in any case."""

    def __init__(self) -> None:
        self.found: list[Foreseen] = []
        self._modules: dict[str, str] = {}
        self._classes: dict[str, str] = {}

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    # -- names -----------------------------------------------------------------------------

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        for name in node.names:
            known = name.asname or name.name
            if module == _FACTS:
                self._modules[known] = f"{module}.{name.name}"
            elif module.startswith(f"{_FACTS}."):
                self._classes[known] = f"{module}:{name.name}"

    def visit_Name(self, node: ast.Name) -> None:
        self._named(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._named(node)
        self.generic_visit(node)

    def _named(self, node: ast.expr) -> None:
        place = self._place(node)
        if place is not None:
            self.found.append(Foreseen(place, (), {}))

    def _place(self, node: ast.expr) -> str | None:
        """Where the fact is that an expression names."""
        if isinstance(node, ast.Name):
            return self._classes.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = self._modules.get(node.value.id)
            return f"{module}:{node.attr}" if module else None
        return None

    # -- calls -----------------------------------------------------------------------------

    def visit_Call(self, node: ast.Call) -> None:
        place = self._place(node.args[0]) if node.args and _is_get_fact(node.func) else None
        if place is None:
            self.generic_visit(node)
            return
        rest = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
        self._visit_all(rest)
        if any(keyword.arg is None or keyword.arg.startswith("_") for keyword in node.keywords):
            return  # as somebody else, perhaps
        try:
            values = [ast.literal_eval(part) for part in rest]
        except ValueError:
            return
        args = tuple(values[: len(node.args) - 1])
        names = [str(keyword.arg) for keyword in node.keywords]
        self.found.append(Foreseen(place, args, dict(zip(names, values[len(args) :], strict=True))))

    # -- what may not run ------------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_all(node.decorator_list)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Its body is not run here."""

    def visit_If(self, node: ast.If | ast.IfExp | ast.While) -> None:
        self.visit(node.test)

    visit_IfExp = visit_While = visit_If

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)

    def visit_Try(self, node: ast.Try) -> None:
        self._visit_all([*node.body, *node.finalbody])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)


def _is_get_fact(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "get_fact"
