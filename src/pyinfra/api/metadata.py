"""Descriptions of operations, facts, connectors and deploys, as packages publish them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from pyinfra._core.suggestions import did_you_mean

from .exceptions import PyinfraError

__all__ = ["Plugin", "Tag", "parse_plugins"]

PluginType = Literal["operation", "fact", "connector", "deploy"]
TagValue = Literal[
    "boot",
    "containers",
    "database",
    "service-management",
    "package-manager",
    "python",
    "ruby",
    "javascript",
    "configuration-management",
    "security",
    "storage",
    "system",
    "rust",
    "go",
    "version-control-system",
]


@dataclass(frozen=True)
class Tag:
    """What a plugin is about."""

    value: TagValue

    def __post_init__(self) -> None:
        _require(self.value, get_args(TagValue), "tag")

    @property
    def title_case(self) -> str:
        """The tag as a title: ``"Package Manager"``."""
        return " ".join(word.title() for word in self.value.split("-"))


@dataclass(frozen=True)
class Plugin:
    """One thing that a package provides."""

    name: str
    path: str
    type: PluginType
    tags: list[Tag] = field(default_factory=list)

    def __post_init__(self) -> None:
        _require(self.type, get_args(PluginType), "type")


def _require(value: str, known: tuple[str, ...], what: str) -> None:
    if value not in known:
        raise PyinfraError(f"there is no {what} {value!r}{did_you_mean(str(value), known)}")


def parse_plugins(metadata_text: str) -> list[Plugin]:
    """Return the plugins that a TOML text describes.

    Args:
        metadata_text: text with a table of tables ``[pyinfra.plugins.NAME]``, or a list ``[[pyinfra.plugins]]``.

    Raises:
        PyinfraError: saying what is wrong with which plugin.
    """
    try:
        document = tomllib.loads(metadata_text)
    except tomllib.TOMLDecodeError as error:
        raise PyinfraError(f"the plugin metadata is no TOML: {error}") from error
    return [_plugin(name, described) for name, described in _plugins(document)]


def _plugins(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    tables = document.get("pyinfra", document).get("plugins", {})
    if isinstance(tables, list):
        yield from ((str(table.get("name", "")), table) for table in tables)
        return
    for name, table in tables.items():
        if isinstance(table, list):
            yield from ((str(item.get("name", name)), item) for item in table)
        else:
            yield name, table


def _plugin(name: str, described: Mapping[str, Any]) -> Plugin:
    missing = [key for key in ("path", "type") if key not in described]
    if missing:
        raise PyinfraError(f"the plugin {name!r} has no {missing[0]}")
    tags = [Tag(tag["value"] if isinstance(tag, Mapping) else tag) for tag in described.get("tags", ())]
    return Plugin(str(described.get("name", name)), described["path"], described["type"], tags)
