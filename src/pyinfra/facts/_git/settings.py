"""The settings of git: of a repository, of a user, of the system."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, named
from pyinfra.facts._git.programs import GIT, in_repository
from pyinfra.facts._git.repositories import GitFactBase
from pyinfra.facts._shell import tree_resources


class GitConfig(GitFactBase[dict[str, list[str]]]):
    """Settings with all their values: of a repository, else of the user, else of the system.

    Example:
        >>> host.get_fact(GitConfig)
        {'user.name': ['Somebody']}
    """

    default = dict

    def command(self, repo: str | None = None, system: bool = False) -> StringCommand:
        # Values may hold newlines: every setting is quoted as one line of its own.
        listing = " --null --list 2>/dev/null | tr '\\n\\0' '\\001\\n' || :"
        if repo is not None:
            return in_repository(repo, "git config --local", listing)
        return StringCommand(GIT, "config", "--system" if system else "--global", listing)

    def resources(self, *args: Any, **kwargs: Any) -> Iterable[Resource] | None:
        repo = kwargs.get("repo") or (args[0] if args else None)
        return tree_resources(repo) if repo is not None else [named("git settings")]

    def process(self, output: list[str]) -> dict[str, list[str]]:
        settings: dict[str, list[str]] = {}
        for line in output:
            key, separator, value = line.partition("\x01")
            if key:
                # a setting without a value means true
                settings.setdefault(key, []).append(value.replace("\x01", "\n") if separator else "true")
        return settings
