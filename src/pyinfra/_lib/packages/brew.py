"""brew: Homebrew, formulae and casks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from pyinfra.api.planning import named, tree

from .listing import PackageVersions
from .managers import PackageManager

BREW_REGEX = r"^([^\s/]+) (\S.*)$"  # "python@3.11 3.11.6_1 3.11.4"
_ROW = re.compile(BREW_REGEX)
FORMULAE, CASKS = named("formulae"), named("casks")
_TOUCHED = (FORMULAE, CASKS, named("programs"), *map(tree, ("/opt", "/usr/local", "/Applications", "/home/linuxbrew")))


def parse_list(lines: Iterable[str]) -> PackageVersions:
    """Read what ``brew list --versions`` prints."""
    rows = filter(None, map(_ROW.match, lines))
    return {row[1]: set(row[2].split()) for row in rows if not row[1].startswith(("=", "Warning:", "Error:"))}


def name_of(text: str) -> str:
    """Return under which name something is listed: that of a tap stands before it when it is asked for."""
    return text.rpartition("/")[2].lower()


BREW = PackageManager(
    program="brew",
    # There was no such option before there was one for casks, and casks were never listed then.
    listing="brew list --formula --versions 2>/dev/null || brew list --versions",
    parse=parse_list,
    install="brew install",
    upgrade="brew upgrade",
    remove="brew uninstall",
    update="brew update",
    upgrade_all="brew upgrade",
    key=name_of,
    resource=FORMULAE,
    touches=_TOUCHED,
)


def casks(words: tuple[str, str]) -> PackageManager:
    """Return how casks are managed.

    Args:
        words: what stands before and after the verb: that depends on how new brew is.
    """
    before, after = words
    verbs = {verb: f"brew {before}{verb}{after}" for verb in ("install", "upgrade", "uninstall")}
    return replace(BREW, install=verbs["install"], upgrade=verbs["upgrade"], remove=verbs["uninstall"],
                   update=None, upgrade_all=verbs["upgrade"], resource=CASKS)  # fmt: skip
