"""pip."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable

from pyinfra._lib.packages.newest import touched
from pyinfra.api import QuoteString, StringCommand
from pyinfra.api.planning import named, tree

from .listing import PackageVersions
from .managers import PackageManager
from .requirements import same_version

_ALREADY_WORDS = re.compile(r"[A-Za-z0-9_./-]+ -m pip\Z")


def parse_list(lines: Iterable[str]) -> PackageVersions:
    """Read what ``pip list --format json`` or ``uv pip list --format json`` prints."""
    rows = json.loads("\n".join(lines))
    if not isinstance(rows, list):
        raise TypeError("no list")
    return {str(row["name"]): {str(row["version"])} for row in rows}


def pip_words(program: str) -> StringCommand:
    """Return the shell words of a pip: its name, its path, or ``python3 -m pip``."""
    if program.startswith("~/"):
        return StringCommand("~/", QuoteString(program[2:]), _separator="")
    return StringCommand(program if _ALREADY_WORDS.match(program) else QuoteString(program))


def pip(program: str = "pip", options: str | None = None) -> PackageManager:
    """Return how packages are managed with a pip.

    Args:
        program: its name or its path.
        options: more options for ``install``, as they are.
    """
    own, words = named(f"packages of {program}"), pip_words(program)
    touches = touched(own)
    if program.startswith("/"):  # usually of a virtual environment, which holds all that it installs
        touches = (own, tree(posixpath.dirname(posixpath.dirname(posixpath.normpath(program)))))
    more = [options] if options else []
    system = ["--break-system-packages"] if options and "--break-system-packages" in options.split() else []
    return PackageManager(
        program="pip", parse=parse_list, install=StringCommand(words, "install", *more),
        upgrade=StringCommand(words, "install", *more, "--upgrade"),
        remove=StringCommand(words, "uninstall --yes", *system), same_version=same_version, resource=own,
        touches=touches,
    )  # fmt: skip
