"""Candidates that are hosts and groups: of the inventory on the line, and of the configuration of ssh."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .candidates import Candidate, safely, with_lead
from .quiet import quietly

if TYPE_CHECKING:
    import click

    from pyinfra.api import Inventory

_SSH = Path("~/.ssh")
_DEEPEST = 8  # files that include files
_PATTERN = frozenset("*?!")


@safely
def complete_limit(ctx: click.Context, incomplete: str) -> Iterator[Candidate]:
    """Complete ``--limit`` and ``--exclude``: hosts and groups of the inventory on the line."""
    lead, comma, last = incomplete.rpartition(",")
    chosen = set(lead.split(","))
    nobody: list[Candidate] = []
    candidates = quietly(lambda: _members(_inventory_of(ctx)), otherwise=nobody)
    others = (candidate for candidate in candidates if candidate[0] not in chosen)
    return with_lead(lead + comma, (candidate for candidate in others if candidate[0].startswith(last)))


def _inventory_of(ctx: click.Context) -> Inventory | None:
    # While an option waits for its value, click has not parted the words yet.
    word = ctx.params.get("inventory") or next(iter(ctx.args), None)
    if not word or word in ("help", "completion"):
        return None
    from pyinfra_cli.inventory import make_inventory

    return make_inventory(word, group_data_directories=list(ctx.params.get("group_data") or ()))


def _members(inventory: Inventory | None) -> list[Candidate]:
    if inventory is None:
        return []
    groups = {name: len(inventory.get_group(name)) for name in inventory.groups}
    found = [(name, f"group, {count} host{'' if count == 1 else 's'}") for name, count in sorted(groups.items())]
    return found + [(host.name, _groups_of(host)) for host in inventory]


def _groups_of(host: Any) -> str:
    groups = ", ".join(group for group in host.groups if group != "all")
    return f"host in {groups}" if groups else "host"


# -- hosts that are known without an inventory ---------------------------------------------------


def known_hosts() -> Iterator[Candidate]:
    """Yield the hosts that ssh has settings for, and those that ``inventory.py`` in the working directory names."""
    config = _SSH.expanduser() / "config"
    yield from ((name, "host of ~/.ssh/config") for name in _names_in_config(config))
    yield from ((name, "host of inventory.py") for name in _names_in_inventory(Path("inventory.py")))


def _names_in_config(path: Path, depth: int = 0) -> Iterator[str]:
    from pyinfra._transport.ssh.config.syntax import ConfigError, parse_file

    try:
        directives = parse_file(path)
    except ConfigError:
        return
    for directive in directives:
        if directive.keyword == "host":
            yield from (name for name in directive.arguments if not _PATTERN.intersection(name))
        elif directive.keyword == "include" and depth < _DEEPEST:
            for pattern in directive.arguments:
                for file in _included(pattern):
                    yield from _names_in_config(file, depth + 1)


def _included(pattern: str) -> Iterable[Path]:
    path = _SSH.expanduser() / Path(pattern).expanduser()
    root = Path(path.anchor)
    return sorted(root.glob(str(path.relative_to(root))))


def _names_in_inventory(path: Path) -> Iterator[str]:
    """The names in the lists of an inventory file, read and not run."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.List, ast.Tuple)):
            yield from _names_in_list(node.value)


def _names_in_list(node: ast.List | ast.Tuple) -> Iterator[str]:
    """Elements are names or (name, data); a group with data is (hosts, data)."""
    for element in node.elts:
        if isinstance(element, (ast.List, ast.Tuple)):
            yield from _names_in_list(element)
        elif isinstance(element, ast.Constant) and isinstance(element.value, str):
            yield element.value
