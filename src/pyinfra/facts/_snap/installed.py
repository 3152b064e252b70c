"""Installed snaps and the channels that they follow."""

from __future__ import annotations

from pyinfra._lib.packages.snap import whole_channel
from pyinfra.facts.snap import SnapBaseFact

from .listing import SNAP_LIST, rows


class SnapChannels(SnapBaseFact["dict[str, str | None]"]):
    """The channel of each installed snap; None when the list does not tell it."""

    default = dict

    def command(self) -> str:
        return SNAP_LIST

    def process(self, output: list[str]) -> dict[str, str | None]:
        return {row.name: row.channel and whole_channel(row.channel) for row in rows(output)}
