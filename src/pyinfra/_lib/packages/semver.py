"""Semantic versions, and the ranges of them that npm and cargo take.

Example:
    >>> within("^1.2", "1.9.0"), within("~1.2", "1.9.0")
    (True, False)
"""

from __future__ import annotations

import re
from typing import NamedTuple

_VERSION = re.compile(
    r"v?(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?\Z"
)
_PARTIAL = re.compile(r"v?(?:(\d+)|[xX*])(?:\.(?:(\d+)|[xX*]))?(?:\.(?:(\d+)|[xX*]))?\Z")
_COMPARATOR = re.compile(r"(\^|~>?|>=|<=|>|<|=)?(.+)\Z")

_Numbers = tuple[int, int, int]


class Version(NamedTuple):
    """A version; these compare as they should, but for what comes after a plus sign, which counts for nothing."""

    numbers: _Numbers
    released: bool
    pre: tuple[tuple[bool, int, str], ...]


def version_of(text: str) -> Version | None:
    """Return what a text says; None when that is no whole version."""
    match = _VERSION.match(text)
    if match is None:
        return None
    pre = [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in (match["pre"] or "").split(".")]
    numbers = (int(match["major"]), int(match["minor"]), int(match["patch"]))
    return Version(numbers, match["pre"] is None, tuple(pre) if match["pre"] else ())


def within(wanted: str, version: str) -> bool:
    """Whether a version is the wanted one, or in the wanted range; a text that is no range is only equal to itself.

    Args:
        wanted: ``1.2.3``, ``1.2``, ``1.x``, ``^1.2``, ``~1.2``, ``>=1.2,<2``, ``^1||^3``.
        version: what there is.
    """
    there = version_of(version)
    if wanted == version or there is None:
        return wanted == version
    return any(_all_hold(part, there) for part in wanted.split("||"))


def _all_hold(comparators: str, there: Version) -> bool:
    texts = [text.strip() for text in comparators.split(",")]
    # Nobody gets a version that is not released without having asked for one.
    if not there.released and not any("-" in text for text in texts):
        return False
    return all(_holds(text, there) for text in texts)


def _holds(comparator: str, there: Version) -> bool:
    match = _COMPARATOR.match(comparator)
    bounds = _bounds(match[2].strip()) if match else None
    if match is None or bounds is None:
        return False
    lowest, parts = bounds
    sign = match[1] or "="
    if sign in (">=", "<"):
        return (there >= lowest) == (sign == ">=")
    if sign == "^":
        return lowest <= there and there.numbers < _next(parts, _first_that_counts(parts))
    if sign in ("~", "~>"):
        return lowest <= there and there.numbers < _next(parts, min(1, len(parts) - 1))
    above = there > lowest if len(parts) == 3 else there.numbers >= _next(parts, len(parts) - 1)
    if sign in (">", "<="):
        return above == (sign == ">")
    return there >= lowest and not above


def _bounds(text: str) -> tuple[Version, list[int]] | None:
    """The lowest version that a text may mean, and the numbers that it has."""
    whole = version_of(text)
    if whole is not None:
        return whole, list(whole.numbers)
    match = _PARTIAL.match(text)
    if match is None:
        return None
    parts: list[int] = []
    for group in match.groups():
        if group is None:
            break
        parts.append(int(group))
    numbers = (*parts, 0, 0, 0)[:3]
    return Version((numbers[0], numbers[1], numbers[2]), True, ()), parts


def _first_that_counts(parts: list[int]) -> int:
    """``^0.2`` keeps the 2, ``^1.2`` the 1."""
    return next((place for place, part in enumerate(parts) if part), len(parts) - 1)


def _next(parts: list[int], place: int) -> tuple[float, ...]:
    """The numbers that are the first after all that begin as these do, up to a place."""
    return (*parts[:place], parts[place] + 1) if parts else (float("inf"),)
