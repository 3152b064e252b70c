"""Files that shells read at login."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, tree
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._shell import script, word

_FILES = (
    ".profile", ".bash_profile", ".bash_login", ".bashrc", ".zshenv", ".zprofile", ".zshrc",
    ".config/fish/config.fish", ".config/fish/conf.d/uv.env.fish",
)  # fmt: skip


class InProfiles(FactBase[bool]):
    """Whether one of these files of the user names a directory, as it is or below ``$HOME``.

    Args:
        directory: absolute path.
    """

    in_plans = False
    default = bool

    def command(self, directory: str) -> StringCommand:
        files = " ".join(f"~/{name}" for name in _FILES)
        home = 'd=$1; case $d in "$HOME"/*) set -- "$d" -e "\\$HOME${d#"$HOME"}" ;; esac\n'
        return script("set -- ", word(directory), f'\n{home}! grep -qsF -e "$@" -- {files} || echo yes')

    def resources(self, directory: str) -> Iterable[Resource]:
        return [tree("/home"), tree("/root"), tree("/Users")]

    def process(self, output: list[str]) -> bool:
        return output == ["yes"]
