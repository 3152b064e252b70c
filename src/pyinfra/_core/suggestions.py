"""Suggest what somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that looks most like a word, or None when none comes near."""
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.7)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return the end of an error message: a suggestion, or nothing.

    Args:
        word: what was written.
        candidates: what could have been written.

    Example:
        >>> did_you_mean("_suod", ["_sudo", "_su_user"])
        ' (did you mean _sudo?)'
        >>> did_you_mean("elephant", ["_sudo"])
        ''
    """
    found = closest(word, candidates)
    return f" (did you mean {found}?)" if found is not None else ""
