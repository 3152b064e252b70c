"""Which desktops are installed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyinfra._core.effects import Resource, named, tree
from pyinfra._engine.facts.base import FactBase, ShortFactBase

# The program that starts a session, and the desktop that it belongs to.
_SESSIONS = {
    "gnome-session": "GNOME",
    "startplasma-x11": "KDE",
    "startplasma-wayland": "KDE",
    "startkde": "KDE",
    "xfce4-session": "XFCE",
    "mate-session": "MATE",
    "cinnamon-session": "Cinnamon",
    "lxsession": "LXDE",
    "lxqt-session": "LXQt",
    "budgie-desktop": "Budgie",
}


class LinuxGui(FactBase[list[str]]):
    """Names of the installed desktops."""

    @staticmethod
    def default() -> list[str]:
        return []

    def command(self) -> str:
        return (
            f"for p in {' '.join(_SESSIONS)}; do for d in /usr/bin /usr/local/bin; do "
            'if [ -x "$d/$p" ]; then echo "$p"; break; fi; done; done'
        )

    def resources(self) -> Iterable[Resource] | None:
        return (named("packages"), tree("/usr/bin"), tree("/usr/local/bin"))

    def describe(self) -> str:
        return "desktops"

    def process(self, output: list[str]) -> list[str]:
        found = (_SESSIONS.get(line.strip()) for line in output)
        return list(dict.fromkeys(name for name in found if name is not None))


class HasGui(ShortFactBase[bool]):
    """Whether a desktop is installed."""

    fact = LinuxGui

    def process_data(self, data: Any) -> bool:
        return len(data) > 0
