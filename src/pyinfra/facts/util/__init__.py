"""What facts share: reading many files at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyinfra.facts._shell import glob_word

__all__ = ["make_cat_files_command", "make_cat_files_command_with_markers"]


def make_cat_files_command(*filenames: Iterable[str]) -> str:
    """Return a command that prints files, each followed by an empty line; files that are not there are left out.

    Args:
        filenames: paths, or lists of paths; ``*``, ``?`` and ``[...]`` in them are patterns.

    Example:
        >>> make_cat_files_command("/etc/yum.conf", "/etc/yum.repos.d/*.repo")
        'for f in /etc/yum.conf /etc/yum.repos.d/*.repo; do [ ! -f "$f" ] || { cat -- "$f"; echo; }; done'
    """
    return f'for f in {_globs(filenames)}; do [ ! -f "$f" ] || {{ cat -- "$f"; echo; }}; done'


def make_cat_files_command_with_markers(marker: str, *filenames: str) -> str:
    """Return a command that prints files, each behind a line with the marker and its path.

    Args:
        marker: what the line begins with.
        filenames: as for :func:`make_cat_files_command`.
    """
    from pyinfra._core.quoting import quote

    shown = f"printf '%s%s\\n' {quote(marker)} \"$f\""
    return f'for f in {_globs(filenames)}; do [ ! -f "$f" ] || {{ {shown}; cat -- "$f"; echo; }}; done'


def _globs(filenames: Iterable[Iterable[str]]) -> str:
    return " ".join(map(glob_word, _flat(filenames)))


def _flat(filenames: Iterable[Iterable[str]]) -> Iterator[str]:
    for filename in filenames:
        if isinstance(filename, str):
            yield filename
        else:
            yield from filename
