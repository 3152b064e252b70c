"""How git is called: in a repository, whoever owns it, without asking anybody anything."""

from __future__ import annotations

from typing import Any

from pyinfra._core.commands import QuoteString, StringCommand
from pyinfra.facts._shell import path_word, script

# Repositories belong to their application; that somebody else manages them is the point. Nobody answers questions, and
# looking at a repository starts no program that it names.
GIT = "env GIT_TERMINAL_PROMPT=0 git -c safe.directory='*' -c core.fsmonitor=false"


def in_repository(repo: Any, *body: str | QuoteString | StringCommand) -> StringCommand:
    """Return a script that runs in a repository, and ends well where there is none.

    Args:
        repo: its path: of a checkout, a worktree, or a bare repository.
        body: the script. ``git`` in it is called as ``GIT`` says.
    """
    return script("cd ", path_word(repo), " 2>/dev/null || exit 0\ngit() { ", GIT, ' "$@"; }\n', *body)
