"""Whether something changed who may do what: shells that were opened before then do not know of it.

A shell keeps the groups, limits and environment of the moment when it was opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyinfra._core.commands import PyinfraCommand, StringCommand
from pyinfra._core.effects import Resource, named, path, tree
from pyinfra._engine.prepare.plans import Plan

_ACCOUNTS: tuple[Resource, ...] = (
    named("users"),
    named("groups"),
    path("/etc/passwd"),
    path("/etc/group"),
    path("/etc/environment"),
    path("/etc/sudoers"),
    tree("/etc/sudoers.d"),
    path("/etc/doas.conf"),
    tree("/etc/security"),
    tree("/etc/pam.d"),
)
# In commands whose effects nobody declared, the programs that change accounts and the files that hold them.
_WORDS = re.compile(
    r"\b(?:useradd|usermod|userdel|adduser|addgroup|deluser|delgroup|groupadd|groupmod|groupdel|gpasswd|pw|"
    r"sudoers|doas\.conf|limits\.(?:conf|d)|/etc/(?:passwd|group|environment|pam\.d))\b"
)


def changes_accounts(ran: Iterable[PyinfraCommand], plan: Plan | None) -> bool:
    """Whether commands that ran may have changed users, groups, limits or sudoers.

    Args:
        ran: the commands.
        plan: what the operation declared, when it got to its end.
    """
    if plan is not None and not plan.effects.everything:
        return plan.effects.overlap(_ACCOUNTS)
    texts = (command.get_raw_value() for command in ran if isinstance(command, StringCommand))
    return any(_WORDS.search(text) for text in texts)
