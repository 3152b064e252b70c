"""Write docs/reference from signatures and docstrings. With --check only say whether it is current.

Example:
    python scripts/lib/reference.py
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from pyinfra_cli.reference.data_keys import data_keys
from pyinfra_cli.reference.docstrings import Section, parse_docstring
from pyinfra_cli.reference.setting_list import settings
from pyinfra_cli.reference.signatures import (
    fact_call,
    facts_of,
    folded_call,
    operations_of,
    signature_of,
    value_type,
)

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "docs" / "reference"

# What programs are written with. Everything else that pyinfra.api exports is there for older ones.
API = {
    "pyinfra.api.inventory": ["Inventory"],
    "pyinfra.api.config": ["Config"],
    "pyinfra.api.state": ["State", "StateStage", "BaseStateCallback"],
    "pyinfra.api.host": ["Host"],
    "pyinfra.api.connect": ["connect_all", "disconnect_all"],
    "pyinfra.api.operation": ["add_op", "add_ops", "operation", "OperationMeta"],
    "pyinfra.api.operations": ["run_ops"],
    "pyinfra.api.deploy": ["add_deploy", "deploy"],
    "pyinfra.api.facts": ["get_facts", "FactBase", "ShortFactBase"],
    "pyinfra.api.planning": ["prefetch", "promise", "affects", "change", "path", "tree", "named", "Change"],
    "pyinfra.api.command": [
        "StringCommand", "QuoteString", "MaskString", "FileUploadCommand", "FileDownloadCommand", "WriteFileCommand",
        "FunctionCommand", "RsyncCommand",
    ],
    "pyinfra.api.hiddenvalue": ["HiddenValue"],
    "pyinfra.api.aio": None,
    "pyinfra.context": ["ctx_host", "ctx_state", "ctx_config", "ctx_inventory"],
    "pyinfra.local": ["include", "shell"],
    "pyinfra.testing": None,
}  # fmt: skip


def main() -> int:
    """Write or compare all pages."""
    pages = dict(render_pages())
    if "--check" in sys.argv:
        stale = stale_pages(pages)
        print("\n".join(f"not current: docs/reference/{name} (run scripts/docs)" for name in stale))
        return 1 if stale else 0
    for name in stale_pages(pages):
        path = TARGET / name
        if name in pages:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[name])
        else:
            path.unlink()
    print(f"{len(pages)} pages in docs/reference")
    return 0


def stale_pages(pages: dict[str, str]) -> list[str]:
    """Return names of pages that differ from the files, are missing, or should not be there."""
    there = {str(p.relative_to(TARGET)): p.read_text() for p in TARGET.rglob("*.md")} if TARGET.exists() else {}
    return sorted(name for name in {*there, *pages} if there.get(name) != pages.get(name))


def render_pages() -> Iterator[tuple[str, str]]:
    """Yield name and text of every page."""
    nouns: dict[str, list[str]] = {"operations": [], "facts": []}
    yield "api.md", page("The Python API", (part for item in API.items() for part in module_part(*item)))
    yield "arguments.md", page("Global arguments and settings", [*argument_table(), *setting_table()])
    yield "connectors.md", page("Connectors", connector_parts())
    yield "errors.md", page("Exceptions", module_part("pyinfra.api.exceptions", None))
    for kind, modules in nouns.items():
        for module in public_modules(f"pyinfra.{kind}"):
            noun = module.__name__.rpartition(".")[2]
            parts = list(operation_parts(module) if kind == "operations" else fact_parts(module))
            if parts:
                modules.append(noun)
                yield f"{kind}/{noun}.md", page(module.__name__, [summary_of(module), *parts])
    yield "README.md", page("Reference", index(nouns))


def page(title: str, parts: Any) -> str:
    """Join the parts of a page."""
    note = "<!-- Made from the code by scripts/docs: change the docstrings instead. -->"
    return "\n\n".join([f"# {title}", note, *(part for part in parts if part)]) + "\n"


def index(nouns: dict[str, list[str]]) -> Iterator[str]:
    """Yield the table of contents."""
    yield "Made from the signatures and docstrings of the code."
    yield "\n".join(
        f"- [{text}]({name}.md)"
        for name, text in {
            "api": "The Python API",
            "arguments": "Global arguments and settings",
            "connectors": "Connectors",
            "errors": "Exceptions",
        }.items()
    )
    for kind, modules in nouns.items():
        if modules:
            yield f"## {kind.capitalize()}\n\n" + "\n".join(f"- [{noun}]({kind}/{noun}.md)" for noun in modules)


# -- modules -----------------------------------------------------------------------------------


def load(name: str) -> ModuleType | None:
    """Import a module; None when there is no such one."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None


def public_modules(package: str) -> Iterator[ModuleType]:
    """Yield the public modules of a package."""
    top = importlib.import_module(package)
    for found in pkgutil.iter_modules(top.__path__):
        if not found.name.startswith("_") and not found.ispkg:
            yield importlib.import_module(f"{package}.{found.name}")


def summary_of(thing: object) -> str:
    """Return the docstring as Markdown."""
    return "\n\n".join(docstring_parts(inspect.getdoc(thing) or ""))


def module_part(name: str, names: list[str] | None) -> Iterator[str]:
    """Yield the section of a module of the API."""
    module = load(name)
    if module is None:
        return
    yield f"## {name}"
    yield summary_of(module)
    for member in names if names is not None else list(getattr(module, "__all__", [])):
        thing = getattr(module, member)
        if inspect.isclass(thing):
            yield from class_part(member, thing)
        elif callable(thing):
            yield from function_part("###", member, thing)


def operation_parts(module: ModuleType) -> Iterator[str]:
    """Yield the operations of a module."""
    for name, operation in operations_of(module):
        yield from function_part("##", name, operation, prefix=f"{module.__name__.rpartition('.')[2]}.")


def fact_parts(module: ModuleType) -> Iterator[str]:
    """Yield the facts of a module."""
    for name, fact in facts_of(module):
        yield f"## {name}"
        yield code(fact_call(name, fact))
        value = value_type(fact)
        yield f"Value: `{value}`" if value else ""
        yield summary_of(fact)


# -- functions and classes ---------------------------------------------------------------------


def function_part(level: str, name: str, function: Callable[..., Any], prefix: str = "") -> Iterator[str]:
    """Yield heading, signature and text of a function."""
    yield f"{level} {name}"
    keyword = "async " if inspect.iscoroutinefunction(function) else ""
    yield code(f"{keyword}{prefix}{name}{signature_of(function)}")
    yield summary_of(function)


def class_part(name: str, cls: type) -> Iterator[str]:
    """Yield heading, constructor, text and public members of a class."""
    yield f"### {name}"
    if not issubclass(cls, BaseException) and "__init__" in cls.__dict__:
        yield code(f"{name}{signature_of(cls.__init__, method=True)}")
    else:
        bases = ", ".join(base.__name__ for base in cls.__bases__ if base is not object)
        yield code(f"class {name}({bases})" if bases else f"class {name}")
    yield summary_of(cls)
    rows = [line for member in sorted(vars(cls)) if not member.startswith("_") for line in member_line(cls, member)]
    if rows:
        yield "\n".join(rows)


def member_line(cls: type, name: str) -> Iterator[str]:
    """Yield one line for a member that has a docstring of its own."""
    raw = inspect.getattr_static(cls, name)
    if isinstance(raw, property):
        text, shown = raw.__doc__, name
    elif isinstance(raw, (staticmethod, classmethod)) or inspect.isfunction(raw):
        function: Any = getattr(raw, "__func__", raw)
        text, shown = function.__doc__, name + signature_of(function, method=not isinstance(raw, staticmethod))
    else:
        return
    if text:
        first = " ".join(inspect.cleandoc(text).partition("\n\n")[0].split()).replace("``", "`")
        yield f"- `{shown}`: {first}"


def code(text: str) -> str:
    """Fence a line of code, one parameter a line when it is long."""
    return f"```python\n{folded_call(text, 100)}\n```"


# -- docstrings --------------------------------------------------------------------------------


def docstring_parts(text: str) -> Iterator[str]:
    """Yield the parts of a docstring of the house form as Markdown."""
    return map(section_text, parse_docstring(text))


def section_text(section: Section) -> str:
    """Return one section: prose as it is, examples fenced, the rest as a list."""
    if section.is_code:
        return f"```python\n{section.text}\n```" if not section.text.startswith("```") else section.text
    if not section.title:
        return section.text.replace("``", "`")
    items = (f"- `{name}`: {text}" if name else f"- {text}" for name, text in section.items)
    return f"{section.title}:\n\n" + "\n".join(items).replace("``", "`")


# -- tables ------------------------------------------------------------------------------------


def cell(value: object) -> str:
    """Return a value for a table cell."""
    return str(value).replace("|", "\\|")


def argument_table() -> Iterator[str]:
    """Yield the global arguments, group by group."""
    from pyinfra._core.arguments import GLOBAL_ARGUMENTS

    yield "Every operation and deploy takes these; facts take those about privilege and the shell."
    groups = dict.fromkeys(argument.group for argument in GLOBAL_ARGUMENTS.values())
    for group in groups:
        rows = [
            f"| `{a.name}` | `{cell(a.type)}` | {f'`config.{a.config_name}`' if a.config_name else f'`{a.default!r}`'} "
            f"| {cell(a.description)} |"
            for a in GLOBAL_ARGUMENTS.values()
            if a.group == group
        ]
        yield f"## {group.capitalize()}"
        yield "\n".join(["| argument | type | default | meaning |", "|---|---|---|---|", *rows])


def setting_table() -> Iterator[str]:
    """Yield the settings of a configuration."""
    rows = [
        f"| `{s.name}` | `{cell(s.type)}` | {f'`{cell(s.default)}`' if s.default else ''} | {cell(s.meaning)} |"
        for s in settings()
    ]
    yield "## Settings"
    yield "The settings of `Config`. Those that have the name of a global argument are its default."
    yield "\n".join(["| setting | type | default | meaning |", "|---|---|---|---|", *rows])


def connector_parts() -> Iterator[str]:
    """Yield the connectors that ship with the package, and the keys of host data that they read."""
    from pyinfra.connectors.base import BaseConnector

    for module in public_modules("pyinfra.connectors"):
        for name, cls in sorted(vars(module).items()):
            if not inspect.isclass(cls) or not issubclass(cls, BaseConnector) or cls is BaseConnector:
                continue
            if cls.__module__ != module.__name__:
                continue
            yield f"## @{name.removesuffix('Connector').lower()}"
            yield summary_of(cls)
            yield data_table(cls)


def data_table(cls: Any) -> str:
    """Return the table of the keys that a connector reads from host data."""
    rows = [f"| `{k.name}` | `{cell(k.type)}` | `{cell(k.default)}` | {cell(k.meaning)} |" for k in data_keys(cls)]
    return "\n".join(["| key of host data | type | default | meaning |", "|---|---|---|---|", *rows]) if rows else ""


if __name__ == "__main__":
    sys.exit(main())
