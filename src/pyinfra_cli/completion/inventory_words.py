"""Candidates for the first word: an inventory, or ``help`` and ``completion``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .candidates import Candidate, safely, with_lead
from .hosts import known_hosts
from .paths import python_files

if TYPE_CHECKING:
    import click

_OTHER_WORDS = (("help", "reference of operations, facts ..."), ("completion", "completion for a shell"))


@safely
def complete_inventory(ctx: click.Context, incomplete: str) -> Iterator[Candidate]:
    """Complete the inventory: files, connectors and hosts, the last of several with commas between them."""
    lead, comma, last = incomplete.rpartition(",")
    yield from with_lead(lead + comma, _one_word(last, set(lead.split(","))))
    if not comma:
        yield from _OTHER_WORDS


def _one_word(text: str, chosen: set[str]) -> Iterator[Candidate]:
    if text.startswith("@"):
        yield from _connectors(text)
        return
    yield from python_files(text)
    yield from (candidate for candidate in known_hosts() if candidate[0] not in chosen)
    if not text:
        yield from _connectors(text)


def _connectors(text: str) -> Iterator[Candidate]:
    from pyinfra._engine.model.connector_registry import connector_points
    from pyinfra_cli.reference.source import module_summary

    if text.startswith("@ssh/"):
        yield from with_lead("@ssh/", known_hosts())
        return
    for name, place in sorted(connector_points().items()):
        yield f"@{name}", module_summary(place.partition(":")[0])
