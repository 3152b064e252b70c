"""Tables as database clients print them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["parse_columns_and_rows"]


def parse_columns_and_rows(
    lines: Sequence[str],
    delimiter: str,
    remove_column_prefix: str | None = None,
    title_parser: Callable[[str], str] | None = None,
) -> list[dict[str, Any]]:
    """Return one dictionary for each row, by the names in the first line.

    Args:
        lines: the titles, then the rows.
        delimiter: between columns.
        remove_column_prefix: taken off the titles.
        title_parser: makes the keys of the titles; the prefix is taken off before.

    Example:
        >>> parse_columns_and_rows(["rolname|rolsuper", "app|f"], "|", "rol")
        [{'name': 'app', 'super': 'f'}]
    """
    if not lines:
        return []
    titles = lines[0].split(delimiter)
    if remove_column_prefix:
        titles = [title.removeprefix(remove_column_prefix) for title in titles]
    if title_parser is not None:
        titles = [title_parser(title) for title in titles]
    return [dict(zip(titles, line.split(delimiter), strict=False)) for line in lines[1:]]
