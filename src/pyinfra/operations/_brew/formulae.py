"""``brew.packages`` and ``brew.casks``."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from pyinfra import host
from pyinfra._lib.packages import Installed, Item, PackageManager, parse_items
from pyinfra._lib.packages.brew import BREW, casks
from pyinfra._lib.packages.ensuring import update_commands, upgrade_commands
from pyinfra._lib.packages.newest import NO_NEWER, Newest, settle
from pyinfra.api import FactBase, StringCommand
from pyinfra.api.planning import prefetch
from pyinfra.facts._brew.newer import FormulaNames, OutdatedCasks, OutdatedFormulae
from pyinfra.facts.brew import BrewCasks, BrewPackages, BrewVersion

Commands = Generator[StringCommand, None, None]

_NEW_WORDS = [2, 6, 0]  # since then casks are an option, not a command


def formulae(packages: Any, present: bool, latest: bool, update: bool, upgrade: bool) -> Commands:
    """Yield what ``brew.packages`` does."""
    items = parse_items(packages, None, BREW.key)
    asked = _asked(items, present, latest, upgrade) and not update
    if asked:
        prefetch(OutdatedFormulae)
    installed: Installed = host.get_fact(BrewPackages) if items else {}
    items = _by_listed_name(items, installed)
    newest = Newest.of(OutdatedFormulae) if asked else _unknown(update and latest and not upgrade)
    if update:
        yield from update_commands(BREW)
    if upgrade:
        yield from upgrade_commands(BREW)
    yield from _settle(BREW, BrewPackages, items, installed, present, newest, upgrade)


def casks_commands(packages: Any, present: bool, latest: bool, upgrade: bool) -> Commands:
    """Yield what ``brew.casks`` does."""
    items = parse_items(packages, None, BREW.key)
    asked = _asked(items, present, latest, upgrade)
    prefetch(BrewVersion)
    if items:
        prefetch(BrewCasks)
    if asked:
        prefetch(OutdatedCasks)
    manager = casks(cask_words())
    installed: Installed = host.get_fact(BrewCasks) if items else {}
    newest = Newest.of(OutdatedCasks, asked)
    if upgrade:
        yield from upgrade_commands(manager)
    yield from _settle(manager, BrewCasks, items, installed, present, newest, upgrade)


def cask_words() -> tuple[str, str]:
    """Return what stands before and after the verb in commands about casks: that depends on how new Homebrew is."""
    version = list(host.get_fact(BrewVersion))
    return ("cask ", "") if [0, 0, 0] < version < _NEW_WORDS else ("", " --cask")


def _asked(items: list[Item], present: bool, latest: bool, upgrade: bool) -> bool:
    return bool(items) and present and latest and not upgrade


def _unknown(wanted: bool) -> Newest:
    """What newer lists offer nobody knows yet."""
    return Newest() if wanted else NO_NEWER


def _by_listed_name(items: list[Item], installed: Installed) -> list[Item]:
    """Formulae have other names, too: ``python3`` is listed as ``python@3.12``."""
    missing = [one for item in items for one in (item, *item.others) if one.name not in installed]
    if not missing or not installed:
        return items
    names = host.get_fact(FormulaNames, packages=[one.text for one in missing])

    def listed(item: Item) -> Item:
        found, others = names.get(item.name), tuple(map(listed, item.others))
        known = item.name not in installed and found is not None and found in installed
        return Item(found, None, found, others) if known and found else replace(item, others=others)

    return list(map(listed, items))


def _settle(
    manager: PackageManager, fact: type[FactBase[Any]], items: list[Item], installed: Installed, present: bool,
    newest: Newest, upgraded: bool,
) -> Commands:  # fmt: skip
    several = [item for item in items if len(installed.get(item.name) or ()) > 1]
    if several and not present:
        # Without this only the newest version goes.
        manager = replace(manager, remove=StringCommand(manager.remove, "--force"))
    yield from settle(manager, fact, items, installed, present=present, newest=newest, upgraded=upgraded)
