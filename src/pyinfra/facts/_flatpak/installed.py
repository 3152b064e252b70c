"""Installed flatpaks under all names that they may be asked for by."""

from __future__ import annotations

from pyinfra._lib.packages.flatpak import spellings
from pyinfra.facts.flatpak import FlatpakBaseFact


class InstalledFlatpaks(FlatpakBaseFact["dict[str, set[str]]"]):
    """Whole names of what is installed, by each name that may mean it."""

    default = dict

    def command(self) -> str:
        # The column "ref" has no kind before it. Both lists are empty where nothing is installed.
        lists = (f"flatpak list --{kind} --columns=ref | sed 's,^,{kind}/,'" for kind in ("app", "runtime"))
        return "; ".join(lists)

    def process(self, output: list[str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for ref in (line.strip() for line in output):
            if ref.count("/") == 3:
                for name in spellings(ref):
                    found.setdefault(name, set()).add(ref)
        return found
