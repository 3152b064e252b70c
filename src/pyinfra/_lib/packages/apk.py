"""apk, of Alpine and OpenWrt."""

from __future__ import annotations

import re

from .deciding import Item
from .listing import by_pattern
from .managers import PackageManager

# "busybox-1.36.1-r15 x86_64 {busybox} (GPL-2.0-only) [installed]"
APK_REGEX = r"^(\S+)-([^-\s]+-r[0-9]+|[0-9][^-\s]*) \S+ \{.*\[installed\]"
# "(1/2) Upgrading busybox (1.36.1-r15 -> 1.36.1-r16)", "(2/2) Installing tool@edge (1.0-r0)"
_STEP = re.compile(r"\([ 0-9]+/[0-9]+\) ([A-Z][a-z]+) ([^\s@]+)\S* \((?:\S+ -> )?(\S+)\)")
_WANTED = re.compile(r"(!?[^@<>=~!]+)(@[^<>=~]+)?([<>=~]+.*)?\Z")  # as it stands in /etc/apk/world

APK = PackageManager(
    program="apk",
    listing="apk list --installed",
    parse=by_pattern(APK_REGEX),
    install="apk add",
    upgrade="apk upgrade",
    remove="apk del",
    update="apk update",
    upgrade_all="apk upgrade",
)


def parse_steps(lines: list[str]) -> dict[str, str]:
    """Read what ``apk upgrade --simulate`` prints: versions by name, empty for what is removed."""
    steps = filter(None, map(_STEP.match, lines))
    return {step[2]: "" if step[1] == "Purging" else step[3] for step in steps}


def name_of(text: str) -> str:
    """Return the name in what is asked for: ``nginx@edge>=1.26`` gives ``nginx``."""
    match = _WANTED.match(text)
    return match[1] if match else text


def wanted(item: Item) -> Item:
    """Return an item of which ``apk`` is told more than a name or a version, under a name that nothing has.

    Whether ``nginx@edge`` or ``nginx~1.26`` is there, only what apk was asked for before can tell.
    """
    match = _WANTED.match(item.text)
    if match is None or match[2] or match[1].startswith("!") or (match[3] and not re.match("=[^=~<>]", match[3])):
        return Item(item.text, None, item.text)
    return Item(match[1], match[3][1:] if match[3] else None, item.text)
