"""Options of pip and uv that a question about what is installed needs, too."""

from __future__ import annotations

import shlex
from collections.abc import Container, Iterator

# Where to look for versions, and which of them count.
SEARCHING = {"--no-index", "--pre"}
SEARCHING_WITH_VALUE = {"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--trusted-host",
                        "--index", "--default-index"}  # fmt: skip
# Which environment it is.
PLACE = {"--system"}
PLACE_WITH_VALUE = {"-p", "--python", "--target", "--prefix"}


def options_among(text: str | None, plain: Container[str], with_value: Container[str]) -> tuple[str, ...]:
    """Return the options in a text of shell words that are among some.

    Args:
        text: the words; what no shell would understand has none.
        plain: options without a value.
        with_value: options with one, behind ``=`` or as the next word.
    """
    try:
        return tuple(_pick(iter(shlex.split(text or "")), plain, with_value))
    except ValueError:
        return ()


def _pick(words: Iterator[str], plain: Container[str], with_value: Container[str]) -> Iterator[str]:
    for word in words:
        if word in plain or ("=" in word and word.partition("=")[0] in with_value):
            yield word
        elif word in with_value:
            value = next(words, None)
            if value is not None:
                yield from (word, value)
