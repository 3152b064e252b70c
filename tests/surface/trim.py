"""Makes ``surface.json`` from a full description of the public surface: one line of text for each public name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_MARKS = {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}


def signature_text(parameters: Sequence[Mapping[str, Any]]) -> str:
    """Write parameters compactly: names, order, kinds, defaults."""
    parts: list[str] = []
    starred = False
    for parameter in parameters:
        kind = parameter["kind"]
        if kind == "KEYWORD_ONLY" and not starred:
            parts.append("*")
        starred = starred or kind in ("KEYWORD_ONLY", "VAR_POSITIONAL")
        default = f"={_stable(parameter['default'])}" if "default" in parameter else ""
        parts.append(f"{_MARKS.get(kind, '')}{parameter['name']}{default}")
    return f"({', '.join(parts)})"


def _stable(default: str) -> str:
    return "..." if default.startswith("<") else default


def trim(full: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return for each module its public names, each with what is to be compared."""
    modules: dict[str, dict[str, str]] = {name: _module(module) for name, module in full["modules"].items()}
    for name, operations in full["operations"].items():
        names = modules.setdefault(f"pyinfra.operations.{name}", {})
        names.update({key: f"operation {signature_text(value['params'])}" for key, value in operations.items()})
    for name, facts in full["facts"].items():
        names = modules.setdefault(f"pyinfra.facts.{name}", {})
        for key, fact in facts.items():
            names[key] = f"fact {signature_text(fact.get('command_params') or [])} -> {fact.get('default')}"
    for name, extras in full["module_extras"].items():
        names = modules.setdefault(name, {})
        for key, extra in extras.items():
            if key == "TYPE_CHECKING":
                continue
            names[key] = f"function {signature_text(extra['params'])}" if extra["kind"] == "function" else "name"
    for connector in full["connectors"].values():
        module, _, cls = connector["class"].partition(":")
        for key, value in connector.get("data", {}).items():
            modules[module][f"{cls} data {key}"] = f"data {value['default']}"
    return {name: dict(sorted(names.items())) for name, names in sorted(modules.items())}


def _module(module: Mapping[str, Any]) -> dict[str, str]:
    names = {name: f"function {signature_text(value['params'])}" for name, value in module.get("functions", {}).items()}
    for name in (*module.get("constants", {}), *module.get("reexports", {})):
        if name != "TYPE_CHECKING":
            names[name] = "name"
    for name, cls in module.get("classes", {}).items():
        names[name] = f"class {signature_text(cls['init'])}" if "init" in cls else "name"
        for method, value in cls.get("methods", {}).items():
            kind = "property" if value["kind"] == "property" else f"function {signature_text(value['params'])}"
            names[f"{name}.{method}"] = kind
        for attribute in (*cls.get("attributes", {}), *cls.get("annotations", {})):
            if attribute not in ("T", "model_config"):
                names.setdefault(f"{name}.{attribute}", "attribute")
    return names


def write(source: Path, target: Path) -> None:
    """Trim a file."""
    target.write_text(json.dumps(trim(json.loads(source.read_text())), indent=1) + "\n")
