"""``git.config``: a setting of git."""

from __future__ import annotations

import re
from collections.abc import Generator

from pyinfra import host
from pyinfra.api import OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import promise
from pyinfra.facts._git.programs import GIT
from pyinfra.facts._shell import path_word
from pyinfra.facts.git import GitConfig
from pyinfra.operations._public import public_in

# A section, maybe a part of it with any name, and the name.
_KEY = re.compile(r"[A-Za-z0-9-]+\.(?:[^\n\0]*\.)?[A-Za-z][A-Za-z0-9-]*")


@operation()
@public_in("git")
def config(
    key: str, value: str, multi_value: bool = False, repo: str | None = None, system: bool = False
) -> Generator[StringCommand, None, None]:
    """Ensure that a setting of git has a value.

    Args:
        key: ``user.name``.
        value: what it shall be; plain text.
        multi_value: the value shall be one among others.
        repo: repository whose setting it is; of the user when it is not given.
        system: the setting of the whole system.

    Raises:
        OperationValueError: ``key`` is no name of a setting.

    Example:
        git.config(key="user.name", value="Build server", repo="/srv/app")
    """
    if not _KEY.fullmatch(key):
        raise OperationValueError(f"{key!r} is no name of a setting", argument="key", hint='"user.name"')
    settings = host.get_fact(GitConfig, repo=repo, system=system)
    # Section and name are the same in any case, what is between them is not.
    section, _, rest = key.partition(".")
    middle, dot, name = rest.rpartition(".")
    listed = f"{section.lower()}.{middle}{dot}{name.lower()}"
    present = settings.get(listed, [])
    if (value in present) if multi_value else (present == [value]):
        host.noop(f"git setting {key} is already set to {value}")
        return
    after = [*present, value] if multi_value else [value]
    level = "--local" if repo is not None else "--system" if system else "--global"
    way = "--add" if multi_value else "--replace-all"
    where = ("-C", path_word(repo)) if repo is not None else ()
    yield StringCommand(GIT, *where, "config", level, way, "--", QuoteString(key), QuoteString(value))
    promise(GitConfig, {**settings, listed: after}, repo=repo, system=system)
