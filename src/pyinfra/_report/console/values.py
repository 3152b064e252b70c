"""Values of facts and of the inventory as text, one thing a line: like YAML, to be read rather than parsed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pyinfra._core.display import visible
from pyinfra._core.secrets import HiddenValue
from pyinfra._engine.prepare.argument_text import MASK, is_secret
from pyinfra._report.view import FactReport

from .failures import hanging
from .folding import fold_hosts, grouped
from .lines import Line, text_lines

_STEP = 4
_COLLECTIONS = (Mapping, list, tuple, set, frozenset)
_PLAIN = re.compile(r"[\w/@.%+~(][^\x00-\x1f\x7f]*\Z")
_MISLEADING = re.compile(r"(?i)(?:true|false|yes|no|null|none|~|[-+]?[\d.]+(?:e[-+]?\d+)?)\Z")


def fact_lines(fact: FactReport, width: int, total: int) -> list[Line]:
    """Tell the values of a fact, hosts with equal ones together.

    Args:
        fact: the values.
        width: columns of the terminal.
        total: number of hosts that were asked.
    """
    lines = [Line("--> ", "bold").add(fact.title, "bold")]
    texts = ((host, (_is_block(value), tuple(value_lines(value)))) for host, value in fact.values.items())
    for hosts, (is_block, text) in grouped(texts):
        named = f"{fold_hosts(hosts, total, width - 6)}:"
        if len(text) == 1 and not is_block and len(named) + len(text[0][1]) + 5 <= width:
            lines.append(Line(" " * _STEP).add(named, "cyan").add(f" {text[0][1]}"))
            continue
        lines.append(Line(" " * _STEP).add(named, "cyan"))
        lines += [Line(" " * (2 * _STEP + indent)).add(part) for indent, part in text]
    for hosts, why in grouped(fact.failed.items()):
        lines += hanging(f"{fold_hosts(hosts, total, width - 20)}: not read: {text_lines(why)[0]}", width, "red")
    return lines


def inventory_lines(hosts: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Tell hosts with their groups and data."""
    lines: list[Line] = []
    for host in hosts:
        lines.append(Line("[").add(str(host["name"]), "bold").add("]"))
        if host.get("groups"):
            lines.append(Line(" " * _STEP).add("groups: ", "cyan").add(", ".join(map(str, host["groups"]))))
        if host.get("data"):
            lines.append(Line(" " * _STEP).add("data:", "cyan"))
            lines += [Line(" " * (2 * _STEP + indent)).add(text) for indent, text in value_lines(host["data"])]
    return lines


def value_lines(value: Any, indent: int = 0) -> Iterator[tuple[int, str]]:
    """The lines of a value, each with its indentation. What is named like a secret is masked."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            shown = MASK if is_secret(str(name)) and inner not in (None, "", False) else inner
            yield from _under(f"{_scalar(name)}:", shown, indent)
    elif isinstance(value, (set, frozenset)) and value:
        yield from value_lines(sorted(value, key=str), indent)
    elif isinstance(value, (list, tuple)) and value:
        for inner in value:
            yield from _under("-", inner, indent)
    elif isinstance(value, str) and "\n" in value.rstrip("\n"):
        yield indent, "|"
        yield from ((indent + _STEP, line) for line in text_lines(value))
    else:
        yield indent, _scalar(value)


def _under(label: str, value: Any, indent: int) -> Iterator[tuple[int, str]]:
    first, *more = value_lines(value)
    if not more and not _is_block(value):
        yield indent, f"{label} {first[1]}"
        return
    if label == "-":  # the first line beside the dash, the others below it
        yield indent, f"- {' ' * first[0]}{first[1]}"
        yield from ((indent + 2 + inner, text) for inner, text in more)
        return
    if first[1] == "|":
        yield indent, f"{label} |"
    else:
        yield indent, label
        more.insert(0, (first[0], first[1]))
        more = [(inner + _STEP, text) for inner, text in more]
    yield from ((indent + inner, text) for inner, text in more)


def _is_block(value: Any) -> bool:
    return isinstance(value, _COLLECTIONS) and bool(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, _COLLECTIONS):
        return "{}" if isinstance(value, Mapping) else "[]"
    if isinstance(value, (bytes, bytearray)):
        value = bytes(value).decode("utf-8", "surrogateescape")
    if isinstance(value, HiddenValue):
        return str(value)
    return _quoted(str(getattr(value, "__name__", value)))


def _quoted(text: str) -> str:
    """The text as it is, in quotes where it could be taken for something else."""
    plain = _PLAIN.match(text) and not _MISLEADING.match(text) and text == text.rstrip() and ": " not in text
    plain = plain or text == MASK
    return visible(text) if plain else visible(json.dumps(text, ensure_ascii=False))
