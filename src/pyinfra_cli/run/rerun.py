"""The command line that does the same again on some hosts only."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence

from pyinfra._engine.prepare.argument_text import is_secret

_PASSWORDS = ("--ssh-password", "--password", "--ssh-key-password", "--key-password")
_DROPPED = ("--limit",)


def rerun_with(arguments: Sequence[str]) -> Callable[[Sequence[str]], str]:
    """Return what makes the command line for some hosts. Passwords and other secrets are left out of it.

    Args:
        arguments: of this run, without the program.
    """

    def command_for(hosts: Sequence[str]) -> str:
        limits = [f"--limit={host}" for host in hosts]
        return shlex.join(["pyinfra", *limits, *_kept(arguments)])

    return command_for


def _kept(arguments: Sequence[str]) -> Iterator[str]:
    words = iter(arguments)
    for word in words:
        name, has_value, value = word.partition("=")
        if word == "--":
            yield word
            yield from words
        elif name in _DROPPED or name in _PASSWORDS:
            if not has_value:
                next(words, None)
        elif name == "--data":
            data = value if has_value else next(words, "")
            if not is_secret(data.partition("=")[0]):
                yield f"--data={data}"
        elif has_value and not word.startswith("-") and is_secret(name):
            yield f"{name}=..."
        else:
            yield word
