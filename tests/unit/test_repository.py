"""The repository keeps to its own rules: sizes, names, declared dependencies, documents that tell the truth."""

from __future__ import annotations

import ast
import graphlib
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

LONGEST_FUNCTION = 60
USUAL_FUNCTION = 25
LONGEST_FILE = 500

# Modules of these names are public paths that clients import from.
UTIL_MODULES = {
    "pyinfra/api/util.py",
    "pyinfra/connectors/util.py",
    "pyinfra_cli/util.py",
    *(f"pyinfra/{kind}/{name}.py" for kind in ("facts", "operations") for name in ("util", "util/__init__")),
}  # fmt: skip


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT / "src"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def functions() -> Iterator[tuple[str, int]]:
    """All functions of the package with their lines, the docstring not counted."""
    for path in SOURCES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                text = ast.get_docstring(node, clean=False)
                docstring = 0 if text is None else node.body[0].end_lineno - node.body[0].lineno + 1
                yield f"{shown(path)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1 - docstring


def test_functions_are_short() -> None:
    sizes = dict(functions())
    assert not {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION}
    ordered = sorted(sizes.values())
    assert ordered[int(len(ordered) * 0.9)] <= USUAL_FUNCTION


def test_files_are_short() -> None:
    sizes = {shown(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert not {name: size for name, size in sizes.items() if size >= LONGEST_FILE}


def test_complexity_has_a_ceiling() -> None:
    lint = PROJECT["tool"]["ruff"]["lint"]
    assert "C90" in lint["select"]
    assert lint["mccabe"]["max-complexity"] <= 15


def test_only_compatible_modules_are_called_util() -> None:
    found = {shown(path) for path in SOURCES if path.stem in ("util", "utils", "helpers", "misc", "common")}
    assert found <= UTIL_MODULES


def is_public(path: Path) -> bool:
    parts = path.relative_to(ROOT / "src" / "pyinfra").parts
    return not any(part.startswith("_") and part != "__init__.py" for part in parts)


@pytest.mark.parametrize("path", [p for p in SOURCES if "pyinfra_cli" not in p.parts and is_public(p)], ids=shown)
def test_public_modules_declare_all(path: Path) -> None:
    tree = parsed(path)
    code = [node for node in tree.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    names = {
        target.id
        for node in code
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    assert not code or "__all__" in names


def third_party_imports() -> set[str]:
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"pyinfra", "pyinfra_cli"}


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    modules = {"python_dateutil": "dateutil"}
    declared = {
        re.split(r"[^\w.-]", requirement, maxsplit=1)[0].replace("-", "_").lower()
        for requirement in PROJECT["project"]["dependencies"]
    }
    assert third_party_imports() == {modules.get(name, name) for name in declared}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_at_once(path: Path) -> Iterator[str]:
    """What a module imports when it is imported itself: not in functions, not for type checkers only."""
    waiting: list[ast.AST] = [parsed(path)]
    package = module_name(path).split(".")[: None if path.name == "__init__.py" else -1]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            source = ".".join(filter(None, [start, node.module]))
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and "TYPE_CHECKING" not in ast.unparse(
            getattr(node, "test", ast.Pass())
        ):
            waiting.extend(ast.iter_child_nodes(node))


def test_no_import_cycle() -> None:
    modules = {module_name(path): path for path in SOURCES}
    graph = {name: {other for other in imported_at_once(path) if other in modules} for name, path in modules.items()}
    for name, others in graph.items():
        # a package is loaded before its modules anyway, so that naming it is no order of its own
        others -= {parent for parent in others if f"{name}.".startswith(f"{parent}.")}
    graphlib.TopologicalSorter(graph).prepare()


def test_version_is_told_once() -> None:
    from pyinfra import __version__

    assert PROJECT["project"]["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_architecture_names_paths_that_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    rooms = [ROOT, ROOT / "src", ROOT / "src" / "pyinfra"]
    named = {path for path in re.findall(r"`([\w./-]+(?:/|\.py))`", text) if not path.startswith(".")}
    assert named
    assert not {path for path in named if not any((room / path).exists() for room in rooms)}


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(page: str) -> None:
    source = ROOT / page
    links = re.findall(r"\]\(([^)#\s]+)", source.read_text())
    assert not [link for link in links if "://" not in link and not (source.parent / link).exists()]


def test_readme_shows_the_example() -> None:
    example = (ROOT / "examples" / "api_localhost.py").read_text()
    assert f"```python\n{example}```" in (ROOT / "README.md").read_text()


def test_nothing_names_a_registry() -> None:
    # the dots keep this file from naming them itself
    registries = re.compile(r"pypi[.]org|pythonhosted[.]org|deb[.]debian[.]org|registry[.]npmjs")
    folders = ("src", "tests", "docs", "scripts", "examples", ".ci")
    files = [*ROOT.glob("*.*"), *(path for folder in folders for path in (ROOT / folder).rglob("*"))]
    texts = [path for path in files if path.is_file() and path.suffix != ".pyc"]
    assert not [str(path) for path in texts if registries.search(path.read_text(errors="replace"))]
