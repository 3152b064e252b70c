"""Decides what the words of a command line ask for. Nothing is looked up but deploy files: they must be there.

Example:
    >>> form_of("web1,web2", ["exec", "--", "uptime"])
    Exec(argv=('uptime',))
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from pyinfra import logger
from pyinfra._core.records import Record
from pyinfra._core.suggestions import closest, did_you_mean
from pyinfra_cli.exceptions import CliError
from pyinfra_cli.words.module_names import FACTS, OPERATIONS, bundled_modules, defined_names

_NAME = re.compile(r"[^\W\d]\w*(?:[.:][^\W\d]\w*)+")
_SUFFIX = ".py"


class DeployFiles(Record):
    """``deploy.py ...``: files, relative to the working directory."""

    filenames: tuple[str, ...]


class Function(Record):
    """``server.user app shell=/bin/sh``: an operation, or a function that calls operations."""

    name: str
    words: tuple[str, ...] = ()

    @property
    def commands(self) -> tuple[str, ...]:
        """All words, for ``get_func_and_args``."""
        return (self.name, *self.words)


class Facts(Record):
    """``fact server.Os files.File path=/etc/hosts``: for ``get_facts_and_args``."""

    words: tuple[str, ...]


class Exec(Record):
    """``exec -- words``."""

    argv: tuple[str, ...]

    @property
    def command(self) -> str:
        """The command line for a shell. One word is a command line already, several are exactly these words."""
        return self.argv[0] if len(self.argv) == 1 else shlex.join(self.argv)


class DebugInventory(Record):
    """``debug-inventory``."""


class Help(Record):
    """``pyinfra help ...``."""

    words: tuple[str, ...] = ()


class Completion(Record):
    """``pyinfra completion SHELL``."""

    words: tuple[str, ...] = ()


Form = DeployFiles | Function | Facts | Exec | DebugInventory | Help | Completion


def form_of(inventory: str, words: Sequence[str], chdir: str | None = None) -> Form:
    """Return what a command line asks for.

    Args:
        inventory: the first word; ``help`` and ``completion`` are none.
        words: the other ones.
        chdir: given with ``--chdir``, and already the working directory: paths that begin with it are put right.

    Raises:
        CliError: naming the word that makes no sense, and what could have been meant.
    """
    if inventory == "help":
        return Help(tuple(words))
    if inventory == "completion":
        return Completion(tuple(words))
    if not words:
        raise CliError(f"what is to be done with {inventory}?", hint="a deploy file, an operation, exec, fact ...")
    first, rest = words[0], tuple(words[1:])
    if first in _WORDS:
        return _WORDS[first](rest)
    if first.endswith(_SUFFIX):
        return _deploy_files(words, chdir)
    if _NAME.fullmatch(first):
        return Function(first, rest)
    raise _senseless(first, rest)


# -- fixed words ---------------------------------------------------------------------------


def _exec(words: tuple[str, ...]) -> Exec:
    if words[:1] == ("--",):
        words = words[1:]
    if not words or words == ("",):
        raise CliError("exec needs a command", hint="pyinfra INVENTORY exec -- uptime")
    return Exec(words)


def _facts(words: tuple[str, ...]) -> Facts:
    if not words:
        raise CliError("fact needs the name of a fact", hint="pyinfra INVENTORY fact server.Os")
    return Facts(words)


def _debug_inventory(words: tuple[str, ...]) -> DebugInventory:
    if words:
        raise CliError(f"debug-inventory takes no more words, not {words[0]!r}")
    return DebugInventory()


_WORDS: dict[str, Callable[[tuple[str, ...]], Form]] = {
    "exec": _exec,
    "fact": _facts,
    "debug-inventory": _debug_inventory,
}


# -- deploy files --------------------------------------------------------------------------


def _deploy_files(words: Sequence[str], chdir: str | None) -> DeployFiles:
    for word in words:
        if not word.endswith(_SUFFIX):
            raise CliError(
                f"{word!r} is no deploy file: after {words[0]} all words must be files that end in {_SUFFIX}",
                hint="one command line runs deploy files, or one operation",
            )
    return DeployFiles(tuple(_existing(word, chdir) for word in words))


def _existing(filename: str, chdir: str | None) -> str:
    path = Path(filename)
    if path.is_file():
        return filename
    inside = _inside(path, chdir)
    if inside is not None and inside.is_file():
        logger.warning("%s is %s after --chdir %s", filename, inside, chdir)
        return str(inside)
    if path.is_dir():
        raise CliError(f"{filename} is a directory, not a deploy file")
    if path.exists():  # a pipe, as shells make them
        return filename
    raise CliError(f"there is no deploy file {filename}{did_you_mean(filename, _neighbours(path))}")


def _inside(path: Path, chdir: str | None) -> Path | None:
    if chdir is None:
        return None
    try:
        return path.relative_to(chdir)
    except ValueError:
        return None


def _neighbours(path: Path) -> list[str]:
    try:
        return [str(file) for file in path.parent.glob(f"*{_SUFFIX}")]
    except OSError:
        return []


# -- mistakes ------------------------------------------------------------------------------


def _senseless(first: str, rest: tuple[str, ...]) -> CliError:
    hint = "OPERATIONS is: deploy.py ... | module.operation [args] | exec -- words | fact module.Fact | debug-inventory"
    if first in bundled_modules(OPERATIONS):
        names = [f"{first}.{name}" for name in defined_names(f"{OPERATIONS}.{first}")]
        meant = closest(f"{first}.{rest[0]}", names) if rest else None
        did_you = f" (did you mean {meant}?)" if meant else ""
        return CliError(f"{first} is a module{did_you}", hint=f"its operations: {', '.join(names)}")
    if first in bundled_modules(FACTS):
        return CliError(f"{first} is a module of facts", hint=f"pyinfra INVENTORY fact {first}....")
    if Path(first + _SUFFIX).is_file():
        return CliError(f"{first!r} makes no sense here (did you mean {first}{_SUFFIX}?)", hint=hint)
    candidates = [*_WORDS, "facts", *bundled_modules(OPERATIONS), *map(str, _neighbours(Path(first)))]
    meant = closest(first, candidates)
    meant = "fact" if meant == "facts" else meant
    did_you = f" (did you mean {meant}?)" if meant else ""
    return CliError(f"{first!r} makes no sense here{did_you}", hint=hint)
